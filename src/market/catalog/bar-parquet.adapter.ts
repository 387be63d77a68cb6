/**
 * @file Bars in Parquet: the columns of a `BarSeries`, read by range, whole or in chunks of constant memory.
 */
import { join } from "node:path";
import { allocateBars, type BarSeries, sliceBars, barColumns } from "../bars.ts";
import type { Catalog } from "./catalog.adapter.ts";
import { openDuck, readColumn, sqlText } from "./duckdb.adapter.ts";
import type { DatasetManifest } from "./manifest.ts";

const sqlColumns = barColumns.map((name) => `"${name}"`).join(", ");
/** Rows of a streamed chunk. */
const chunkRows = 65_536;

/** A range of bar opens, UTC ms: `[fromMs, toMs)`. */
export interface BarRange {
  readonly fromMs?: number;
  readonly toMs?: number;
}

function selection(catalog: Catalog, dataset: DatasetManifest, range: BarRange, columns: string): string {
  const files = dataset.parts.map(({ file }) => sqlText(join(catalog.folderOf(dataset), file))).join(", ");
  const conditions = [
    ...(range.fromMs === undefined ? [] : [`t >= ${range.fromMs}`]),
    ...(range.toMs === undefined ? [] : [`t < ${range.toMs}`]),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `SELECT ${columns} FROM read_parquet([${files}])${where}`;
}

function headerOf(
  dataset: DatasetManifest,
): Pick<BarSeries, "symbol" | "intervalMs" | "dataSource" | "fileHash"> {
  return {
    symbol: dataset.symbol,
    intervalMs: dataset.intervalMs,
    dataSource: dataset.dataSource,
    fileHash: dataset.source.sha256,
  };
}

/** The bars of a dataset in a range, as one series. */
export async function readBars(
  catalog: Catalog,
  dataset: DatasetManifest,
  range: BarRange = {},
): Promise<BarSeries> {
  const out = allocateBars(headerOf(dataset), dataset.rows);
  let n = 0;
  for await (const chunk of streamCatalogBars(catalog, dataset, range)) {
    for (const name of barColumns) out[name].set(chunk[name], n);
    n += chunk.length;
  }
  return sliceBars(out, 0, n);
}

/** The bars of a dataset in chunks; memory is one chunk, whatever the size. */
export async function* streamCatalogBars(
  catalog: Catalog,
  dataset: DatasetManifest,
  range: BarRange = {},
): AsyncIterable<BarSeries> {
  using engine = await openDuck();
  await engine.connection.run("SET preserve_insertion_order = true");
  const result = await engine.connection.stream(selection(catalog, dataset, range, sqlColumns));
  let out = allocateBars(headerOf(dataset), chunkRows);
  let n = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    if (n + chunk.rowCount > chunkRows) {
      yield sliceBars(out, 0, n);
      out = allocateBars(headerOf(dataset), chunkRows);
      n = 0;
    }
    for (const [k, name] of barColumns.entries()) readColumn(chunk, k, out[name], n);
    n += chunk.rowCount;
  }
  if (n > 0) yield sliceBars(out, 0, n);
}

/** Writes a dataset's range to CSV or Parquet, times in UTC, names that the importer reads. Returns the rows written. */
export async function exportBars(
  catalog: Catalog,
  dataset: DatasetManifest,
  range: BarRange,
  path: string,
  format: "csv" | "parquet",
): Promise<number> {
  using engine = await openDuck();
  const instant = "make_timestamp((t * 1000)::BIGINT)";
  const time =
    format === "parquet" ? `${instant} AT TIME ZONE 'UTC'` : `strftime(${instant}, '%Y-%m-%dT%H:%M:%SZ')`;
  const columns = `${time} AS time, o AS open, h AS high, l AS low, c AS close, v AS volume, flags, session, segment, "rollFactor"`;
  const options = format === "parquet" ? "FORMAT parquet, COMPRESSION zstd" : "FORMAT csv, HEADER";
  const query = selection(catalog, dataset, range, columns);
  const counted = await engine.connection.runAndReadAll(`COPY (${query}) TO ${sqlText(path)} (${options})`);
  return Number(counted.getRows()[0]?.[0] ?? 0);
}
