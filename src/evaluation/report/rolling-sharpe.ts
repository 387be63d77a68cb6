/** @file Sharpe ratio over a sliding window of days with the band that normal returns would give it (A. Lo, FAJ 58, 2002). */
import * as arithmetic from "../returns/arithmetic.ts";

/** Days of the window: half a year. */
const ROLLING_DAYS = 126;

/** Annualised, one row per day. */
export interface RollingSharpe {
  readonly rollingSharpe: readonly (number | null)[];
  readonly rollingLow: readonly (number | null)[];
  readonly rollingHigh: readonly (number | null)[];
}

/** Null until the window is full. */
export function rollingSharpe(returns: Float64Array, periodsPerYear: number): RollingSharpe {
  const centre: (number | null)[] = [];
  const low: (number | null)[] = [];
  const high: (number | null)[] = [];
  for (let end = 1; end <= returns.length; end += 1) {
    const window = returns.subarray(Math.max(0, end - ROLLING_DAYS), end);
    const value = window.length < ROLLING_DAYS ? NaN : arithmetic.sharpe(window, periodsPerYear);
    // Standard error under normal returns (Lo 2002): sqrt((1 + SR^2 / 2) / T), per period, times sqrt P.
    const perDay = value / Math.sqrt(periodsPerYear);
    const error = 1.96 * Math.sqrt(((1 + (perDay * perDay) / 2) / ROLLING_DAYS) * periodsPerYear);
    centre.push(finite(value));
    low.push(finite(value - error));
    high.push(finite(value + error));
  }
  return { rollingSharpe: centre, rollingLow: low, rollingHigh: high };
}

/** Four digits are more than a chart shows. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(4)) : null;
}
