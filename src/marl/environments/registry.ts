/** @file The list of environments that ship with the library: what `grandmodel envs` prints and `train <id>` accepts. */
import { environmentError } from "../issues.ts";
import type { EnvironmentDefinition } from "../vector/contract.ts";
import type { EnvironmentEntry } from "./entry.ts";

/** All entries, in the order in which they are listed. */
export const environmentEntries: readonly EnvironmentEntry[] = [];

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
