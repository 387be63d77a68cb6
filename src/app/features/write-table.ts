/** @file A feature table as CSV or Parquet, written whole or not at all. */
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { BarSeries } from "../../market/bars.ts";
import { type NamedColumn, openDuck } from "../../market/catalog/duckdb.adapter.ts";
import { writeFileAtomic } from "../../runtime/files/atomic.adapter.ts";
import type { SchemaTable } from "./feature-table.ts";

/** Formats by the ending of the file. */
export type TableFormat = "csv" | "parquet";

/** Writes one row a bar: open time, raw close (`bar_close`), validity and the schema's columns. */
export async function writeTable(
  path: string,
  format: TableFormat,
  bars: BarSeries,
  table: SchemaTable,
): Promise<void> {
  if (format === "csv") {
    writeFileAtomic(path, csvOf(bars, table));
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  try {
    using engine = await openDuck();
    await engine.writeParquet(columnsOf(bars, table), 0, bars.length, partial);
    renameSync(partial, path);
  } finally {
    rmSync(partial, { force: true });
  }
}

function csvOf(bars: BarSeries, table: SchemaTable): string {
  const width = table.columns.length;
  const lines = [["time", "bar_close", "valid", ...table.columns].join(",")];
  for (let i = 0; i < bars.length; i += 1) {
    const time = new Date(bars.t[i] ?? 0).toISOString();
    const row = table.values.subarray(i * width, (i + 1) * width);
    lines.push([time, bars.c[i], table.valid[i], ...row].join(","));
  }
  return `${lines.join("\n")}\n`;
}

function columnsOf(bars: BarSeries, table: SchemaTable): readonly NamedColumn[] {
  const width = table.columns.length;
  const features = table.columns.map((name, c): NamedColumn => {
    const values = Float64Array.from({ length: bars.length }, (_, i) => table.values[i * width + c] ?? 0);
    return { name, type: "DOUBLE", values };
  });
  return [
    { name: "t", type: "DOUBLE", values: bars.t },
    { name: "bar_close", type: "DOUBLE", values: bars.c },
    { name: "valid", type: "INTEGER", values: Int32Array.from(table.valid) },
    ...features,
  ];
}
