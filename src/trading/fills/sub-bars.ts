/**
 * @file Finer bars of the same contract, walked in place of a coarse bar whose inner order is unknown.
 * Invariant, checked once: the finer bars of each coarse bar aggregate exactly to it.
 */
import type { ExecutionBars } from "../execution-bars.ts";
import { tradingError } from "../issues.ts";
import type { WalkBar } from "./matcher.ts";

/** The finer bars of each coarse bar. */
export class SubBars {
  private readonly finer: ExecutionBars;
  /** First finer bar of each coarse bar, and one past its last. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;

  /** @throws GrandModelError `SUBBAR_MISMATCH` naming the first coarse bar that the finer bars do not make. */
  constructor(coarse: ExecutionBars, finer: ExecutionBars) {
    this.finer = finer;
    this.starts = new Int32Array(coarse.source.length);
    this.ends = new Int32Array(coarse.source.length);
    let at = 0;
    for (let t = 0; t < coarse.source.length; t += 1) {
      const openMs = coarse.source.t[t] ?? 0;
      while (at < finer.source.length && (finer.source.t[at] ?? 0) < openMs) at += 1;
      this.starts[t] = at;
      while (at < finer.source.length && (finer.source.t[at] ?? 0) < openMs + coarse.source.intervalMs)
        at += 1;
      this.ends[t] = at;
      checkBar(coarse, finer, t, this.starts[t] ?? 0, at);
    }
  }

  /** Calls `visit` with the prices and the volume of each finer bar of coarse bar `t`, in order. */
  forEach(t: number, visit: (bar: WalkBar, volume: number) => void): void {
    const { finer } = this;
    for (let i = this.starts[t] ?? 0; i < (this.ends[t] ?? 0); i += 1) {
      const bar = {
        open: finer.open[i] ?? 0,
        high: finer.high[i] ?? 0,
        low: finer.low[i] ?? 0,
        close: finer.close[i] ?? 0,
      };
      visit(bar, finer.source.v[i] ?? 0);
    }
  }
}

function checkBar(coarse: ExecutionBars, finer: ExecutionBars, t: number, from: number, to: number): void {
  let high = -Infinity;
  let low = Infinity;
  for (let i = from; i < to; i += 1) {
    high = Math.max(high, finer.high[i] ?? 0);
    low = Math.min(low, finer.low[i] ?? 0);
  }
  const same =
    to > from &&
    finer.open[from] === coarse.open[t] &&
    finer.close[to - 1] === coarse.close[t] &&
    high === coarse.high[t] &&
    low === coarse.low[t];
  if (same) return;
  throw tradingError({
    code: "SUBBAR_MISMATCH",
    path: `${coarse.source.symbol}[${t}]`,
    value: to - from,
    expected: "finer bars whose open, high, low and close make the coarse bar",
    hint: "Resample the coarse series from the finer one, or use ambiguity: pessimistic.",
  });
}
