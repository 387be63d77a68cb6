/** @file The columns of a `BarSeries` in Parquet: names, order and SQL types. */
import type { BarSeries } from "../bars.ts";
import type { NamedColumn } from "./duckdb.adapter.ts";

/** Names of the columns, in order. */
export const storedColumns = [
  "t",
  "o",
  "h",
  "l",
  "c",
  "v",
  "flags",
  "session",
  "segment",
  "rollFactor",
] as const;

/** The columns of a series as Parquet sees them. */
export function columnsOfBars(bars: BarSeries): readonly NamedColumn[] {
  return storedColumns.map((name) => {
    if (name === "flags") return { name, type: "USMALLINT", values: bars.flags };
    if (name === "session" || name === "segment") return { name, type: "INTEGER", values: bars[name] };
    return { name, type: "DOUBLE", values: bars[name] };
  });
}
