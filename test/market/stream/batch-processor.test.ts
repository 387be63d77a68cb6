/** @file The batch processor: windows rebuild the series, memory steers the batch size, resume and order are exact. */
import { describe, expect, test } from "vitest";
import { type BarSeries, sliceBars } from "../../../src/market/bars.ts";
import {
  type BatchOptions,
  BatchProcessor,
  type BatchState,
  startingBatch,
  strategicBatches,
  type WindowBatch,
} from "../../../src/market/stream/batch-processor.ts";
import type { BarChunks } from "../../../src/market/stream/window-source.ts";
import { windowFeatures } from "../../../src/market/stream/windows.ts";
import { openTimes, walk } from "../series.ts";

const halfHour = 1_800_000;
const bars = walk(openTimes(Date.UTC(2025, 4, 4, 22), Date.UTC(2025, 7, 1), halfHour), halfHour, 3);
for (let i = 0; i < bars.length; i++) bars.segment[i] = i < 500 ? 0 : i < 530 ? 1 : 2;

const source: BarChunks = {
  fileHash: "hash",
  async *chunks(): AsyncIterable<BarSeries> {
    for (let from = 0; from < bars.length; from += 333)
      yield sliceBars(bars, from, Math.min(from + 333, bars.length));
  },
};
const calm = { memoryShare: (): number => 0.72 };
const options: BatchOptions = { ...strategicBatches, batchSize: 8 };

async function drain(processor: BatchProcessor, most = Infinity): Promise<WindowBatch[]> {
  const batches: WindowBatch[] = [];
  for await (const batch of processor.batches()) {
    batches.push(batch);
    if (batches.length >= most) break;
  }
  return batches;
}
const startsOf = (batches: readonly WindowBatch[]): number[] => batches.flatMap(({ starts }) => [...starts]);

describe("windows", () => {
  test("without their overlaps they rebuild the series exactly, and none crosses a segment", async () => {
    const batches = await drain(new BatchProcessor(source, options, calm));
    const closes = new Map<number, number>();
    for (const { windows, values, valid, starts } of batches) {
      for (let w = 0; w < windows; w++) {
        const segments = new Set<number>();
        for (let k = 0; k < options.sequence; k++) {
          if (valid[w * options.sequence + k] === 0) continue;
          const at = starts[w]! + k;
          const close = values[(w * options.sequence + k) * windowFeatures + 3]!;
          expect(closes.get(at) ?? close).toBe(close);
          closes.set(at, close);
          segments.add(bars.segment[at]!);
        }
        expect(segments.size).toBe(1);
      }
    }
    expect(closes.size).toBe(bars.length);
    expect([...bars.c].every((close, i) => closes.get(i) === close)).toBe(true);
  });

  test("the rest of a segment is emitted once, padded with zeros and masked", async () => {
    const batches = await drain(new BatchProcessor(source, { ...options, batchSize: 1, maxBatch: 1 }, calm));
    const short = batches.find(({ starts }) => starts[0] === 500);
    expect([...(short?.valid ?? [])].reduce((a, b) => a + b, 0)).toBe(30);
    expect([...(short?.values.subarray(30 * windowFeatures) ?? [1])].every((value) => value === 0)).toBe(
      true,
    );
    const starts = startsOf(batches);
    expect(starts.filter((s) => s < 500).slice(0, 3)).toEqual([0, 36, 72]);
    expect(new Set(starts).size).toBe(starts.length);
  });
});

describe("the processor", () => {
  test("shrinks above the cap and grows below 70 %, up to the largest batch", async () => {
    let share = 0.9;
    const processor = new BatchProcessor(source, { ...options, prefetch: 0 }, { memoryShare: () => share });
    const sizes: number[] = [];
    for await (const { windows } of processor.batches()) {
      sizes.push(windows);
      if (sizes.length === 3) share = 0.5;
    }
    expect(sizes.slice(0, 3)).toEqual([8, 6, 4]);
    expect(Math.max(...sizes.slice(5, -1))).toBeGreaterThan(4);
    expect([999, 9999, 99_999, 100_000].map(startingBatch)).toEqual([8, 16, 32, 64]);
  });

  test("hits its cache on the second pass and counts exactly", async () => {
    const processor = new BatchProcessor(source, options, calm);
    const first = await drain(processor);
    expect(processor.state.cacheHits).toBe(0);
    const second = await drain(processor);
    const windows = startsOf(first).length;
    expect(processor.state).toEqual({
      position: 0,
      batches: first.length + second.length,
      cacheHits: windows,
      bytes: 2 * windows * options.sequence * windowFeatures * 8,
      batchSize: 8,
    });
    expect(second).toEqual(first);
  });

  test("order is that of the file, or reproducible per seed", async () => {
    const plain = startsOf(await drain(new BatchProcessor(source, options, calm)));
    const seeded = async (seed: number): Promise<number[]> =>
      startsOf(
        await drain(new BatchProcessor(source, { ...options, shuffleSeed: seed, shuffleBlock: 16 }, calm)),
      );
    expect(plain).toEqual(plain.toSorted((a, b) => a - b));
    expect(await seeded(1)).toEqual(await seeded(1));
    expect(await seeded(1)).not.toEqual(await seeded(2));
    expect((await seeded(1)).toSorted((a, b) => a - b)).toEqual(plain);
  });

  test.each([undefined, 5])("resumes after a stop where it stood (shuffle seed %s)", async (seed) => {
    const chosen: BatchOptions = {
      ...options,
      prefetch: 0,
      ...(seed === undefined ? {} : { shuffleSeed: seed, shuffleBlock: 16 }),
    };
    const whole = await drain(new BatchProcessor(source, chosen, calm));
    const states: BatchState[] = [];
    const stopped = new BatchProcessor(
      source,
      { ...chosen, checkpointEvery: 1 },
      { ...calm, onCheckpoint: (s) => states.push(s) },
    );
    const before = await drain(stopped, 4);
    const resumed = new BatchProcessor(source, chosen, calm, states.at(-1));
    const after = await drain(resumed);
    expect([...before, ...after]).toEqual(whole);
    expect(resumed.state.batches).toBe(whole.length);
  });
});
