/** @file The columns of a `BarSeries` in Parquet: SQL types by name. */
import { type BarSeries, barColumns } from "../bars.ts";
import type { NamedColumn } from "./duckdb.adapter.ts";

/** The columns of a series as Parquet sees them. */
export function columnsOfBars(bars: BarSeries): readonly NamedColumn[] {
  return barColumns.map((name) => {
    if (name === "flags") return { name, type: "USMALLINT", values: bars.flags };
    if (name === "session" || name === "segment") return { name, type: "INTEGER", values: bars[name] };
    return { name, type: "DOUBLE", values: bars[name] };
  });
}
