/** @file Import from a path: the synchronous core of `import-bars.ts` fed from the disk. */
import { type Imported, judgeFile } from "./import-bars.ts";
import type { ImportOptions } from "./import-options.ts";
import { FileSurveyor } from "./file-surveyor.ts";
import { parquetToCsv } from "./parquet.adapter.ts";
import { openSource } from "./source.adapter.ts";

/**
 * Imports one file of bars.
 * @throws GrandModelError with a code of this room.
 * @example
 * const { bars, account } = await importBars("NQ - 30 min - ETH.csv");
 */
export async function importBars(path: string, options: ImportOptions = {}): Promise<Imported> {
  if (/\.parquet$/i.test(path)) return importParquet(path, options);
  const source = openSource(path, options.entry);
  const surveyor = new FileSurveyor(source.name, options, true);
  for await (const chunk of source.chunks()) surveyor.push(chunk);
  return judgeFile(surveyor.finish(), await source.sha256(), options);
}

async function importParquet(path: string, options: ImportOptions): Promise<Imported> {
  const original = openSource(path);
  using csv = await parquetToCsv(path);
  const surveyor = new FileSurveyor(original.name, options, true);
  for await (const chunk of openSource(csv.path).chunks()) surveyor.push(chunk);
  return judgeFile(surveyor.finish(), await original.sha256(), options);
}
