/**
 * @file The seven tactical columns of the last bar from plain arrays: for callers that hold no streaming matrix.
 * The same implementation as the stream: the arrays are replayed through a fresh `tactical-7`, O(bars) a call.
 */
import { allocateBars } from "../../market/bars.ts";
import { computeWith } from "../indicator/batch.ts";
import { Indicator } from "../indicator/indicator.ts";
import { featureError } from "../issues.ts";
import { matrixRows } from "./feature-matrix.ts";
import { tactical7 } from "./tactical7.ts";

/** Columns of the last bar. */
export interface UltraFastFeatures {
  /** `[7]` in the order of `tactical7Columns`, in [-1, 1]. */
  readonly values: Float32Array;
  /** True when no opens were given and C_{t-1} stood in for O_t. */
  readonly openProxy: boolean;
}

const fiveMinutesMs = 300_000;
/** Bars before which sigma60 does not exist. */
const leastBars = 61;

/**
 * Features of the last bar of contiguous 5-minute bars in one session and contract, oldest first. Averages start at the
 * first bar given, so the result equals the stream's only if both start there.
 * @throws GrandModelError `WINDOW_TOO_SHORT` for fewer than 61 bars, `FEATURE_PARAMETER` for unequal lengths.
 */
export function ultraFastTacticalFeatures(
  prices: ArrayLike<number>,
  volumes: ArrayLike<number>,
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  open?: ArrayLike<number>,
  tick = 0.25,
): UltraFastFeatures {
  const n = prices.length;
  for (const column of [volumes, high, low, open ?? prices]) {
    if (column.length !== n)
      refuse("FEATURE_PARAMETER", column.length, `arrays of ${n} bars`, "Pass columns of one series.");
  }
  if (n < leastBars)
    refuse(
      "WINDOW_TOO_SHORT",
      n,
      `at least ${leastBars} bars`,
      "Momentum is measured in sigma60: load more history.",
    );
  const bars = allocateBars({ symbol: "", intervalMs: fiveMinutesMs, dataSource: "real", fileHash: "" }, n);
  for (let i = 0; i < n; i += 1) bars.t[i] = i * fiveMinutesMs;
  bars.c.set(prices);
  bars.v.set(volumes);
  bars.h.set(high);
  bars.l.set(low);
  bars.o.set(open ?? bars.c);
  if (open === undefined) bars.o.set(bars.c.subarray(0, n - 1), 1);
  const indicator = new Indicator(matrixRows(tactical7({ tick, warmUp: 0 })));
  computeWith(indicator, bars);
  return { values: Float32Array.from(indicator.values), openProxy: open === undefined };
}

function refuse(
  code: "FEATURE_PARAMETER" | "WINDOW_TOO_SHORT",
  value: number,
  expected: string,
  hint: string,
): never {
  throw featureError({ code, path: "ultraFastTacticalFeatures", value, expected, hint });
}
