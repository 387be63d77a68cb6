/** @file Where the windows of a batch processor come from: chunks of bars cut in this thread, or a file read by threads. */
import type { BarSeries } from "../bars.ts";
import { type BarWindow, WindowCutter } from "./windows.ts";

/** Windows of one file in order, as often as asked. */
export interface WindowSource {
  readonly fileHash: string;
  readonly windows: (sequence: number, overlap: number) => AsyncIterable<BarWindow>;
}

/** What is cut in this thread: chunks in order, as often as asked. */
export interface BarChunks {
  readonly fileHash: string;
  readonly chunks: () => AsyncIterable<BarSeries>;
}

/** The windows of either kind of source. */
export function windowsOf(
  source: WindowSource | BarChunks,
  sequence: number,
  overlap: number,
): AsyncIterable<BarWindow> {
  return "windows" in source
    ? source.windows(sequence, overlap)
    : cutWindows(source.chunks(), sequence, overlap);
}

/** Cuts chunks into windows. @param start global index of the first bar. */
export async function* cutWindows(
  chunks: AsyncIterable<BarSeries>,
  sequence: number,
  overlap: number,
  start = 0,
): AsyncIterable<BarWindow> {
  const cutter = new WindowCutter(sequence, overlap, start);
  for await (const chunk of chunks) yield* cutter.push(chunk);
  yield* cutter.flush();
}

/**
 * Global start of the first window at bar `from` or later, without cutting the ones before it.
 * @param segments bars of each segment, in order.
 * @returns Infinity when no window starts there.
 */
export function firstWindowFrom(
  from: number,
  segments: readonly number[],
  sequence: number,
  overlap: number,
): number {
  const step = sequence - overlap;
  let segmentStart = 0;
  for (const length of segments) {
    const k = Math.max(0, Math.ceil((from - segmentStart) / step));
    // Window k exists when it holds bars that window k - 1 does not.
    if (k === 0 || k * step + overlap < length) return length > 0 ? segmentStart + k * step : Infinity;
    segmentStart += length;
  }
  return Infinity;
}
