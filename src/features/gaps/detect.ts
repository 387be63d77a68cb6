/** @file Raw fair value gaps of plain arrays, for notebooks and checks; no filters, no life cycle (that is `fvg.ts`). */
import { featureError, wholeNumber } from "../issues.ts";

/** One entry a bar; zones are 0 where there is no gap. */
export interface RawGaps {
  /** +1 bullish, -1 bearish, 0 none. */
  readonly direction: Int8Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * Compares each bar with the one `lookback - 1` bars before: Low above that High is a bullish gap, High below that Low a
 * bearish one. Arrays of equal length, prices in points; `close` only has to agree in length.
 * @throws GrandModelError `FEATURE_PARAMETER` for unequal lengths or a lookback below 3.
 */
export function detectFvg(
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  close: ArrayLike<number>,
  lookback = 3,
): RawGaps {
  wholeNumber("detectFvg.lookback", lookback, 3);
  const n = high.length;
  if (low.length !== n || close.length !== n) {
    throw featureError({
      code: "FEATURE_PARAMETER",
      path: "detectFvg",
      value: `${n}, ${low.length}, ${close.length}`,
      expected: "high, low and close of equal length",
      hint: "Pass the columns of one series.",
    });
  }
  const gaps: RawGaps = {
    direction: new Int8Array(n),
    lower: new Float64Array(n),
    upper: new Float64Array(n),
  };
  for (let i = lookback - 1; i < n; i += 1) {
    const firstHigh = high[i - lookback + 1] ?? Number.NaN;
    const firstLow = low[i - lookback + 1] ?? Number.NaN;
    const thirdHigh = high[i] ?? Number.NaN;
    const thirdLow = low[i] ?? Number.NaN;
    const direction = thirdLow > firstHigh ? 1 : thirdHigh < firstLow ? -1 : 0;
    if (direction === 0) continue;
    gaps.direction[i] = direction;
    gaps.lower[i] = direction > 0 ? firstHigh : thirdHigh;
    gaps.upper[i] = direction > 0 ? thirdLow : firstLow;
  }
  return gaps;
}
