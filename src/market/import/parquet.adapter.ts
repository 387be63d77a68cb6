/**
 * @file Parquet of any origin as delimited text, through DuckDB, so that one parser judges all rows.
 *
 * Timestamps with a zone are written in UTC with their offset, naive ones as they are. The text lies in a temporary folder
 * until the import is done.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { openDuck, sqlText } from "../catalog/duckdb.adapter.ts";
import { marketError } from "../issues.ts";

/** A CSV copy that goes away with `using`. */
export interface TemporaryCsv extends Disposable {
  readonly path: string;
}

/** @throws GrandModelError `FILE_FORMAT` when DuckDB cannot read the file. */
export async function parquetToCsv(path: string): Promise<TemporaryCsv> {
  const folder = mkdtempSync(join(tmpdir(), "grandmodel-parquet-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const csv = join(folder, `${basename(path)}.csv`);
  try {
    using engine = await openDuck();
    await engine.connection.run("SET TimeZone = 'UTC'");
    await engine.connection.run(
      `COPY (SELECT * FROM read_parquet(${sqlText(path)})) TO ${sqlText(csv)} (FORMAT csv, HEADER)`,
    );
  } catch (cause) {
    remove();
    throw marketError(
      {
        code: "FILE_FORMAT",
        file: basename(path),
        expected: "a Parquet file of bars with flat columns",
        hint: "Check that the file is complete, or export it as CSV.",
      },
      cause,
    );
  }
  return { path: csv, [Symbol.dispose]: remove };
}
