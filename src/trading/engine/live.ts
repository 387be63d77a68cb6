/**
 * @file Paper trading on the same engine: bars are appended as they close, and each step is the step of a back-test. A
 * live run of a stored stream gives the back-test's trades, equity and journal, byte for byte (tested).
 */
import { allocateBars, type BarHeader, type BarSeries } from "../../market/bars.ts";
import type { Contract } from "../contract.ts";
import { BarPreparer, type ExecutionBars, type GateOptions } from "../execution-bars.ts";
import { tradingError } from "../issues.ts";
import type { Engine } from "./engine.ts";

/** A bar that has just closed; times in UTC ms, prices in points. */
export interface ClosedBar {
  readonly t: number;
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
  readonly v: number;
  /** Bits of `barFlag`. */
  readonly flags: number;
  /** Trade date `yyyymmdd`. */
  readonly session: number;
  readonly segment: number;
}

/** A series that grows up to a capacity. */
export class LiveSeries {
  readonly bars: ExecutionBars;
  private readonly source: BarSeries & { length: number };
  private readonly preparer: BarPreparer;

  constructor(header: BarHeader, contract: Contract, capacity: number, gates: GateOptions = {}) {
    this.source = { ...allocateBars(header, capacity), length: 0 };
    this.preparer = new BarPreparer(this.source, contract, gates, capacity);
    this.bars = this.preparer.bars;
  }

  /** @throws GrandModelError `DATA_UNSORTED` for a bar that is not later than the last, `PRICE_OFF_TICK`. */
  append(bar: ClosedBar): void {
    const { source } = this;
    const i = source.length;
    if (i > 0 && bar.t <= (source.t[i - 1] ?? 0)) {
      throw tradingError({
        code: "DATA_UNSORTED",
        path: `${source.symbol}[${i}]`,
        value: bar.t,
        expected: `a time after ${source.t[i - 1]}`,
        hint: "A bar came twice or late: drop it, and reconcile before trading on.",
      });
    }
    if (i === source.t.length) throw new RangeError(`this live series holds ${i} bars: begin a new run`);
    for (const name of ["t", "o", "h", "l", "c", "v", "flags", "session", "segment"] as const) {
      source[name][i] = bar[name];
    }
    source.length = i + 1;
    this.preparer.prepare(i);
  }
}

/**
 * Plays everything that has been appended. Features are made anew from the bars so far: a strategy that keeps its own
 * running state instead pays nothing here.
 */
export function playLive<State>(engine: Engine<State>): void {
  const { features } = engine.config.strategy;
  if (features !== undefined) {
    for (const [i, view] of engine.market.series.entries()) {
      const source = engine.config.series[i]?.source;
      if (source !== undefined) view.features = features(closedPart(source), i);
    }
  }
  while (engine.step()) continue;
}

function closedPart(source: BarSeries): BarSeries {
  const cut = <Column extends Float64Array | Int32Array | Uint16Array>(column: Column): Column =>
    column.subarray(0, source.length) as Column;
  return {
    ...source,
    t: cut(source.t),
    o: cut(source.o),
    h: cut(source.h),
    l: cut(source.l),
    c: cut(source.c),
    v: cut(source.v),
    flags: cut(source.flags),
    session: cut(source.session),
    segment: cut(source.segment),
    rollFactor: cut(source.rollFactor),
  };
}
