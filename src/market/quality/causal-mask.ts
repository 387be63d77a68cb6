/**
 * @file The illiquid rule as bars arrive: what is masked at a bar is known at its close and never revised.
 *
 * The mask starts with the session after the third thin one (`illiquid.ts` masks those three too, looking back); until then
 * their bars carry `thin`. It ends at the bar with which a session reaches half of the usual volume (`illiquid.ts` frees that
 * session from its first bar). Everywhere else both forms mark the same bars.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { illiquidRule, median } from "./illiquid.ts";
import type { MaskedRange, MaskMarker } from "./mask-marker.ts";

const { memory, atLeastKnown, thinShare, normalShare, inARow } = illiquidRule;

type OpenRange = { -readonly [K in keyof MaskedRange]: MaskedRange[K] };

/** Masks illiquid sessions causally, and the trade dates that the caller gives. */
export class CausalMask implements MaskMarker {
  private readonly given: readonly (readonly [first: number, last: number])[];
  private readonly found: OpenRange[] = [];
  /** Volumes of the last unmasked sessions. */
  private readonly usual: number[] = [];
  /** Closed sessions that the next ones may still turn into a mask. */
  private undecided: number[] = [];
  private readonly retracted = new Set<number>();
  /** Median volume before the mask that is on; undefined outside. */
  private reference: number | undefined;
  private tradeDate = Number.NaN;
  private volume = 0;
  private open: OpenRange | undefined;

  constructor(given: readonly (readonly [first: number, last: number])[] = []) {
    this.given = given;
  }

  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const date = bars.session[i] ?? 0;
      const begins = date !== this.tradeDate;
      if (begins) this.begin(date);
      this.volume += bars.v[i] ?? 0;
      if (this.reference !== undefined && this.volume >= normalShare * this.reference)
        this.reference = undefined;
      const given = this.given.some(([first, last]) => date >= first && date <= last);
      if (!given && this.reference === undefined) {
        this.open = undefined;
        continue;
      }
      bars.flags[i] = (bars.flags[i] ?? 0) | barFlag.masked;
      this.note(bars.t[i] ?? 0, date, given ? "given" : "illiquid", begins);
    }
  }

  retracts(tradeDate: number): number {
    return this.retracted.has(tradeDate) ? inARow : 0;
  }

  ranges(): readonly MaskedRange[] {
    return this.found;
  }

  /** Closes the session before; the first one of all closes nothing. */
  private begin(date: number): void {
    if (!Number.isNaN(this.tradeDate) && this.reference === undefined) this.judge(date);
    this.tradeDate = date;
    this.volume = 0;
  }

  private judge(next: number): void {
    this.undecided.push(this.volume);
    if (this.undecided.length < inARow) return;
    const reference = this.usual.length < atLeastKnown ? 0 : median(this.usual);
    if (this.undecided.every((volume) => volume < thinShare * reference)) {
      this.reference = reference;
      this.undecided = [];
      this.retracted.add(next);
      return;
    }
    this.usual.push(this.undecided.shift() ?? 0);
    if (this.usual.length > memory) this.usual.shift();
  }

  private note(t: number, tradeDate: number, reason: MaskedRange["reason"], begins: boolean): void {
    if (this.open === undefined || this.open.reason !== reason) {
      this.open = {
        firstTradeDate: tradeDate,
        lastTradeDate: tradeDate,
        sessions: 1,
        reason,
        fromMs: t,
        toMs: t,
        rows: 0,
      };
      this.found.push(this.open);
    } else if (begins) this.open.sessions += 1;
    this.open.lastTradeDate = tradeDate;
    this.open.toMs = t;
    this.open.rows += 1;
  }
}
