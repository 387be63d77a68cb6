/** @file Times of calls: samples in milliseconds and their quantiles. */
import type { BenchContext } from "../figures.ts";

/** Milliseconds of one call of `run`. */
export async function timeOnce({ elapsedMs }: BenchContext, run: () => Promise<void>): Promise<number> {
  const start = elapsedMs();
  await run();
  return elapsedMs() - start;
}

/** Times of `count` calls after `warmUp` calls that do not count. */
export async function sample(
  context: BenchContext,
  run: () => Promise<void>,
  { count, warmUp }: { readonly count: number; readonly warmUp: number },
): Promise<number[]> {
  for (let i = 0; i < warmUp; i += 1) await run();
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) times.push(await timeOnce(context, run));
  return times;
}

/** The value below which the share `q` of the samples lies. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}
