/**
 * @file Segments of a stream of bars, decided as the bars arrive: a gap inside a session beyond the fill limit begins one.
 *
 * The offline rules that need later sessions (illiquid masks, truncated sessions) belong to `quality/prepare.ts`.
 */
import type { BarSeries } from "../bars.ts";
import { fillLimit } from "../quality/gaps.ts";
import type { SessionCalendar } from "../session.ts";

/** Numbers the segments of consecutive chunks. */
export class SegmentTracker {
  private readonly calendar: SessionCalendar;
  private segment = 0;
  private lastT = Number.NaN;
  private lastSession = 0;

  constructor(calendar: SessionCalendar) {
    this.calendar = calendar;
  }

  /** Fills `segment` of the next chunk in place. */
  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const t = bars.t[i] ?? Number.NaN;
      const session = bars.session[i] ?? 0;
      if (
        session === this.lastSession &&
        t - this.lastT > bars.intervalMs &&
        this.isHole(t, bars.intervalMs)
      ) {
        this.segment += 1;
      }
      bars.segment[i] = this.segment;
      this.lastT = t;
      this.lastSession = session;
    }
  }

  private isHole(t: number, intervalMs: number): boolean {
    let missing = 0;
    for (let slot = this.lastT + intervalMs; slot < t; slot += intervalMs)
      if (this.calendar.isOpen(slot)) missing += 1;
    return missing > fillLimit(intervalMs);
  }
}
