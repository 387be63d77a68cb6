/**
 * @file Equity per bar -> simple returns per trading day. Statistics are made of daily net equity, flat days included:
 * annualising returns of trades or of steps inflates a Sharpe ratio arbitrarily (docs/statistics.md, conventions).
 */
import { refuse } from "../issues.ts";

/** One row per trading day. */
export interface DailyReturns {
  /** Trade dates `yyyymmdd`, ascending. */
  readonly date: Int32Array;
  /** Equity at the last bar of the day, USD. */
  readonly equity: Float64Array;
  /** equity / equity of the day before - 1; the first day against the initial equity. */
  readonly returns: Float64Array;
}

/**
 * @param equityUsd marked equity at the close of each bar, after all costs.
 * @param session trade date `yyyymmdd` of each bar, ascending.
 * @throws GrandModelError `SERIES_LENGTH` when the columns differ in length.
 */
export function dailyReturns(equityUsd: Float64Array, session: Int32Array, initialUsd: number): DailyReturns {
  if (equityUsd.length !== session.length) {
    refuse({
      code: "SERIES_LENGTH",
      value: `${equityUsd.length} and ${session.length}`,
      expected: "one session date for each equity row",
      hint: "Pass the session column of the bars that the equity curve was made on.",
    });
  }
  const lastBars = Array.from(session.keys()).filter((i) => session[i] !== session[i + 1]);
  const equity = Float64Array.from(lastBars, (i) => equityUsd[i] ?? NaN);
  return {
    date: Int32Array.from(lastBars, (i) => session[i] ?? 0),
    equity,
    returns: equity.map((value, i) => value / (i === 0 ? initialUsd : (equity[i - 1] ?? NaN)) - 1),
  };
}

/** Compounded returns per calendar month, keyed `yyyymm`, in order of time. */
export function monthlyReturns({ date, returns }: DailyReturns): ReadonlyMap<number, number> {
  const growth = new Map<number, number>();
  for (const [i, day] of date.entries()) {
    const month = Math.floor(day / 100);
    growth.set(month, (growth.get(month) ?? 1) * (1 + (returns[i] ?? 0)));
  }
  return new Map(Array.from(growth, ([month, factor]) => [month, factor - 1]));
}
