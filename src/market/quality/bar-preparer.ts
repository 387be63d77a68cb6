/**
 * @file Preparation of bars as they come, in the order that the steps depend on each other: sessions, masks, gaps and
 * segments, rolls, thin bars, jumps.
 *
 * One implementation for whole series, streams of any length and live bars: what differs is who knows the masks and rolls
 * (`MaskMarker`, `RollMarker`: planned from a pass before, or causal). Everything else needs no future, except that a bar
 * is the last of its session only when the next one says so: each bar waits for its successor. Chunks may be cut anywhere.
 */
import { type BarSeries, joinBars, sliceBars } from "../bars.ts";
import type { ContractSpec } from "../instruments.ts";
import type { RollMarker } from "../rolls/adjust.ts";
import type { Roll } from "../rolls/detect.ts";
import type { SessionCalendar } from "../session.ts";
import { type Gap, GapTracker, type TruncatedSession } from "./gaps.ts";
import { JumpTracker } from "./jumps.ts";
import type { MaskedRange, MaskMarker } from "./mask-marker.ts";
import { markSessions } from "./sessions.ts";
import { ThinTracker } from "./thin.ts";

/** What was found in a series; lists of places, nothing per bar. */
export interface Findings {
  readonly masked: readonly MaskedRange[];
  readonly gaps: readonly Gap[];
  readonly truncated: readonly TruncatedSession[];
  readonly rolls: readonly Roll[];
  /** Trade dates of sessions with thin bars. */
  readonly thinSessions: readonly number[];
  /** Opens of jump bars, UTC ms. */
  readonly jumps: readonly number[];
}

/** The first half: sessions, masks, gaps and segments. Imported chunks stay as they are. */
export class SegmentedBars {
  readonly gaps: GapTracker;
  private readonly calendar: SessionCalendar;
  private readonly spec: ContractSpec | undefined;
  private readonly masks: MaskMarker;
  private waiting: BarSeries | undefined;
  private before: number | undefined;

  constructor(calendar: SessionCalendar, spec: ContractSpec | undefined, masks: MaskMarker) {
    this.calendar = calendar;
    this.spec = spec;
    this.masks = masks;
    this.gaps = new GapTracker(calendar);
  }

  /** All bars up to the last of the chunk, which waits for its successor. */
  push(chunk: BarSeries): BarSeries {
    if (chunk.length === 0) return chunk;
    const bars = this.waiting === undefined ? copyOf(chunk) : joinBars(this.waiting, copyOf(chunk));
    markSessions(bars, this.calendar, this.spec, this.before);
    this.waiting = copyOf(sliceBars(chunk, chunk.length - 1));
    this.before = bars.length < 2 ? this.before : bars.session[bars.length - 2];
    return this.settle(sliceBars(bars, 0, bars.length - 1));
  }

  /** The last bar of the series; undefined for an empty one. */
  finish(): BarSeries | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) return undefined;
    markSessions(waiting, this.calendar, this.spec, this.before);
    return this.settle(waiting);
  }

  private settle(bars: BarSeries): BarSeries {
    this.masks.mark(bars);
    return this.gaps.push(bars);
  }
}

/** Both halves: push chunks, then `finish`. */
export class BarPreparer {
  private readonly segmented: SegmentedBars;
  private readonly masks: MaskMarker;
  private readonly rolls: RollMarker;
  private readonly thin: ThinTracker | undefined;
  private readonly jumps: JumpTracker = new JumpTracker();

  /** @param intervalMs bars of a day and more have no thin sessions. */
  constructor(
    intervalMs: number,
    calendar: SessionCalendar,
    spec: ContractSpec | undefined,
    markers: { readonly masks: MaskMarker; readonly rolls: RollMarker },
  ) {
    this.masks = markers.masks;
    this.rolls = markers.rolls;
    this.segmented = new SegmentedBars(calendar, spec, markers.masks);
    if (intervalMs < 86_400_000)
      this.thin = new ThinTracker(intervalMs, calendar, (date) => markers.masks.retracts(date));
  }

  /** The prepared bars that the chunk settles. @throws GrandModelError `ROLL_RATIO`. */
  push(chunk: BarSeries): BarSeries {
    return this.settle(this.segmented.push(chunk));
  }

  /** The last bar; undefined for an empty series. @throws GrandModelError `ROLL_RATIO`. */
  finish(): BarSeries | undefined {
    const last = this.segmented.finish();
    return last === undefined ? undefined : this.settle(last);
  }

  /** What was found so far. */
  findings(): Findings {
    return {
      masked: this.masks.ranges(),
      gaps: this.segmented.gaps.gaps,
      truncated: this.segmented.gaps.truncated,
      rolls: this.rolls.found,
      thinSessions: this.thin?.dates ?? [],
      jumps: this.jumps.times,
    };
  }

  private settle(bars: BarSeries): BarSeries {
    this.rolls.mark(bars);
    this.thin?.mark(bars);
    this.jumps.mark(bars);
    return bars;
  }
}

/** A copy whose marks can be written without touching the original; prices are shared. */
function copyOf(bars: BarSeries): BarSeries {
  return {
    ...bars,
    flags: bars.flags.slice(),
    session: bars.session.slice(),
    segment: new Int32Array(bars.length),
    rollFactor: new Float64Array(bars.length).fill(1),
  };
}
