/**
 * @file Thin trading as it happens: from the sixth bar of a session, volume so far below 10 % of what is usual by then.
 *
 * Usual = median of the cumulative volume at the same slot over the last 60 unmasked sessions (at least 20 known). Causal:
 * the session's total is not known yet. Masked bars are not judged, and sessions that end masked are not remembered.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import type { SessionCalendar } from "../session.ts";
import { illiquidRule } from "./illiquid.ts";

const memory = 60;
const atLeastKnown = 20;
const share = 0.1;
const firstJudged = 5;
/** Remembered beyond `memory`, for sessions that are taken back when a mask starts. */
const width = memory + illiquidRule.inARow;

/** Flags the thin bars of consecutive chunks. */
export class ThinTracker {
  /** Trade dates of sessions with thin bars. */
  readonly dates: number[] = [];
  private readonly intervalMs: number;
  private readonly calendar: SessionCalendar;
  private readonly retracts: (tradeDate: number) => number;
  private readonly slots: number;
  /** Cumulative volumes `[slot, session % width]`. */
  private readonly past: Float64Array;
  private readonly scratch: Float64Array = new Float64Array(memory);
  private remembered = 0;
  private readonly current: Float64Array;
  private tradeDate = Number.NaN;
  private openMs = 0;
  private bars = 0;
  private reached = 0;
  private total = 0;
  private endsMasked = false;

  /** @param retracts sessions before a trade date that must be forgotten (`MaskMarker`). */
  constructor(intervalMs: number, calendar: SessionCalendar, retracts: (tradeDate: number) => number) {
    this.intervalMs = intervalMs;
    this.calendar = calendar;
    this.retracts = retracts;
    this.slots = Math.ceil(86_400_000 / intervalMs);
    this.past = new Float64Array(this.slots * width);
    this.current = new Float64Array(this.slots);
  }

  /** Flags the bars of the next chunk, in place. */
  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const t = bars.t[i] ?? 0;
      const date = bars.session[i] ?? 0;
      if (date !== this.tradeDate) this.begin(date, t);
      const slot = Math.floor((t - this.openMs) / this.intervalMs);
      this.reach(slot, bars.v[i] ?? 0);
      this.endsMasked = ((bars.flags[i] ?? 0) & barFlag.masked) !== 0;
      this.bars += 1;
      if (this.endsMasked || this.bars <= firstJudged || !this.isThin(slot)) continue;
      bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.thin;
      if (this.dates.at(-1) !== date) this.dates.push(date);
    }
  }

  /** Remembers the session that ends. */
  private begin(date: number, t: number): void {
    if (this.bars > 0 && !this.endsMasked) {
      this.reach(this.slots - 1, 0);
      const column = this.remembered % width;
      for (let slot = 0; slot < this.slots; slot++)
        this.past[slot * width + column] = this.current[slot] ?? 0;
      this.remembered += 1;
    }
    this.remembered -= this.retracts(date);
    this.tradeDate = date;
    this.openMs = this.calendar.sessionOf(date)?.openMs ?? t;
    this.bars = 0;
    this.reached = 0;
    this.total = 0;
  }

  /** Volume up to and including a slot; slots without a bar keep the total before them. */
  private reach(slot: number, volume: number): void {
    if (slot < 0 || slot >= this.slots) return;
    for (; this.reached < slot; this.reached++) this.current[this.reached] = this.total;
    this.total += volume;
    this.current[slot] = this.total;
    this.reached = slot + 1;
  }

  /** `total < share x median` of the slot, by counting: the median itself is needed only at a tie of halves. */
  private isThin(slot: number): boolean {
    const known = Math.min(this.remembered, memory);
    if (known < atLeastKnown || slot < 0 || slot >= this.slots) return false;
    const row = slot * width;
    const first = this.remembered - known;
    let reachedBy = 0;
    for (let s = 0; s < known; s++) {
      const usual = this.past[row + ((first + s) % width)] ?? 0;
      this.scratch[s] = usual;
      if (share * usual <= this.total) reachedBy += 1;
    }
    const half = known >> 1;
    if (reachedBy > half) return false;
    if (reachedBy < half || known % 2 === 1) return true;
    const sorted = this.scratch.subarray(0, known).sort();
    return this.total < share * (((sorted[half] ?? 0) + (sorted[half - 1] ?? 0)) / 2);
  }
}
