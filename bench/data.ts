/**
 * @file Suite `data`: import from CSV against DuckDB's own reader, constant-memory streaming of 10^7 rows, catalog, resampling,
 * bridge, and the long fuzz run. Files are generated in a temporary folder and removed.
 */
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { contractSpec } from "../src/market/instruments.ts";
import { readBars } from "../src/market/catalog/bar-parquet.adapter.ts";
import { openCatalog } from "../src/market/catalog/catalog.adapter.ts";
import { openDuck, sqlText } from "../src/market/catalog/duckdb.adapter.ts";
import { importBars } from "../src/market/import/import-file.adapter.ts";
import { prepareBars } from "../src/market/quality/prepare.ts";
import { resampleBars } from "../src/market/resample.ts";
import { streamBars } from "../src/market/stream/stream-bars.adapter.ts";
import { bridgeBars } from "../src/market/synthetic/bridge.ts";
import { fuzzImports } from "../test/market/import/fuzz.ts";
import { temporaryFolder, writeMinuteCsv } from "../test/market/stream/csv-file.ts";
import type { BenchContext, Figure, Suite } from "./figures.ts";

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Milliseconds of one run. */
async function timed(context: BenchContext, work: () => unknown): Promise<number> {
  const start = context.elapsedMs();
  await work();
  return context.elapsedMs() - start;
}

/** Import of a million rows, interleaved with DuckDB's reader of the same file on one thread. */
async function importFigures(context: BenchContext, csv: string, rows: number): Promise<readonly Figure[]> {
  context.step(`import ${rows} rows of CSV, interleaved with DuckDB read_csv`);
  const ours: number[] = [];
  const cpu: number[] = [];
  const duck: number[] = [];
  using engine = await openDuck();
  const read = `CREATE OR REPLACE TABLE bars AS SELECT * FROM read_csv(${sqlText(csv)})`;
  await importBars(csv);
  await engine.connection.run(read);
  for (let k = 0; k < (context.quick ? 1 : 5); k++) {
    const before = process.cpuUsage();
    ours.push(await timed(context, () => importBars(csv)));
    const used = process.cpuUsage(before);
    cpu.push((used.user + used.system) / 1000);
    duck.push(await timed(context, () => engine.connection.run(read)));
  }
  const perSecond = (ms: number): number => (rows / ms) * 1000;
  return [
    {
      name: "data.import.rows_per_s",
      value: perSecond(median(ours)),
      unit: "rows/s",
      reference: perSecond(median(duck)),
      ratio: median(duck) / median(ours),
      note: `CSV to judged bars in memory (zone, order, quarantine, sha256); reference: DuckDB read_csv into a table, 1 thread; ours by CPU time ${Math.round(perSecond(median(cpu)))} rows/s`,
    },
  ];
}

/** Streaming of a large file: rate, and the largest live heap seen. */
async function streamFigures(context: BenchContext, csv: string, rows: number): Promise<readonly Figure[]> {
  context.step(`stream ${rows} rows in constant memory`);
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  collectGarbage();
  const live = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  let peak = live();
  let chunks = 0;
  let bars = 0;
  const ms = await timed(context, async () => {
    const stream = await streamBars(csv);
    for await (const chunk of stream.chunks()) {
      bars += chunk.length;
      chunks += 1;
      if (chunks % 16 !== 0) continue;
      collectGarbage();
      peak = Math.max(peak, live());
    }
  });
  return [
    {
      name: "data.stream.rows_per_s",
      value: (bars / ms) * 1000,
      unit: "rows/s",
      note: `${bars} rows, survey and judgement: two passes`,
    },
    {
      name: "data.stream.peak_mb",
      value: peak / 1e6,
      unit: "MB",
      note: `live heap and buffers of the whole process after collection, ${bars} rows`,
    },
  ];
}

async function catalogFigures(
  context: BenchContext,
  folder: string,
  csv: string,
): Promise<readonly Figure[]> {
  context.step("prepare, store, read, resample, bridge");
  const { bars: imported } = await importBars(csv);
  let prepared = prepareBars(imported);
  const prepareMs = await timed(context, () => (prepared = prepareBars(imported)));
  const { bars } = prepared;
  const catalog = openCatalog(join(folder, "catalog"));
  const source = { kind: "synthetic" as const, options: "bench", sha256: imported.fileHash };
  let dataset = await catalog.store(bars, { source, options: { run: 0 } });
  const storeMs = await timed(
    context,
    async () => (dataset = await catalog.store(bars, { source, options: { run: 1 } })),
  );
  const readMs = await timed(context, () => readBars(catalog, dataset));
  const resampleMs = await timed(context, () => resampleBars(bars, 300_000));
  const half = resampleBars(bars, 1_800_000).bars;
  const bridgeMs = await timed(context, () => bridgeBars(half, 1, contractSpec("NQ")));
  const rate = (name: string, count: number, ms: number, note: string): Figure => ({
    name: `data.${name}`,
    value: (count / ms) * 1000,
    unit: "bars/s",
    note,
  });
  return [
    rate("prepare.bars_per_s", bars.length, prepareMs, "sessions, masks, gaps, rolls, thin bars, jumps"),
    rate("catalog.store_bars_per_s", bars.length, storeMs, "Parquet zstd, flushed, hashed, manifest"),
    rate("catalog.read_bars_per_s", bars.length, readMs, "Parquet to typed arrays, engine start included"),
    rate("resample.bars_per_s", bars.length, resampleMs, "1 minute to 5 minutes, short bars in"),
    rate("bridge.bars_per_s", half.length, bridgeMs, "half hours in, six bars each out"),
  ];
}

function fuzzFigures(context: BenchContext): readonly Figure[] {
  const files = context.quick ? 10_000 : 100_000;
  context.step(`fuzz ${files} mutated files`);
  const outcome = fuzzImports(7, 0, files);
  const refused = [...outcome.refused.values()].reduce((a, b) => a + b, 0);
  return [
    {
      name: "data.fuzz.untyped_errors",
      value: outcome.untyped.length + outcome.unsound.length,
      unit: "files",
      reference: 0,
      note: `${outcome.files} mutated files: ${outcome.imported} imported soundly, ${refused} refused under ${outcome.refused.size} codes`,
    },
  ];
}

/** Figures of the market room. */
export const dataSuite: Suite = async (context) => {
  using folder = temporaryFolder();
  const rows = context.quick ? 100_000 : 1_000_000;
  const csv = join(folder.path, "NQ-1m.csv");
  writeMinuteCsv(csv, rows);
  const large = join(folder.path, "NQ-large.csv");
  const largeRows = rows * 10;
  context.step(`write ${largeRows} rows of CSV`);
  writeMinuteCsv(large, largeRows);
  return [
    ...(await importFigures(context, csv, rows)),
    ...(await streamFigures(context, large, largeRows)),
    ...(await catalogFigures(context, folder.path, csv)),
    ...fuzzFigures(context),
  ];
};
