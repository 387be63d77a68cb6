/** @file The list of environments that ship with the library: what `grandmodel envs` prints and `train <id>` accepts. */
import { environmentError } from "../issues.ts";
import type { EnvironmentDefinition } from "../vector/contract.ts";
import { cartPole } from "./cart-pole.kernel.ts";
import type { EnvironmentEntry } from "./entry.ts";
import { simpleSpreadB, simpleSpreadC, simpleSpreadCContinuous } from "./simple-spread.kernel.ts";

/** All entries, in the order in which they are listed. */
export const environmentEntries: readonly EnvironmentEntry[] = [
  {
    id: "CartPole-v1",
    description: "Balance a pole on a cart: reward 1 per step, at most 500 (Gymnasium).",
    definition: cartPole,
    preset: "ppo",
  },
  {
    id: "simple-spread-c-v0",
    description: "Three agents cover three landmarks without touching; MPE2 physics, discrete actions.",
    definition: simpleSpreadC,
    preset: "mappo",
  },
  {
    id: "simple-spread-c-continuous-v0",
    description: "The same with continuous thrust, Box(0, 1)^5.",
    definition: simpleSpreadCContinuous,
    preset: "mappo",
  },
  {
    id: "simple-spread-b-v0",
    description: "The MAPPO paper's spread task: one summed reward for all, on-policy physics.",
    definition: simpleSpreadB,
    preset: "mappo",
  },
];

/** @throws GrandModelError `ENV_UNKNOWN`, with the nearest id, when there is no such environment. */
export function environmentEntry(id: string): EnvironmentEntry {
  const found = environmentEntries.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  throw environmentError("ENV_UNKNOWN", {
    path: "env",
    value: id,
    expected: `one of ${environmentEntries.map((entry) => entry.id).join(", ")}`,
    hint: "List them with `grandmodel envs`.",
  });
}

/** The definition behind an id, ready for `createVectorEnv` or `createEnv`. */
export function environmentDefinition(id: string): EnvironmentDefinition {
  return environmentEntry(id).definition;
}
