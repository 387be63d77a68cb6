/** @file Import from a path: the synchronous core of `import-bars.ts` fed from the disk. */
import { basename } from "node:path";
import { FileSurveyor } from "./file-surveyor.ts";
import { type Imported, judgeFile } from "./import-bars.ts";
import type { ImportOptions } from "./import-options.ts";
import { parquetToCsv } from "./parquet.adapter.ts";
import { openSource, type TextSource } from "./source.adapter.ts";

/**
 * Imports one file of bars.
 * @throws GrandModelError with a code of this room.
 * @example
 * const { bars, account } = await importBars("NQ - 30 min - ETH.csv");
 */
export async function importBars(path: string, options: ImportOptions = {}): Promise<Imported> {
  using source = await openText(path, options.entry);
  const surveyor = new FileSurveyor(source.name, options, true);
  for await (const chunk of source.chunks()) surveyor.push(chunk);
  return judgeFile(surveyor.finish(), await source.sha256(), options);
}

/** The text of any file that can be imported: Parquet through a copy that goes away with `using`. @throws as `openSource`. */
export async function openText(path: string, entry?: string): Promise<TextSource & Disposable> {
  const original = openSource(path, entry);
  if (!/\.parquet$/i.test(basename(path))) return { ...original, [Symbol.dispose]: () => undefined };
  const csv = await parquetToCsv(path);
  const text = openSource(csv.path);
  return { ...original, chunks: text.chunks, [Symbol.dispose]: () => csv[Symbol.dispose]() };
}
