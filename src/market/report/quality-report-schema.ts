/** @file The data-quality report as a type and as a schema; the two are held together by the compiler. */
import { z } from "zod";
import type { DataSource } from "../bars.ts";
import type { DateOrderFinding } from "../import/survey.ts";
import type { RejectedRow } from "../quality/quarantine.ts";
import { rejectReasons } from "../quality/reasons.ts";

/** Counts, values and places of one report; times are ISO 8601 in UTC, dates are trade dates. */
export interface QualityReport {
  readonly schemaVersion: 1;
  readonly file: string;
  /** Of the file on disk. */
  readonly sha256: string;
  readonly symbol: FoundText & { readonly known: boolean };
  readonly dataSource: DataSource;
  readonly intervalMinutes: { readonly value: number; readonly source: string };
  readonly rowsRead: number;
  /** Accepted rows. */
  readonly rows: number;
  /** Rows per reason code; a row with two reasons counts twice. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly rejectedExamples: readonly RejectedRow[];
  readonly dropped: { readonly unfinished: number; readonly flatClosed: number };
  readonly firstUtc: string;
  readonly lastUtc: string;
  readonly columns: {
    readonly read: readonly string[];
    readonly ignored: readonly string[];
    readonly volume: boolean;
  };
  readonly dateFormats: { readonly padded: number; readonly unpadded: number };
  readonly dateOrder: DateOrderFinding;
  readonly timeZone: FoundText & {
    readonly confidence?: number | undefined;
    readonly equivalent: readonly string[];
    readonly candidates: readonly {
      readonly zone: string;
      readonly stamp: "start" | "end";
      readonly halt: number;
      readonly weekend: number;
    }[];
  };
  readonly stamp: FoundText;
  readonly adjustment: "none" | "ratio" | "difference";
  readonly zoneCheck?:
    | { readonly halt: number; readonly weekend: number; readonly busiest?: string | undefined }
    | undefined;
  /** Sessions by their number of bars. */
  readonly sessions: { readonly count: number; readonly histogram: Readonly<Record<string, number>> };
  readonly gapsBySession: readonly {
    readonly tradeDate: string;
    readonly kind: "filled" | "hole";
    readonly fromUtc: string;
    readonly missing: number;
  }[];
  readonly truncated: readonly {
    readonly tradeDate: string;
    readonly bars: number;
    readonly normal: number;
    readonly lastUtc: string;
  }[];
  readonly segments: number;
  readonly zeroVolume: number;
  readonly flat: number;
  readonly filled: number;
  readonly offTick: number;
  readonly jumps: readonly string[];
  readonly thinSessions: readonly string[];
  readonly masked: {
    readonly rows: number;
    readonly ranges: readonly {
      readonly fromUtc: string;
      readonly toUtc: string;
      readonly sessions: number;
      readonly rows: number;
      readonly reason: "illiquid" | "given";
    }[];
  };
  readonly rolls: readonly {
    readonly t: string;
    readonly ratio: number;
    readonly source: "table" | "detected";
    readonly ambiguous: boolean;
  }[];
  readonly scale?: Readonly<Record<string, number>> | undefined;
}

interface FoundText {
  readonly value: string;
  readonly source: string;
}

const utc = z.iso.datetime();
const day = z.iso.date();
const count = z.int().min(0);
const found = z.strictObject({ value: z.string(), source: z.string() });

/** Schema of the report, version 1. */
export const qualityReportSchema: z.ZodType<QualityReport> = z.strictObject({
  schemaVersion: z.literal(1),
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  symbol: z.strictObject({ value: z.string(), source: z.string(), known: z.boolean() }),
  dataSource: z.enum(["real", "synthetic", "bridged"]),
  intervalMinutes: z.strictObject({ value: z.number().positive(), source: z.string() }),
  rowsRead: count,
  rows: count,
  rejected: z.record(z.string(), count),
  rejectedExamples: z.array(z.strictObject({ line: count, reasons: z.array(z.enum(rejectReasons)) })),
  dropped: z.strictObject({ unfinished: count, flatClosed: count }),
  firstUtc: utc,
  lastUtc: utc,
  columns: z.strictObject({ read: z.array(z.string()), ignored: z.array(z.string()), volume: z.boolean() }),
  dateFormats: z.strictObject({ padded: count, unpadded: count }),
  dateOrder: z.strictObject({
    order: z.enum(["day-first", "month-first"]),
    source: z.enum(["given", "a component above 12", "monotonicity", "not needed"]),
    dayFirstRows: count,
    monthFirstRows: count,
  }),
  timeZone: found.extend({
    confidence: z.number().min(0).max(1).optional(),
    equivalent: z.array(z.string()),
    candidates: z.array(
      z.strictObject({ zone: z.string(), stamp: z.enum(["start", "end"]), halt: count, weekend: count }),
    ),
  }),
  stamp: found,
  adjustment: z.enum(["none", "ratio", "difference"]),
  zoneCheck: z.strictObject({ halt: count, weekend: count, busiest: z.string().optional() }).optional(),
  sessions: z.strictObject({ count, histogram: z.record(z.string(), count) }),
  gapsBySession: z.array(
    z.strictObject({ tradeDate: day, kind: z.enum(["filled", "hole"]), fromUtc: utc, missing: count }),
  ),
  truncated: z.array(z.strictObject({ tradeDate: day, bars: count, normal: count, lastUtc: utc })),
  segments: count,
  zeroVolume: count,
  flat: count,
  filled: count,
  offTick: count,
  jumps: z.array(utc),
  thinSessions: z.array(day),
  masked: z.strictObject({
    rows: count,
    ranges: z.array(
      z.strictObject({
        fromUtc: utc,
        toUtc: utc,
        sessions: count,
        rows: count,
        reason: z.enum(["illiquid", "given"]),
      }),
    ),
  }),
  rolls: z.array(
    z.strictObject({
      t: utc,
      ratio: z.number(),
      source: z.enum(["table", "detected"]),
      ambiguous: z.boolean(),
    }),
  ),
  scale: z.record(z.string(), z.number()).optional(),
});
