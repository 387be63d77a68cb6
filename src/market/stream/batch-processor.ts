/**
 * @file Batches of windows from files larger than memory: adaptive size, seeded shuffle of whole blocks, cache, resume.
 *
 * Order is the order of the file, or with a seed that of windows shuffled inside blocks of `shuffleBlock`, so memory stays
 * constant. Batch size shrinks by 0.8 while memory is above the cap and grows by 1.2 below 70 %. Back-pressure: nothing is
 * read before the consumer asks, except `prefetch` batches. Reading and cutting are the source's: in this thread (`BarChunks`)
 * or in worker threads (`openWindows`), with the same bytes.
 */
import { hashJson } from "../../runtime/hash.adapter.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { LeastRecentlyUsed } from "./window-cache.ts";
import { type BarChunks, type WindowSource, windowsOf } from "./window-source.ts";
import { type BarWindow, windowFeatures } from "./windows.ts";

/** How to cut and batch. */
export interface BatchOptions {
  /** Windows of a batch at first. */
  readonly batchSize: number;
  /** Largest adaptive batch. */
  readonly maxBatch: number;
  readonly sequence: number;
  readonly overlap: number;
  /** Batches made ahead of the consumer. */
  readonly prefetch: number;
  /** Threads that read and cut, for `openWindows`. */
  readonly workers: number;
  /** Share of the process limit above which batches shrink. */
  readonly memoryCap: number;
  /** Batches between checkpoints. */
  readonly checkpointEvery: number;
  /** Windows kept for later passes. */
  readonly cacheSize: number;
  /** Shuffles windows inside blocks; absent: file order. */
  readonly shuffleSeed?: number;
  /** Windows of a shuffled block. */
  readonly shuffleBlock: number;
}

/** Windows of 48 half-hour bars. */
export const strategicBatches: BatchOptions = {
  batchSize: 32,
  maxBatch: 64,
  sequence: 48,
  overlap: 12,
  prefetch: 3,
  workers: 2,
  memoryCap: 0.75,
  checkpointEvery: 100,
  cacheSize: 500,
  shuffleBlock: 256,
};

/** Windows of 60 five-minute bars. */
export const tacticalBatches: BatchOptions = {
  batchSize: 64,
  maxBatch: 128,
  sequence: 60,
  overlap: 15,
  prefetch: 4,
  workers: 4,
  memoryCap: 0.8,
  checkpointEvery: 200,
  cacheSize: 1000,
  shuffleBlock: 512,
};

/** Starting batch size by rows of the file. */
export function startingBatch(rows: number): number {
  if (rows < 1000) return 8;
  if (rows < 10_000) return 16;
  return rows < 100_000 ? 32 : 64;
}

/** One batch; arrays are `[windows, sequence, 5]`, `[windows, sequence]`, `[windows]`. */
export interface WindowBatch {
  readonly windows: number;
  readonly values: Float64Array;
  readonly valid: Uint8Array;
  readonly starts: Float64Array;
}

/** Where a processor stands; JSON-safe, enough to go on after a restart. */
export interface BatchState {
  /** Windows handed out. */
  readonly position: number;
  readonly batches: number;
  readonly cacheHits: number;
  /** Bytes of window values handed out. */
  readonly bytes: number;
  readonly batchSize: number;
}

/** Streams batches of windows; one pass per call of `batches`. */
export class BatchProcessor {
  private readonly source: WindowSource | BarChunks;
  private readonly options: BatchOptions;
  /** Share of the process's memory limit in use, 0..1. */
  private readonly memoryShare: () => number;
  private readonly onCheckpoint: ((state: BatchState) => void) | undefined;
  private readonly cache: LeastRecentlyUsed<BarWindow>;
  private readonly configHash: string;
  private counters: { -readonly [K in keyof BatchState]: BatchState[K] };

  constructor(
    source: WindowSource | BarChunks,
    options: BatchOptions,
    ports: { readonly memoryShare: () => number; readonly onCheckpoint?: (state: BatchState) => void },
    resumed?: BatchState,
  ) {
    this.source = source;
    this.options = options;
    this.memoryShare = ports.memoryShare;
    this.onCheckpoint = ports.onCheckpoint;
    this.cache = new LeastRecentlyUsed(options.cacheSize);
    this.configHash = hashJson({ sequence: options.sequence, overlap: options.overlap });
    this.counters = {
      position: 0,
      batches: 0,
      cacheHits: 0,
      bytes: 0,
      batchSize: options.batchSize,
      ...resumed,
    };
  }

  /** Exact counters so far. */
  get state(): BatchState {
    return { ...this.counters };
  }

  /** The batches from `position` on; at the end of a complete pass the position returns to 0. */
  async *batches(): AsyncIterable<WindowBatch> {
    const ready: BarWindow[][] = [];
    const waiting: BarWindow[] = [];
    for await (const window of this.remainingWindows()) {
      waiting.push(window);
      if (waiting.length >= this.counters.batchSize) {
        ready.push(waiting.splice(0));
        this.adapt();
      }
      if (ready.length > this.options.prefetch) yield this.deliver(ready.shift() ?? []);
    }
    if (waiting.length > 0) ready.push(waiting);
    for (const windows of ready) yield this.deliver(windows);
    this.counters.position = 0;
  }

  /** Windows after those handed out already, in the order of the pass. */
  private async *remainingWindows(): AsyncIterable<BarWindow> {
    let skip = this.counters.position;
    for await (const window of this.orderedWindows()) {
      if (skip > 0) skip -= 1;
      else yield window;
    }
  }

  private async *orderedWindows(): AsyncIterable<BarWindow> {
    const { shuffleSeed, shuffleBlock } = this.options;
    if (shuffleSeed === undefined) {
      yield* this.cutWindows();
      return;
    }
    const key = foldIn(keyFromSeed(shuffleSeed), "windows");
    let block: BarWindow[] = [];
    for await (const window of this.cutWindows()) {
      block.push(window);
      if (block.length < shuffleBlock) continue;
      yield* shuffled(block, foldIn(key, block[0]?.start ?? 0));
      block = [];
    }
    yield* shuffled(block, foldIn(key, block[0]?.start ?? 0));
  }

  private async *cutWindows(): AsyncIterable<BarWindow> {
    const { sequence, overlap } = this.options;
    for await (const window of windowsOf(this.source, sequence, overlap)) yield this.cached(window);
  }

  /** The cached window of the same place, so that later passes share memory. */
  private cached(window: BarWindow): BarWindow {
    const key = `${this.source.fileHash} ${window.start} ${this.configHash}`;
    const known = this.cache.get(key);
    if (known !== undefined) {
      this.counters.cacheHits += 1;
      return known;
    }
    this.cache.set(key, window);
    return window;
  }

  private adapt(): void {
    const share = this.memoryShare();
    if (share > this.options.memoryCap)
      this.counters.batchSize = Math.max(1, Math.floor(this.counters.batchSize * 0.8));
    else if (share < 0.7) {
      this.counters.batchSize = Math.min(this.options.maxBatch, Math.ceil(this.counters.batchSize * 1.2));
    }
  }

  private deliver(windows: readonly BarWindow[]): WindowBatch {
    const { sequence, checkpointEvery } = this.options;
    const values = new Float64Array(windows.length * sequence * windowFeatures);
    const valid = new Uint8Array(windows.length * sequence);
    const starts = new Float64Array(windows.length);
    for (const [w, window] of windows.entries()) {
      values.set(window.values, w * sequence * windowFeatures);
      valid.set(window.valid, w * sequence);
      starts[w] = window.start;
    }
    this.counters.position += windows.length;
    this.counters.batches += 1;
    this.counters.bytes += values.byteLength;
    if (this.counters.batches % checkpointEvery === 0) this.onCheckpoint?.(this.state);
    return { windows: windows.length, values, valid, starts };
  }
}

function shuffled(block: readonly BarWindow[], key: ReturnType<typeof foldIn>): readonly BarWindow[] {
  const order = Int32Array.from(block, (_, i) => i);
  Generator.fromKey(key).shuffle(order);
  return [...order].flatMap((i) => block[i] ?? []);
}
