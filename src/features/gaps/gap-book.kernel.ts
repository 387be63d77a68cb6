/**
 * @file The open fair value gaps and their life: active -> touched -> filled or expired. O(open gaps) a bar.
 *
 * Gaps stand in order of creation, at most `capacity` a direction (the oldest makes room). A bar is tested against
 * every gap older than itself. On one bar a first touch wins over expiry and a gap may be touched and filled.
 * Zones are in points, ages in bars; depth is penetration / size, unclipped (beyond 1 price went through).
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** What happened to a gap on the last bar. */
export const gapEvent = { touch: 1, filled: 2, expired: 3 } as const;

/** Events of the last bar; the first `count` entries are meant. Scratch, not state. */
export interface GapEvents {
  count: number;
  /** Values of `gapEvent`. */
  readonly kind: Int8Array;
  readonly direction: Int8Array;
  /** +1 or -1 when the event is the gap's mitigation, else 0. */
  readonly mitigation: Int8Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly age: Float64Array;
  /** Deepest penetration / size at the close of the bar. */
  readonly depth: Float64Array;
}

/** Which event mitigates a gap: the first touch whose close holds the zone, or the complete fill. */
export type MitigationMode = "touchHold" | "fill";

/** The gap that owns the level nearest to a price. */
export interface NearestGap {
  /** 0 when no gap is open; the other fields are 0 then. */
  direction: number;
  level: number;
  size: number;
  age: number;
  depth: number;
  /** 1 when the price lies in the zone of any open gap. */
  inside: number;
}

export class GapBook {
  private readonly capacity: number;
  private readonly maxAge: number;
  private readonly tolerance: number;
  private readonly held: Cell;
  private readonly direction: Float64Array;
  private readonly lower: Float64Array;
  private readonly upper: Float64Array;
  private readonly age: Float64Array;
  /** Age at the first touch, -1 before. */
  private readonly touchedAt: Float64Array;
  private readonly depth: Float64Array;
  /** Weight exp(-0.1 age) by age. */
  private readonly freshness: Float64Array;
  readonly events: GapEvents;

  /** @param tolerance distances closer than this, in points, are equal. */
  constructor(memory: Memory, capacity: number, maxAge: number, tolerance: number) {
    const n = 2 * capacity;
    this.tolerance = tolerance;
    this.capacity = capacity;
    this.maxAge = maxAge;
    this.held = memory.cell();
    this.direction = memory.block(n);
    this.lower = memory.block(n);
    this.upper = memory.block(n);
    this.age = memory.block(n);
    this.touchedAt = memory.block(n);
    this.depth = memory.block(n);
    this.freshness = Float64Array.from({ length: maxAge + 3 }, (_, age) => Math.exp(-0.1 * age));
    // A gap has at most two events on one bar: touched and filled.
    const slots = 2 * n;
    this.events = {
      count: 0,
      kind: new Int8Array(slots),
      direction: new Int8Array(slots),
      mitigation: new Int8Array(slots),
      lower: new Float64Array(slots),
      upper: new Float64Array(slots),
      age: new Float64Array(slots),
      depth: new Float64Array(slots),
    };
  }

  /** Open gaps of both directions. */
  get count(): number {
    return this.held.value;
  }

  /** Open gaps of one direction. */
  countOf(direction: number): number {
    let count = 0;
    for (let i = 0; i < this.held.value; i += 1) if (this.direction[i] === direction) count += 1;
    return count;
  }

  /** Opens a gap at age 0. */
  open(direction: number, lower: number, upper: number): void {
    if (this.countOf(direction) === this.capacity) this.dropOldest(direction);
    const at = this.held.value;
    this.direction[at] = direction;
    this.lower[at] = lower;
    this.upper[at] = upper;
    this.age[at] = 0;
    this.touchedAt[at] = -1;
    this.depth[at] = 0;
    this.held.value = at + 1;
  }

  /** Ages every gap by the bar, records what happens to it, and closes the filled and the expired. */
  test(high: number, low: number, close: number, mode: MitigationMode): void {
    this.events.count = 0;
    const n = this.held.value;
    let kept = 0;
    for (let i = 0; i < n; i += 1) {
      const age = this.age[i]! + 1;
      this.age[i] = age;
      const touchedBefore = this.touchedAt[i]! >= 0;
      const filled = this.testOne(i, high, low, close, mode);
      const touchedNow = !touchedBefore && this.touchedAt[i]! >= 0;
      if (filled) continue;
      if (age > this.maxAge && !touchedNow) {
        this.record(i, gapEvent.expired, 0);
        continue;
      }
      if (kept !== i) this.move(i, kept);
      kept += 1;
    }
    this.held.value = kept;
  }

  /** The edge nearest to `price` over all open zones; equal distances go to the newer gap. */
  nearest(price: number, out: NearestGap): void {
    out.direction = 0;
    out.level = 0;
    out.size = 0;
    out.age = 0;
    out.depth = 0;
    out.inside = 0;
    let best = Infinity;
    for (let i = 0; i < this.held.value; i += 1) {
      const lower = this.lower[i]!;
      const upper = this.upper[i]!;
      if (price >= lower && price <= upper) out.inside = 1;
      const toLower = Math.abs(lower - price);
      const toUpper = Math.abs(upper - price);
      const distance = toLower < toUpper ? toLower : toUpper;
      if (distance > best + this.tolerance) continue;
      best = distance;
      out.direction = this.direction[i]!;
      // A price in the middle is equally far from both edges: the edge that price met first is the level.
      const middle = Math.abs(toLower - toUpper) <= this.tolerance;
      if (middle) out.level = out.direction > 0 ? upper : lower;
      else out.level = toLower < toUpper ? lower : upper;
      out.size = upper - lower;
      out.age = this.age[i]!;
      out.depth = this.depth[i]!;
    }
  }

  /** Sum over open gaps of direction exp(-0.1 age) exp(-distance of the nearest edge / atr). */
  pull(price: number, atr: number): number {
    let sum = 0;
    for (let i = 0; i < this.held.value; i += 1) {
      const toLower = Math.abs(this.lower[i]! - price);
      const toUpper = Math.abs(this.upper[i]! - price);
      const distance = toLower < toUpper ? toLower : toUpper;
      sum += this.direction[i]! * this.freshness[this.age[i]!]! * Math.exp(-distance / atr);
    }
    return sum;
  }

  /** exp(-0.1 age). */
  freshnessAt(age: number): number {
    return this.freshness[age]!;
  }

  rescale(ratio: number): void {
    for (let i = 0; i < this.held.value; i += 1) {
      this.lower[i] = this.lower[i]! * ratio;
      this.upper[i] = this.upper[i]! * ratio;
    }
  }

  /** Touch and fill of gap `i`; true when it is filled. */
  private testOne(i: number, high: number, low: number, close: number, mode: MitigationMode): boolean {
    const bullish = this.direction[i]! > 0;
    const lower = this.lower[i]!;
    const upper = this.upper[i]!;
    if (bullish ? low > upper : high < lower) return false;
    const depth = (bullish ? upper - low : high - lower) / (upper - lower);
    if (depth > this.depth[i]!) this.depth[i] = depth;
    if (this.touchedAt[i]! < 0) {
      this.touchedAt[i] = this.age[i]!;
      const holds = mode === "touchHold" && (bullish ? close >= lower : close <= upper);
      this.record(i, gapEvent.touch, holds ? this.direction[i]! : 0);
    }
    const filled = bullish ? low <= lower : high >= upper;
    if (filled) this.record(i, gapEvent.filled, mode === "fill" ? this.direction[i]! : 0);
    return filled;
  }

  private record(i: number, kind: number, mitigation: number): void {
    const { events } = this;
    const at = events.count;
    events.kind[at] = kind;
    events.direction[at] = this.direction[i]!;
    events.mitigation[at] = mitigation;
    events.lower[at] = this.lower[i]!;
    events.upper[at] = this.upper[i]!;
    events.age[at] = this.age[i]!;
    events.depth[at] = this.depth[i]!;
    events.count = at + 1;
  }

  private move(from: number, to: number): void {
    this.direction[to] = this.direction[from]!;
    this.lower[to] = this.lower[from]!;
    this.upper[to] = this.upper[from]!;
    this.age[to] = this.age[from]!;
    this.touchedAt[to] = this.touchedAt[from]!;
    this.depth[to] = this.depth[from]!;
  }

  private dropOldest(direction: number): void {
    let kept = 0;
    let dropped = false;
    for (let i = 0; i < this.held.value; i += 1) {
      if (!dropped && this.direction[i] === direction) {
        dropped = true;
        continue;
      }
      if (kept !== i) this.move(i, kept);
      kept += 1;
    }
    this.held.value = kept;
  }
}
