/** @file Who masks the bars of a stream, and the one that knows its ranges before the first bar. */
import { barFlag, type BarSeries } from "../bars.ts";
import type { MaskPlan } from "./illiquid.ts";

/** A masked range of a series. */
export interface MaskedRange extends MaskPlan {
  /** Opens of the first and of the last masked bar, UTC ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly rows: number;
}

/** Masks consecutive chunks whose sessions are marked. */
export interface MaskMarker {
  /** Sets `masked` on the bars of the next chunk, in place. */
  readonly mark: (bars: BarSeries) => void;
  /** Sessions just before this trade date that turned out to be illiquid too late to mask them. */
  readonly retracts: (tradeDate: number) => number;
  /** Ranges marked so far. */
  readonly ranges: () => readonly MaskedRange[];
}

/** Masks ranges of trade dates that are known beforehand. */
export class PlannedMasks implements MaskMarker {
  private readonly found: { plan: MaskPlan; fromMs: number; toMs: number; rows: number }[];

  constructor(plans: readonly MaskPlan[]) {
    this.found = plans.map((plan) => ({ plan, fromMs: Number.NaN, toMs: Number.NaN, rows: 0 }));
  }

  mark(bars: BarSeries): void {
    for (const range of this.found) {
      const { firstTradeDate, lastTradeDate } = range.plan;
      for (let i = 0; i < bars.length; i++) {
        const date = bars.session[i] ?? 0;
        if (date < firstTradeDate || date > lastTradeDate) continue;
        bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.masked;
        range.toMs = bars.t[i] ?? 0;
        if (range.rows === 0) range.fromMs = range.toMs;
        range.rows += 1;
      }
    }
  }

  retracts(): number {
    return 0;
  }

  ranges(): readonly MaskedRange[] {
    return this.found.map(({ plan, ...place }) => ({ ...plan, ...place }));
  }
}
