/** @file Where a study keeps finished seeds and the checkpoints of unfinished ones. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { writeFileAtomic } from "../../../src/runtime/files/atomic.adapter.ts";
import { hashJson } from "../../../src/runtime/hash.adapter.ts";
import type { Json } from "../../../src/runtime/json.ts";
import { sourcesHash } from "../sources.ts";

export interface CurvePoint {
  readonly step: number;
  readonly value: number;
}

/** What one seed measured. */
export interface SeedResult {
  readonly value: number;
  readonly curve: readonly CurvePoint[];
  readonly stepsPerSecond: number;
}

/** What is measured, and by which code: results of other settings, data or code are never taken for it. */
export interface Measured {
  readonly task: string;
  /** Settings, and hashes of data files. */
  readonly identity: Json;
  /** `import.meta.url` of the module that measures. */
  readonly module: string;
}

/** The folder of one seed: `result.json` when it is done, checkpoints while it is not. */
export function seedFolder({ identity, module, task }: Measured, seed: number): string {
  const key = hashJson({ identity, sources: sourcesHash(module) }).slice(0, 12);
  const folder = new URL(`../../../runs/reproduce/${task}/${key}/seed-${seed}/`, import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function readResult(folder: string): SeedResult | undefined {
  const file = `${folder}result.json`;
  if (!existsSync(file)) return undefined;
  const result: SeedResult = JSON.parse(readFileSync(file, "utf8"));
  return result;
}

export function writeResult(folder: string, result: SeedResult): void {
  writeFileAtomic(`${folder}result.json`, `${JSON.stringify(result, undefined, 1)}\n`);
}
