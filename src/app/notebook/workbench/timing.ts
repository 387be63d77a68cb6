/** @file Latencies of a call, sorted: how long it usually takes and how long it takes at worst. */

/** Milliseconds of `calls` calls after three to warm up, ascending. */
export async function latencies(calls: number, call: (i: number) => unknown): Promise<Float64Array> {
  const taken = new Float64Array(calls);
  for (let i = -3; i < calls; i += 1) {
    const start = performance.now();
    await call(Math.max(0, i));
    if (i >= 0) taken[i] = performance.now() - start;
  }
  return taken.sort();
}

/** The q-th quantile of sorted values, nearest rank. */
export function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
