/** @file The result of a task that could not be measured, with its reason: nothing is made up in its place. */
import type { TaskResult } from "../contract.ts";

export function skippedResult(reason: string, seeds: readonly number[]): TaskResult {
  return {
    variant: reason,
    metric: "not measured",
    convention: "not measured",
    values: seeds.map(() => NaN),
    mean: NaN,
    interval: [NaN, NaN],
    steps: 0,
    dataSource: "real",
    notes: [reason],
  };
}
