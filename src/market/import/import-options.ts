/** @file What the caller may say about a file. */
import type { DataSource } from "../bars.ts";
import type { QuarantinePolicy, RejectedRow } from "../quality/quarantine.ts";
import type { ReadingOptions } from "./reading.ts";

/** What the caller may say about a file; everything else is found or asked for. */
export interface ImportOptions extends ReadingOptions {
  readonly preset?: string;
  /** Only rows of this symbol, for files that mix contracts. */
  readonly contract?: string;
  /** Part of the name of the wanted file in a zip archive. */
  readonly entry?: string;
  readonly policy?: QuarantinePolicy;
  readonly dataSource?: DataSource;
  /** Receives every rejected row, to be set aside. */
  readonly onReject?: (row: RejectedRow) => void;
}
