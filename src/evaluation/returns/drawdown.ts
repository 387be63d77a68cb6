/** @file Drawdown series and their episodes: from the last index at the peak to the next index at the peak. */

/** One stretch below the peak. */
export interface DrawdownEpisode {
  /** Last index at the peak before the fall. */
  readonly startIndex: number;
  /** First index at the peak again; the last index of the series when it never recovered. */
  readonly endIndex: number;
  /** endIndex - startIndex, in rows. */
  readonly duration: number;
  /** Deepest value inside, in the unit of the input (0 or more). */
  readonly peak: number;
  readonly recovered: boolean;
}

/** 1 - equity / running maximum, per row: 0 at the peak, positive below. */
export function drawdownSeries(equity: Float64Array): Float64Array {
  const out = new Float64Array(equity.length);
  let peak = -Infinity;
  for (const [i, value] of equity.entries()) {
    if (value > peak) peak = value;
    out[i] = 1 - value / peak;
  }
  return out;
}

/** All episodes of a drawdown series (0 = at the peak, positive = below), in order of time. */
export function drawdownEpisodes(drawdown: Float64Array): DrawdownEpisode[] {
  const episodes: DrawdownEpisode[] = [];
  let startIndex = 0;
  let deepest = 0;
  const last = drawdown.length - 1;
  for (const [i, value] of drawdown.entries()) {
    if (value > deepest) deepest = value;
    if (value !== 0 && i !== last) continue;
    const recovered = value === 0;
    if (deepest > 0) {
      episodes.push({ startIndex, endIndex: i, duration: i - startIndex, peak: deepest, recovered });
    }
    startIndex = i;
    deepest = 0;
  }
  return episodes;
}
