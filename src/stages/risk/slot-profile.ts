/**
 * @file How a session's variance is spread over its slots and hours: fitted on training sessions and frozen, so that the
 * risk of the bars left until the flat time can be stated. Keyed by the slot of the exchange's session, never by host or
 * file time. Invariant: variance shares are positive and sum to 1. Source: risk.md sections 3 (entry 7) and 4 (VaR).
 */
import { barFlag, type BarSeries } from "../../market/bars.ts";
import { barsPerSession, exchangeMinute, sessionSlot } from "../../market/session.ts";

/** Frozen statistics of the time of day. */
export interface SlotProfile {
  readonly intervalMs: number;
  /** [slots], sum 1; slot 0 carries the gap from the previous session. */
  readonly varianceShare: Float64Array;
  /** [24] by hour of the exchange's clock: root mean square return, least hour 0, greatest 1. */
  readonly hourRisk: Float64Array;
}

/** Squared returns that every slot is given before the data speak, in units of the mean: thin slots are not free of risk. */
const priorReturns = 5;

/** An even profile: what is known without data. */
export function evenProfile(intervalMs: number): SlotProfile {
  const slots = barsPerSession("cme-equity", intervalMs);
  return {
    intervalMs,
    varianceShare: new Float64Array(slots).fill(1 / slots),
    hourRisk: new Float64Array(24).fill(0.5),
  };
}

/** The profile of the bars [from, to); bars that are masked or filled, and returns across rolls and breaks, do not count. */
export function fitSlotProfile(bars: BarSeries, from: number, to: number): SlotProfile {
  const slots = new RunningSquares(barsPerSession("cme-equity", bars.intervalMs));
  const hours = new RunningSquares(24);
  for (let i = from + 1; i < to; i += 1) {
    const squared = squaredReturn(bars, i);
    if (squared === undefined) continue;
    const t = bars.t[i] ?? 0;
    slots.add(sessionSlot(t, bars.intervalMs), squared);
    hours.add(Math.floor(exchangeMinute(t) / 60), squared);
  }
  if (!(slots.mean > 0)) return evenProfile(bars.intervalMs);
  const variances = slots.means();
  const total = variances.reduce((sum, x) => sum + x, 0);
  const roots = hours.means().map(Math.sqrt);
  const low = Math.min(...roots);
  const spread = Math.max(...roots) - low;
  return {
    intervalMs: bars.intervalMs,
    varianceShare: variances.map((x) => x / total),
    hourRisk: roots.map((x) => (spread > 0 ? (x - low) / spread : 0.5)),
  };
}

/** Share of a session's variance from one slot up to another, exclusive. */
export function varianceShareBetween(profile: SlotProfile, fromSlot: number, toSlot: number): number {
  let sum = 0;
  for (let slot = fromSlot; slot < toSlot; slot += 1) sum += profile.varianceShare[slot] ?? 0;
  return Math.min(1, sum);
}

/** Squared log return into a bar from the close before it. */
function squaredReturn(bars: BarSeries, i: number): number | undefined {
  const unusable = barFlag.masked | barFlag.filled | barFlag.rollBar | barFlag.rollAmbiguous;
  if (((bars.flags[i] ?? 0) & unusable) !== 0 || bars.segment[i] !== bars.segment[i - 1]) return undefined;
  const r = Math.log((bars.c[i] ?? 0) / (bars.c[i - 1] ?? 0));
  return Number.isFinite(r) ? r * r : undefined;
}

/** Mean squares by key, each drawn towards the common mean. */
class RunningSquares {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;

  constructor(keys: number) {
    this.sums = new Float64Array(keys);
    this.counts = new Float64Array(keys);
  }

  get mean(): number {
    const count = this.counts.reduce((sum, n) => sum + n, 0);
    return count === 0 ? 0 : this.sums.reduce((sum, x) => sum + x, 0) / count;
  }

  add(key: number, squared: number): void {
    this.sums[key] = (this.sums[key] ?? 0) + squared;
    this.counts[key] = (this.counts[key] ?? 0) + 1;
  }

  means(): Float64Array {
    const prior = this.mean;
    return this.sums.map(
      (sum, key) => (sum + priorReturns * prior) / ((this.counts[key] ?? 0) + priorReturns),
    );
  }
}
