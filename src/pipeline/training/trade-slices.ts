/**
 * @file Out-of-sample trades cut by the market they were entered in (volatility tercile, trend, year, part of the session) and
 * by side. A result that comes from one slice has not been shown in the others. Labels: evaluation/report/market-state.ts.
 */
import { bootstrapIntervals } from "../../evaluation/bootstrap/intervals.ts";
import { wilsonInterval } from "../../evaluation/calibration/probability-scores.ts";
import { marketStates } from "../../evaluation/report/market-state.ts";
import type { BarSeries } from "../../market/bars.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import type { ClosedTrade } from "./out-of-sample.ts";
import type { Estimate } from "./estimate.ts";

export interface TradeSlice {
  /** `volatility`, `trend`, `year`, `session part`, `side`. */
  readonly division: string;
  readonly label: string;
  /** Of all seeds. */
  readonly trades: number;
  /** Wilson interval over trades; trades of different seeds on one day are not independent. */
  readonly winRate: Estimate;
  /** Mean of the seeds, USD; interval over days (stationary bootstrap). */
  readonly netUsd: Estimate;
}

const repetitions = 2000;
/** Sessions of a mean block of the bootstrap, as in the walk-forward report. */
const blockLength = 5;

/** Slices with a trade, division by division. @param dates every trade date of the test parts, ascending */
export function tradeSlices(
  bySeed: readonly (readonly ClosedTrade[])[],
  bars: BarSeries,
  dates: readonly number[],
): readonly TradeSlice[] {
  const all = bySeed.flat();
  const divisions = [
    ...marketStates(bars).map(({ labelOf, labels, name }) => ({
      name,
      labels,
      labelOf: ({ bar }: ClosedTrade) => labelOf(bar),
    })),
    {
      name: "side",
      labels: ["long", "short"],
      labelOf: ({ side }: ClosedTrade) => (side > 0 ? "long" : "short"),
    },
  ];
  return divisions.flatMap(({ labelOf, labels, name }) =>
    labels.flatMap((label) => {
      const trades = all.filter((trade) => labelOf(trade) === label);
      if (trades.length === 0) return [];
      const netUsd = netOf(trades, bars, dates, bySeed.length);
      return [{ division: name, label, trades: trades.length, winRate: winRateOf(trades), netUsd }];
    }),
  );
}

function winRateOf(trades: readonly ClosedTrade[]): Estimate {
  const wins = trades.filter(({ netUsd }) => netUsd > 0).length;
  const { high, low } = wilsonInterval(wins, trades.length);
  return { value: wins / trades.length, low, high };
}

function netOf(
  trades: readonly ClosedTrade[],
  bars: BarSeries,
  dates: readonly number[],
  seeds: number,
): Estimate {
  const row = new Map(dates.map((date, i) => [date, i]));
  const daily = new Float64Array(dates.length);
  for (const { bar, netUsd } of trades) {
    const day = row.get(bars.session[bar] ?? 0) ?? -1;
    if (day >= 0) daily[day] = (daily[day] ?? 0) + netUsd / seeds;
  }
  const { estimate, percentile } = bootstrapIntervals(
    daily,
    { net: (path) => path.reduce((a, b) => a + b, 0) },
    { key: keyFromSeed(42), repetitions, blockLength },
  ).net;
  return { value: estimate, low: percentile.low, high: percentile.high };
}
