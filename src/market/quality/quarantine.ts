/**
 * @file Rows set aside: counted by reason with their first examples, and the policy that says when too many are too many.
 *
 * Nothing is repaired. `strict` refuses a file with a single rejected row; `quarantine` sets rows aside up to a share
 * (1 % for files, 5 % for feeds) and refuses beyond it. The report is made in every case.
 */
import type { GrandModelError } from "../../runtime/errors.ts";
import { marketError, type MarketIssueCode } from "../issues.ts";
import { reasonNames, type RejectReason, rejectReason, rejectReasons } from "./reasons.ts";

/** What to do with rows that are not sound. */
export interface QuarantinePolicy {
  readonly mode: "strict" | "quarantine";
  /** Largest share of rejected rows, 0..1. */
  readonly maxRejected: number;
  /** A step this far ahead (ms) is believed only when the next rows follow it. */
  readonly plausibleGapMs: number;
  /** Reject returns beyond `mads` median absolute deviations and `absolute`; absent for files. */
  readonly jump?: { readonly mads: number; readonly absolute: number };
}

/** Files: rows are set aside up to 1 %. */
export const filePolicy: QuarantinePolicy = {
  mode: "quarantine",
  maxRejected: 0.01,
  plausibleGapMs: 14 * 86_400_000,
};

/** Feeds of replay and paper trading: up to 5 %, with a jump filter. */
export const feedPolicy: QuarantinePolicy = {
  ...filePolicy,
  maxRejected: 0.05,
  jump: { mads: 30, absolute: 0.1 },
};

/** A rejected row. */
export interface RejectedRow {
  readonly line: number;
  readonly reasons: readonly RejectReason[];
}

/** What was set aside and why. */
export interface QuarantineReport {
  readonly file: string;
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  /** Rows with each reason; a row with two reasons counts in both. */
  readonly byReason: Readonly<Record<RejectReason, number>>;
  readonly firstExamples: readonly RejectedRow[];
}

/** Counts rejected rows; the receiver of the rows themselves may write them aside. */
export class Quarantine {
  private readonly counts: Map<RejectReason, number>;
  private readonly examples: RejectedRow[];
  private rejected: number;
  private accepted: number;
  private readonly onReject: ((row: RejectedRow) => void) | undefined;

  constructor(onReject?: (row: RejectedRow) => void) {
    this.onReject = onReject;
    this.counts = new Map(rejectReasons.map((name) => [name, 0]));
    this.examples = [];
    this.rejected = 0;
    this.accepted = 0;
  }

  accept(): void {
    this.accepted += 1;
  }

  reject(line: number, bits: number): void {
    this.rejected += 1;
    const row = { line, reasons: reasonNames(bits) };
    for (const name of row.reasons) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    if (this.examples.length < 5) this.examples.push(row);
    this.onReject?.(row);
  }

  report(file: string): QuarantineReport {
    return {
      file,
      rowsRead: this.accepted + this.rejected,
      rowsAccepted: this.accepted,
      rowsRejected: this.rejected,
      byReason: Object.fromEntries(this.counts) as Record<RejectReason, number>,
      firstExamples: [...this.examples],
    };
  }
}

/** The error of a file with more rejected rows than the policy allows; undefined when it passes. */
export function refusal(report: QuarantineReport, policy: QuarantinePolicy): GrandModelError | undefined {
  const share = report.rowsRead === 0 ? 0 : report.rowsRejected / report.rowsRead;
  const limit = policy.mode === "strict" ? 0 : policy.maxRejected;
  if (share <= limit) return undefined;
  const counted = rejectReasons.filter((name) => report.byReason[name] > 0);
  const main = counted.reduce<RejectReason>(
    (a, b) => (report.byReason[b] > report.byReason[a] ? b : a),
    "PARSE",
  );
  const first = report.firstExamples[0];
  return marketError({
    code: codeOf(main),
    file: report.file,
    ...(first === undefined ? {} : { line: first.line }),
    value: `${report.rowsRejected} of ${report.rowsRead} rows: ${counted.map((n) => `${n} ${report.byReason[n]}`).join(", ")}`,
    expected: limit === 0 ? "no rejected row (strict)" : `at most ${limit * 100} % rejected rows`,
    hint: hintOf(main),
  });
}

function codeOf(main: RejectReason): MarketIssueCode {
  if (rejectReason[main] === rejectReason.DUP) return "DUPLICATE_TIME";
  if (rejectReason[main] === rejectReason.OOO) return "NOT_MONOTONIC";
  return "REJECTED_ROWS";
}

function hintOf(main: RejectReason): string {
  switch (main) {
    case "DUP":
    case "OOO":
      return "Sort the file by time and keep one row per bar; a clock change in local time needs --zone. Or raise --max-rejected.";
    case "FUTURE":
      return "Look at the stamps of the first examples; raise --max-rejected to import the rest.";
    case "PARSE":
      return "Look at the line: another separator, decimal commas or a cut file? Raise --max-rejected to import the rest.";
    case "OFF_CLOCK":
      return "Local times that do not exist mean another zone: say --zone. Raise --max-rejected to import the rest.";
    case "NAN":
    case "INF":
    case "NONPOS":
    case "NEG_VOL":
    case "OHLC":
    case "OUT_OF_RANGE":
    case "JUMP":
    case "OFF_TICK":
      return "Get a clean copy, or raise --max-rejected to import the sound rows; the others are set aside, never repaired.";
    default:
      return main satisfies never;
  }
}
