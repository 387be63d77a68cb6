#!/usr/bin/env node
/**
 * @file Starts the command line: the built program in an installed package, the sources (through tsx) in a
 * checkout, which is recognised by the tsconfig.json that packages do not carry.
 */
import { existsSync } from "node:fs";

const inCheckout = existsSync(new URL("../tsconfig.json", import.meta.url));
if (inCheckout) {
  const { register } = await import("tsx/esm/api");
  register();
}
const { main } = await import(inCheckout ? "../src/app/cli.ts" : "../dist/app/cli.js");
await main(process.argv);
