/**
 * @file Where the look-ahead guard cuts. Features are a black box that is computed anew for each cut, which costs as many
 * bars as it is given; all cuts of n bars at full length would cost n^2 / 2. A long run is therefore checked in windows:
 * each begins with bars of history that are not cut, then every bar is a cut. Each bar is a cut of one window.
 */
import { lowerBound } from "../../market/bars.ts";
import type { RunConfig } from "../engine/engine.ts";
import { type ExecutionBars, sliceExecution } from "../execution-bars.ts";

/** Least bars of history of a window, and least cuts in it; a run up to four times as long is cut at full length. */
export const defaultWindow = 1024;

/** A stretch of clock bars; `cutFrom` is the first that is cut. */
export interface CheckWindow {
  readonly from: number;
  readonly cutFrom: number;
  readonly until: number;
}

/**
 * The windows of a run; one when it is short.
 * @param window least history
 * @param warmUp clock bars until every feature has a value and the first order was sent: the history of a window is twice that,
 *   so that a window trades and what it compares is alive
 */
export function checkWindows(bars: number, warmUp: number, window: number): readonly CheckWindow[] {
  const history = Math.max(window, 2 * warmUp);
  if (bars <= Math.max(4 * window, 2 * history)) return [{ from: 0, cutFrom: 0, until: bars }];
  const windows: CheckWindow[] = [];
  for (let cutFrom = 0; cutFrom < bars; cutFrom += history) {
    const until = Math.min(bars, cutFrom + history);
    windows.push({ from: Math.max(0, cutFrom - history), cutFrom, until });
  }
  return windows;
}

/** A run over a window: bars of the clock, and what of the other series lies inside. @param clock index of the clock series */
export function windowRun<State>(
  config: RunConfig<State>,
  clock: number,
  { from, until }: CheckWindow,
): RunConfig<State> {
  const source = config.series[clock]?.source;
  if (source === undefined || (from === 0 && until === source.length)) return config;
  const fromMs = source.t[from] ?? 0;
  const untilMs = (source.t[until - 1] ?? 0) + source.intervalMs;
  const inside = (bars: ExecutionBars): ExecutionBars => between(bars, fromMs, untilMs);
  const finer = Object.entries(config.finer ?? {}).map(([symbol, bars]) => [symbol, inside(bars)] as const);
  return {
    ...config,
    series: config.series.map(inside),
    ...(config.finer === undefined ? {} : { finer: Object.fromEntries(finer) }),
  };
}

/** The bars that open and close between two instants. */
function between(bars: ExecutionBars, fromMs: number, untilMs: number): ExecutionBars {
  const { intervalMs, t } = bars.source;
  return sliceExecution(bars, lowerBound(t, fromMs), lowerBound(t, untilMs - intervalMs + 1));
}
