/**
 * @file How the series of a run stand to each other: which one executes a contract, in which order bars that close
 * together are delivered, and what is refused before the first bar.
 */
import type { CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import { tradingError } from "../issues.ts";

/** Close time of bar `t`, `Infinity` past the end. */
export function closeOf(bars: ExecutionBars, t: number): number {
  return t < bars.source.length ? (bars.source.t[t] ?? Infinity) + bars.source.intervalMs : Infinity;
}

export function seriesAt(series: readonly ExecutionBars[], index: number): ExecutionBars {
  const found = series[index];
  if (found === undefined) throw new RangeError(`internal: no series ${index}`);
  return found;
}

export function costsOf(costs: Readonly<Record<string, CostModel>>, symbol: string): CostModel {
  const found = costs[symbol];
  if (found !== undefined) return found;
  throw tradingError({
    code: "COSTS_MISSING",
    path: `costs.${symbol}`,
    value: null,
    expected: `a cost model for ${symbol}`,
    hint: "Add one, or pass freeOfCosts and say so: there is no default cost.",
  });
}

export function checkSorted(bars: ExecutionBars): void {
  const { t, length, symbol } = bars.source;
  for (let i = 1; i < length; i += 1) {
    if ((t[i] ?? 0) > (t[i - 1] ?? 0)) continue;
    throw tradingError({
      code: "DATA_UNSORTED",
      path: `${symbol}[${i}]`,
      value: t[i] ?? null,
      expected: `a time after ${t[i - 1]}`,
      hint: "Import the file again: bars must be strictly increasing.",
    });
  }
}

/** For each symbol, in order of appearance, the position of its finest series. */
export function finestOfEach(series: readonly ExecutionBars[]): readonly number[] {
  const finest = new Map<string, number>();
  for (const [i, { source }] of series.entries()) {
    const before = finest.get(source.symbol);
    if (before === undefined || source.intervalMs < seriesAt(series, before).source.intervalMs) {
      finest.set(source.symbol, i);
    }
  }
  return [...finest.values()];
}

export function deliveryOrder(series: readonly ExecutionBars[]): readonly number[] {
  return series
    .map((bars, index) => ({ interval: bars.source.intervalMs, symbol: bars.source.symbol, index }))
    .sort(
      (a, b) =>
        b.interval - a.interval || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : a.index - b.index),
    )
    .map(({ index }) => index);
}
