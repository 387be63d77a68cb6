/**
 * 1,000 steps of each environment, frozen: a change of a hash is a change of behaviour and raises the -vN of the id.
 * Equal on Node 20, 22, 24 and 26; elsewhere transcendental functions may differ in the last bit (docs/environments.md).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { sha256 } from "../../../src/runtime/hash.adapter.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { environmentEntries } from "../../../src/marl/environments/registry.ts";
import { drawActions, generatorOf, slabBytes } from "../vector/drive.ts";

const file = new URL("./trajectories.frozen.json", import.meta.url);
const STEPS = 1000;

function hashOf(entry: (typeof environmentEntries)[number]): string {
  const vector = createVectorEnv(entry.definition, { copies: 2, horizon: STEPS });
  const generator = generatorOf(2026);
  vector.reset({ seed: 42 });
  for (let t = 0; t < STEPS; t += 1) {
    drawActions(vector, generator, t);
    vector.step(t);
  }
  return sha256(...slabBytes(vector), vector.snapshot());
}

const hashes = (): { [id: string]: string } =>
  Object.fromEntries(environmentEntries.map((entry) => [entry.id, hashOf(entry)]));

it("reproduces the frozen hash of every registered environment", () => {
  const found = hashes();
  // `UPDATE_FROZEN=1 npx vitest run trajectories.frozen` after a deliberate change.
  if (process.env["UPDATE_FROZEN"] === "1") writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  expect(found).toEqual(z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8"))));
});
