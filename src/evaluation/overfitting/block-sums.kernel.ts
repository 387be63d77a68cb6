/**
 * @file Sums per block and configuration, from which the mean and the Sharpe ratio of any union of blocks follow
 * without touching the returns again: C(16, 8) = 12,870 splits cost two passes over [blocks, N], not over [T, N].
 */

/** Columns [blocks, N]: sums, sums of squares about the configuration's overall mean, extremes. */
export interface BlockSums {
  readonly blocks: number;
  readonly configurations: number;
  /** Rows of every block. */
  readonly rows: number;
  readonly sum: Float64Array;
  readonly square: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Overall mean of each configuration: squares are taken about it, so that cancellation stays harmless. */
  readonly centre: Float64Array;
}

/** @param returns [T, N] row-major; the first T mod blocks rows are left out. */
export function blockSums(returns: Float64Array, configurations: number, blocks: number): BlockSums {
  const total = returns.length / configurations;
  const rows = Math.floor(total / blocks);
  const skipped = total - rows * blocks;
  const size = blocks * configurations;
  const sum = new Float64Array(size);
  const square = new Float64Array(size);
  const low = new Float64Array(size).fill(Infinity);
  const high = new Float64Array(size).fill(-Infinity);
  const centre = new Float64Array(configurations);
  for (let t = skipped; t < total; t += 1) {
    for (let c = 0; c < configurations; c += 1) centre[c] = centre[c]! + returns[t * configurations + c]!;
  }
  for (let c = 0; c < configurations; c += 1) centre[c] = centre[c]! / (rows * blocks);
  for (let t = 0; t < rows * blocks; t += 1) {
    const offset = Math.floor(t / rows) * configurations;
    for (let c = 0; c < configurations; c += 1) {
      const value = returns[(t + skipped) * configurations + c]!;
      const deviation = value - centre[c]!;
      sum[offset + c] = sum[offset + c]! + deviation;
      square[offset + c] = square[offset + c]! + deviation * deviation;
      if (value < low[offset + c]!) low[offset + c] = value;
      if (value > high[offset + c]!) high[offset + c] = value;
    }
  }
  return { blocks, configurations, rows, sum, square, low, high, centre };
}

/** Writes mean (or non-annualised Sharpe) of every configuration over the union of the blocks into `out` [N]. */
export function metricOverBlocks(
  sums: BlockSums,
  chosen: readonly number[],
  metric: "mean" | "sharpe",
  out: Float64Array,
): void {
  const n = sums.rows * chosen.length;
  for (let c = 0; c < sums.configurations; c += 1) {
    let total = 0;
    let squares = 0;
    let low = Infinity;
    let high = -Infinity;
    for (let k = 0; k < chosen.length; k += 1) {
      const i = chosen[k]! * sums.configurations + c;
      total += sums.sum[i]!;
      squares += sums.square[i]!;
      if (sums.low[i]! < low) low = sums.low[i]!;
      if (sums.high[i]! > high) high = sums.high[i]!;
    }
    const mean = sums.centre[c]! + total / n;
    if (metric === "mean") out[c] = mean;
    else if (low === high) out[c] = mean === 0 ? 0 : mean > 0 ? Infinity : -Infinity;
    else out[c] = mean / Math.sqrt((squares - (total * total) / n) / (n - 1));
  }
}
