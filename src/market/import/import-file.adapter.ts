/** @file Import from a path: the synchronous core of `import-bars.ts` fed from the disk. */
import { FileSurveyor, type Imported, type ImportOptions, judgeFile } from "./import-bars.ts";
import { openSource } from "./source.adapter.ts";

/**
 * Imports one file of bars.
 * @throws GrandModelError with a code of this room.
 * @example
 * const { bars, account } = await importBars("NQ - 30 min - ETH.csv");
 */
export async function importBars(path: string, options: ImportOptions = {}): Promise<Imported> {
  const source = openSource(path, options.entry);
  const surveyor = new FileSurveyor(source.name, options, true);
  for await (const chunk of source.chunks()) surveyor.push(chunk);
  return judgeFile(surveyor.finish(), await source.sha256(), options);
}
