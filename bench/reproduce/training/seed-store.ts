/**
 * @file Results of single seeds under `runs/reproduce/<task>/<hash of settings, data and code>/`: a long task that was stopped
 * goes on with the next seed, and two processes can share the seeds. Changed code measures anew.
 */
import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "../../../src/runtime/files/atomic.adapter.ts";
import { type Measured, seedFolder } from "../learning/seed-files.ts";

/** The stored result of a part of a seed, or what `make` gives, stored. */
export async function storedSeed<T>(
  measured: Measured,
  seed: number,
  part: string,
  make: () => Promise<T>,
): Promise<T> {
  const file = `${seedFolder(measured, seed)}${part}.json`;
  if (existsSync(file)) {
    const stored: T = JSON.parse(readFileSync(file, "utf8"));
    return stored;
  }
  const made = await make();
  writeFileAtomic(file, `${JSON.stringify(made, undefined, 1)}\n`);
  return made;
}
