/**
 * @file The end of a training notebook: which of its promises held, two percentages (cells executed, checks passed), the
 * report that `grandmodel status` judges by, and the status file itself. Spec: training.md section 8.
 */
import { join } from "node:path";
import { writeFileAtomic } from "../../../runtime/files/atomic.adapter.ts";
import type { DataSource } from "../../../market/bars.ts";
import { refreshStatus } from "../../coordination/refresh.ts";
import { type Step, stepsSoFar } from "./session.ts";
import { workspaceFolder } from "./places.ts";

export interface ValidationOptions {
  readonly kind: "strategic" | "tactical";
  readonly notebook: string;
  readonly dataSource: DataSource;
  /** Cells that the notebook has. */
  readonly totalCells: number;
  /** What is promised, and the steps whose checks decide it. */
  readonly promises: { readonly [name: string]: readonly string[] };
  /** Measured speeds, ms. */
  readonly performance: { readonly [name: string]: number };
}

/** The content of `exports/<kind>_validation_report.json`; rates in percent. */
export interface ValidationReport {
  readonly validation_timestamp: string;
  readonly notebook_path: string;
  readonly validation_results: { readonly [promise: string]: boolean };
  /** Cells executed / cells, and checks passed / checks. */
  readonly success_rate: number;
  readonly checks_rate: number;
  readonly performance_metrics: { readonly [name: string]: number };
  readonly data_source: DataSource;
  readonly total_cells: number;
  readonly validation_status: string;
}

/** Writes the report and the status; resolves to the report. @throws GrandModelError `STATUS_DAMAGED`, `RUN_LOCKED` */
export async function writeValidationReport(options: ValidationOptions): Promise<ValidationReport> {
  const report = validationReport(options, stepsSoFar(), new Date().toISOString());
  const workspace = workspaceFolder();
  const file = join(workspace, "exports", `${options.kind}_validation_report.json`);
  writeFileAtomic(file, `${JSON.stringify(report, undefined, 2)}\n`);
  await refreshStatus(workspace);
  return report;
}

/** The report of these steps. A promise whose step was not run, or that has no check, does not hold. */
export function validationReport(
  { notebook, dataSource, totalCells, promises, performance }: ValidationOptions,
  steps: readonly Step[],
  now: string,
): ValidationReport {
  const results = Object.entries(promises).map(([name, ids]): [string, boolean] => [
    name,
    ids.every((id) => holds(steps.find((step) => step.id === id))),
  ]);
  const verdicts = steps.flatMap((step) => step.verdicts);
  const share = (passed: number, all: number): number =>
    all === 0 ? 0 : Math.round((1000 * passed) / all) / 10;
  const kept = results.filter(([, held]) => held).length;
  return {
    validation_timestamp: now,
    notebook_path: notebook,
    validation_results: Object.fromEntries(results),
    success_rate: share(steps.length, totalCells),
    checks_rate: share(verdicts.filter(({ pass }) => pass).length, verdicts.length),
    performance_metrics: performance,
    data_source: dataSource,
    total_cells: totalCells,
    validation_status: statusOf(share(kept, results.length)),
  };
}

function holds(step: Step | undefined): boolean {
  return step !== undefined && step.verdicts.length > 0 && step.verdicts.every(({ pass }) => pass);
}

function statusOf(percent: number): string {
  if (percent >= 90) return "PRODUCTION READY";
  if (percent >= 75) return "MOSTLY FUNCTIONAL";
  return percent >= 50 ? "PARTIALLY FUNCTIONAL" : "NEEDS WORK";
}
