/** @file What a conformance run says: one outcome per row, and the error that a failing run throws. */
import { GrandModelError, type Issue } from "../../runtime/errors.ts";

/** The rows of the suite and what each promises. */
export const CONFORMANCE_ROWS = {
  C1: "full-episode determinism",
  C2: "re-seeding one instance",
  C3: "different seeds differ",
  C4: "no shared randomness",
  C5: "containment and dtype",
  C6: "finiteness",
  C7: "space identity",
  C8: "key sets",
  C9: "truncation",
  C10: "order independence",
  C11: "snapshot and restore",
  C12: "masks",
  C13: "options and errors",
  C14: "purity of inputs and outputs",
  C15: "no look-ahead",
  C16: "conservation",
  C17: "soak",
  C18: "conversion between turn-based and parallel",
  C19: "vector equals single",
} as const;

export type RowId = keyof typeof CONFORMANCE_ROWS;

/** What a row found. */
export type Outcome =
  | { readonly kind: "passed" }
  /** `found`: what broke the promise, with place; `change`: what to do in the environment. */
  | { readonly kind: "failed"; readonly found: string; readonly change: string }
  | { readonly kind: "not-applicable"; readonly why: string };

export const PASSED: Outcome = { kind: "passed" };

export function failed(found: string, change: string): Outcome {
  return { kind: "failed", found, change };
}

export function notApplicable(why: string): Outcome {
  return { kind: "not-applicable", why };
}

export interface RowReport {
  readonly id: RowId;
  readonly title: string;
  readonly outcome: Outcome;
}

export interface ConformanceReport {
  readonly environment: string;
  readonly rows: readonly RowReport[];
}

/** The rows that failed. */
export function failedRows(report: ConformanceReport): readonly RowId[] {
  return report.rows.filter((row) => row.outcome.kind === "failed").map((row) => row.id);
}

/** `ENV_NONCONFORMING` with one issue per failed row, undefined when none failed. */
export function nonconformity(report: ConformanceReport): GrandModelError | undefined {
  const issues = report.rows.flatMap(({ id, title, outcome }): Issue[] =>
    outcome.kind === "failed"
      ? [
          {
            code: "ENV_NONCONFORMING",
            path: `${report.environment} ${id}`,
            value: outcome.found,
            expected: title,
            hint: outcome.change,
          },
        ]
      : [],
  );
  const [first, ...rest] = issues;
  return first === undefined ? undefined : new GrandModelError([first, ...rest]);
}
