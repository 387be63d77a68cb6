/** @file Runs one cell, given in a file, as a process of its own, so that a test can kill it. */
import { readFileSync } from "node:fs";
import { runCells } from "./notebook-of.ts";

await runCells([readFileSync(process.argv[2] ?? "", "utf8")]);
