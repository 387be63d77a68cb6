/** @file Where the checkpoints of a seed lie inside its run. */
import { join } from "node:path";

/** `<run>/checkpoints/seed-<seed>`. */
export function checkpointFolder(run: string, seed: string): string {
  return join(run, "checkpoints", `seed-${seed}`);
}
