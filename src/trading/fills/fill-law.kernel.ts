/**
 * @file The fill law: at what price, in whole ticks, an order of each type meets one bar. The event engine, the
 * vectorised path and the batch environments all call these functions and no others.
 * Source: spec `backtest.md` section 3. Side is +1 buy, -1 sell; open, high, low are ticks; prices are before costs.
 * Invariants: a result other than `NO_FILL` lies in [low, high]; swapping side and mirroring the bar mirrors the result.
 */

/** No fill in this bar. A plain negative integer below every price, so that kernels stay in small integers. */
export const NO_FILL: number = -0x4000_0000;

/** Bits of the per-bar gate (`execution-bars.ts` computes them once). */
export const gate = {
  /** Closed, masked, filler or outage: nothing fills. */
  noFill: 1,
  /** Only fills that reduce a position. */
  noEntry: 2,
  /** Contains or follows the flat time of its session: positions are closed at the open. */
  flatten: 4,
  /** First bar of a session: day orders of earlier sessions are gone. */
  sessionFirst: 8,
  /** Positions may not cross into this bar: they end at the previous close. */
  border: 16,
  /** The border is a change of contract. */
  roll: 32,
} as const;

/** A limit: the open when it is already better, else the limit once the bar trades through it. */
export function limitPrice(
  side: number,
  limit: number,
  throughTicks: number,
  open: number,
  high: number,
  low: number,
): number {
  if (side > 0) return low <= limit - throughTicks ? Math.min(open, limit) : NO_FILL;
  return high >= limit + throughTicks ? Math.max(open, limit) : NO_FILL;
}

/** A stop: the open when it gapped past the stop, else the stop price once the bar reaches it. */
export function stopPrice(side: number, stop: number, open: number, high: number, low: number): number {
  if (side > 0) return high >= stop ? Math.max(open, stop) : NO_FILL;
  return low <= stop ? Math.min(open, stop) : NO_FILL;
}

/** Adverse ticks in whole ticks: rounded up, with room for the last bit of a sum such as 0.1 + 0.2. */
export function wholeAdverseTicks(ticks: number): number {
  return Math.ceil(ticks - 1e-9);
}

/** Price after costs, held within `maxAdverse` ticks of the bar. */
export function pricedWithCosts(
  side: number,
  price: number,
  adverse: number,
  high: number,
  low: number,
  maxAdverse: number,
): number {
  const moved = price + side * adverse;
  return side > 0 ? Math.min(moved, high + maxAdverse) : Math.max(moved, low - maxAdverse);
}

/** Units that all orders together may fill in a bar: floor(cap x volume), 0 without volume. */
export function volumeBudget(volume: number, volumeShare: number, participationCap: number): number {
  return volume <= 0 ? 0 : Math.floor(volume * volumeShare * participationCap + 1e-9);
}

/**
 * How many of `wanted` units may fill now: nothing on closed bars, reductions only on bars that refuse entries,
 * never more than the budget.
 */
export function allowedUnits(
  side: number,
  wanted: number,
  position: number,
  gates: number,
  budget: number,
): number {
  if ((gates & gate.noFill) !== 0) return 0;
  let units = wanted < budget ? wanted : budget;
  if ((gates & gate.noEntry) !== 0) {
    const reducible = position * side < 0 ? Math.abs(position) : 0;
    if (units > reducible) units = reducible;
  }
  return units;
}
