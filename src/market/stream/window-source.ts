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
