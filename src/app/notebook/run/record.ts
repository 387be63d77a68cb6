/** @file What is kept of a run beside the notebook: one record per code cell, the two rates, the machine. */
import type { MachineFacts } from "../../../runtime/machine/machine.adapter.ts";
import { z } from "zod";
import type { CellOutput } from "../document/notebook.ts";
import { checkMime, faultMime } from "../helpers/mime-types.ts";
import type { Verdict } from "../helpers/verdict.ts";

export interface CellRecord {
  readonly id: string;
  readonly purpose: string;
  /** `passed`, `failed`, or `skipped (cell 3 failed)`. */
  readonly status: string;
  readonly ms: number;
  readonly checks: readonly Verdict[];
  /** Why it failed: `Error: reason`. */
  readonly error?: string;
}

/** Passed out of all; skipped counts as not passed. */
export interface Rate {
  readonly passed: number;
  readonly total: number;
}

/** The content of a `run.json`. */
export interface NotebookRecord {
  readonly notebook: string;
  readonly start: string;
  readonly ms: number;
  readonly profile: string;
  readonly version: string;
  readonly machine: MachineFacts;
  readonly cells: readonly CellRecord[];
  readonly cellRate: Rate;
  readonly checkRate: Rate;
}

export function cellRate(cells: readonly CellRecord[]): Rate {
  return { passed: cells.filter(({ status }) => status === "passed").length, total: cells.length };
}

export function checkRate(cells: readonly CellRecord[]): Rate {
  const checks = cells.flatMap((cell) => cell.checks);
  return { passed: checks.filter(({ pass }) => pass).length, total: checks.length };
}

const checkSchema = z.object({
  name: z.string(),
  measured: z.union([z.number(), z.string(), z.boolean()]),
  threshold: z.string(),
  pass: z.boolean(),
});

/** The checks that a cell reported through `check()`. */
export function checksIn(outputs: readonly CellOutput[]): readonly Verdict[] {
  return outputs
    .flatMap((output) => ("data" in output ? [output.data[checkMime]] : []))
    .map((value) => checkSchema.safeParse(value))
    .flatMap((parsed) => (parsed.success ? [parsed.data] : []));
}

const faultSchema = z.object({ where: z.string(), message: z.string() });

/** What a listener caught outside the cell's own flow: `Error: text` of the first. */
export function faultIn(outputs: readonly CellOutput[]): string | undefined {
  for (const output of outputs) {
    const fault = "data" in output ? output.data[faultMime] : undefined;
    const parsed = faultSchema.safeParse(fault);
    if (parsed.success) return `${parsed.data.where}: ${parsed.data.message}`;
  }
  return undefined;
}
