/**
 * @file DuckDB behind three verbs: write columns to Parquet, read columns back, run SQL. Loaded on first use (1 s).
 *
 * Columns travel by whole vectors: `items` of a vector is a typed array over DuckDB's memory, a private field of the
 * client. Where it is missing or of another type the values are read one by one; both ways are tested. Nothing is
 * installed or downloaded; the data base lives in memory, the Parquet files are the store.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import { internalError } from "../../runtime/errors.ts";

/** A column of numbers and its SQL type. */
export type ColumnType = "DOUBLE" | "USMALLINT" | "INTEGER";

/** A named column. */
export interface NamedColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: Float64Array | Uint16Array | Int32Array;
}

const vectorSize = 2048;

/** An engine in memory; close it with `using`. */
export interface DuckEngine extends Disposable {
  readonly connection: DuckDBConnection;
  /** Writes rows `[from, to)` of the columns to a Parquet file (zstd). */
  readonly writeParquet: (
    columns: readonly NamedColumn[],
    from: number,
    to: number,
    path: string,
  ) => Promise<void>;
}

/** Text as an SQL string literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Starts an engine with one thread. */
export async function openDuck(): Promise<DuckEngine> {
  const duck = await import("@duckdb/node-api");
  const instance = await duck.DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const types: Readonly<Record<ColumnType, DuckDBType>> = {
    DOUBLE: duck.DOUBLE,
    USMALLINT: duck.USMALLINT,
    INTEGER: duck.INTEGER,
  };
  const writeParquet: DuckEngine["writeParquet"] = async (columns, from, to, path) => {
    const fields = columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
    await connection.run(`CREATE OR REPLACE TABLE rows (${fields})`);
    const appender = await connection.createAppender("rows");
    const columnTypes = columns.map(({ type }) => types[type]);
    for (let at = from; at < to; at += vectorSize) {
      const count = Math.min(vectorSize, to - at);
      const chunk = duck.DuckDBDataChunk.create(columnTypes, count);
      for (const [k, { values }] of columns.entries()) fillVector(chunk, k, values.subarray(at, at + count));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`COPY rows TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`);
    await connection.run("DROP TABLE rows");
  };
  return {
    connection,
    writeParquet,
    [Symbol.dispose]: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** The typed array under a vector, when the client still has one of the right kind. */
function itemsOf(
  chunk: DuckDBDataChunk,
  column: number,
): Float64Array | Uint16Array | Int32Array | undefined {
  const items: unknown = (chunk.getColumnVector(column) as unknown as Record<string, unknown>)["items"];
  return items instanceof Float64Array || items instanceof Uint16Array || items instanceof Int32Array
    ? items
    : undefined;
}

function fillVector(chunk: DuckDBDataChunk, column: number, values: NamedColumn["values"]): void {
  const items = itemsOf(chunk, column);
  if (items !== undefined && items.constructor === values.constructor) {
    items.set(values);
    chunk.getColumnVector(column).flush();
  } else chunk.setColumnValues(column, [...values]);
}

/** Copies a column of a chunk to `out` at `at`. @param byValue forces the slow path, for its test. */
export function readColumn(
  chunk: DuckDBDataChunk,
  column: number,
  out: Float64Array | Uint16Array | Int32Array,
  at: number,
  byValue = false,
): void {
  const items = byValue ? undefined : itemsOf(chunk, column);
  if (items !== undefined && items.constructor === out.constructor) {
    out.set(items.length === chunk.rowCount ? items : items.subarray(0, chunk.rowCount), at);
    return;
  }
  const vector = chunk.getColumnVector(column);
  for (let row = 0; row < chunk.rowCount; row++) {
    const value = vector.getItem(row);
    if (typeof value !== "number") throw internalError(`column ${column} holds ${typeof value}, not numbers`);
    out[at + row] = value;
  }
}
