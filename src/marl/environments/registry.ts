/** @file The list of environments that ship with the library: what `grandmodel envs` prints and `train <id>` accepts. */
import { environmentError } from "../issues.ts";
import type { EnvironmentDefinition } from "../vector/contract.ts";
import { acrobot } from "./acrobot.kernel.ts";
import { cartPole } from "./cart-pole.kernel.ts";
import type { EnvironmentEntry } from "./entry.ts";
import { climbingGame, penaltyGame } from "./matrix-game.kernel.ts";
import { nearest } from "./nearest.ts";
import { simpleSpreadB, simpleSpreadC, simpleSpreadCContinuous } from "./simple-spread.kernel.ts";
import { skillEntries } from "./skill-entries.ts";

/** Entries with their ids left to the definition, which owns the name. */
const publicTasks: readonly Omit<EnvironmentEntry, "id">[] = [
  {
    description: "Balance a pole on a cart: reward 1 per step, at most 500 (Gymnasium).",
    definition: cartPole,
    preset: "ppo",
  },
  {
    description: "Swing a two-link pendulum above a line, -1 per step (Gymnasium).",
    definition: acrobot,
    preset: "ppo",
  },
  ...[0, 25, 50, 75, 100].map((k): Omit<EnvironmentEntry, "id"> => ({
    description: `Common-payoff matrix game of two agents; miscoordination costs ${k}, 25 repeats.`,
    definition: penaltyGame(k),
    preset: "mappo",
  })),
  {
    description: "Common-payoff matrix game whose best cell stands beside the worst, 25 repeats.",
    definition: climbingGame,
    preset: "mappo",
  },
  {
    description: "Three agents cover three landmarks without touching; MPE2 physics, discrete actions.",
    definition: simpleSpreadC,
    preset: "mappo",
  },
  {
    description: "The same with continuous thrust, Box(0, 1)^5.",
    definition: simpleSpreadCContinuous,
    preset: "mappo",
  },
  {
    description: "The MAPPO paper's spread task: one summed reward for all, on-policy physics.",
    definition: simpleSpreadB,
    preset: "mappo",
  },
];

/** All entries, in the order in which they are listed. */
export const environmentEntries: readonly EnvironmentEntry[] = [...publicTasks, ...skillEntries].map(
  (entry) => ({
    id: entry.definition.spec.name,
    ...entry,
  }),
);

/** @throws GrandModelError `ENV_UNKNOWN`, with the nearest id, when there is no such environment. */
export function environmentEntry(id: string): EnvironmentEntry {
  const found = environmentEntries.find((entry) => entry.id === id);
  if (found !== undefined) return found;
  const ids = environmentEntries.map((entry) => entry.id);
  throw environmentError("ENV_UNKNOWN", {
    path: "env",
    value: id,
    expected: `one of ${ids.join(", ")}`,
    hint: `Did you mean ${nearest(id, ids)}? List them with \`grandmodel envs\`.`,
  });
}

/** The definition behind an id, ready for `createVectorEnv` or `createEnv`. */
export function environmentDefinition(id: string): EnvironmentDefinition {
  return environmentEntry(id).definition;
}
