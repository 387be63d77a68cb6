/**
 * @file A run cut into slices: what it earned in calm and in wild markets, in trends, year by year, in the parts of the
 * session, long and short. A strategy whose result comes from one slice has not been shown to work in the others.
 *
 * Every bar belongs to one slice of each division, and a slice earns the changes of equity over its bars: the slices of a
 * division add up to the net result. Its Sharpe ratio is that of daily sums, each over the equity at which its day began,
 * on the days that have a bar in the slice.
 */
import type { BarSeries } from "../../market/bars.ts";
import type { BacktestResult } from "../../trading/result.ts";
import * as arithmetic from "../returns/arithmetic.ts";
import { type MarketState, marketStates } from "./market-state.ts";

const PERIODS_PER_YEAR = 252;

/** One slice of a run. */
export interface Slice {
  /** `volatility`, `trend`, `year`, `session part`, `side`. */
  readonly division: string;
  readonly label: string;
  readonly bars: number;
  readonly days: number;
  readonly netUsd: number;
  readonly sharpe: number | null;
  /** Trades of the clock contract that were entered in the slice (for `side`: trades of that side). */
  readonly trades: number;
  /** Share of them with a profit after costs. */
  readonly winRate: number | null;
}

/** Slices of every division, in order; `bars` is the clock series of the run. */
export function stressSlices(result: BacktestResult, bars: BarSeries): readonly Slice[] {
  return [...marketStates(bars), sideHeld(result)].flatMap((state) => slicesOf(state, result, bars));
}

const sides = { long: "long", short: "short", flat: "flat" } as const;

/** By the position that was carried into the bar. */
function sideHeld({ equity }: BacktestResult): MarketState {
  const labelOf = (bar: number): string => sideOf(bar === 0 ? 0 : (equity.position[bar - 1] ?? 0));
  return { name: "side", labels: Object.values(sides), labelOf };
}

function sideOf(units: number): string {
  if (units === 0) return sides.flat;
  return units > 0 ? sides.long : sides.short;
}

interface Sums {
  bars: number;
  netUsd: number;
  readonly dayReturns: number[];
  trades: number;
  wins: number;
}

function slicesOf(state: MarketState, result: BacktestResult, bars: BarSeries): readonly Slice[] {
  const sums = new Map<string, Sums>(
    state.labels.map((label) => [label, { bars: 0, netUsd: 0, dayReturns: [], trades: 0, wins: 0 }]),
  );
  addBars(sums, state, result, bars);
  addTrades(sums, state, result);
  return [...sums]
    .filter(([, found]) => found.bars > 0 || found.trades > 0)
    .map(([label, { bars: count, netUsd, dayReturns, trades, wins }]) => {
      const sharpe = arithmetic.sharpe(Float64Array.from(dayReturns), PERIODS_PER_YEAR);
      return {
        division: state.name,
        label,
        bars: count,
        days: dayReturns.length,
        netUsd,
        sharpe: Number.isFinite(sharpe) ? sharpe : null,
        trades,
        winRate: trades === 0 ? null : wins / trades,
      };
    });
}

function addBars(
  sums: Map<string, Sums>,
  state: MarketState,
  { equity, totals }: BacktestResult,
  bars: BarSeries,
): void {
  let before = totals.initialUsd;
  let dayStart = before;
  let ofDay = new Map<string, number>();
  for (let t = 0; t < equity.length; t += 1) {
    const label = state.labelOf(t);
    const now = equity.equityUsd[t] ?? before;
    const slice = sums.get(label);
    if (slice !== undefined) {
      slice.bars += 1;
      slice.netUsd += now - before;
    }
    ofDay.set(label, (ofDay.get(label) ?? 0) + now - before);
    before = now;
    if (t + 1 < equity.length && bars.session[t + 1] === bars.session[t]) continue;
    for (const [of, change] of ofDay) sums.get(of)?.dayReturns.push(dayStart > 0 ? change / dayStart : 0);
    ofDay = new Map();
    dayStart = before;
  }
}

function addTrades(sums: Map<string, Sums>, state: MarketState, { trades }: BacktestResult): void {
  for (let i = 0; i < trades.length; i += 1) {
    if (trades.contract[i] !== 0) continue;
    const label =
      state.name === "side" ? sideOf(trades.units[i] ?? 0) : state.labelOf(trades.entryBar[i] ?? 0);
    const slice = sums.get(label);
    if (slice === undefined) continue;
    slice.trades += 1;
    if ((trades.netMicroCents[i] ?? 0) > 0) slice.wins += 1;
  }
}
