/** @file What a new order of a contract meets, as the limits judge it: units held and pending, and how far prices range. */
import { averageTrueRange, rangeBars } from "../fills/true-range.ts";
import type { Venue } from "../fills/venue.ts";
import type { LimitContext } from "../limits/pre-trade.ts";
import type { Side } from "../orders/order.ts";
import type { ParentOrder } from "../orders/parent.ts";

type Exposure = Pick<LimitContext, "position" | "workingBuys" | "workingSells">;

/** What a new entry meets where each one first closes everything. */
const cleared: Exposure = { position: 0, workingBuys: 0, workingSells: 0 };

/** Units held and units that may still be added; nothing where entries are exclusive. */
export function exposureOf(venue: Venue, parents: readonly ParentOrder[], exclusive: boolean): Exposure {
  if (exclusive) return cleared;
  return {
    position: venue.position,
    workingBuys: pendingEntries(venue, parents, 1),
    workingSells: pendingEntries(venue, parents, -1),
  };
}

/** Units that working entries and unsent parents of one side may still add. */
function pendingEntries(venue: Venue, parents: readonly ParentOrder[], side: Side): number {
  let units = 0;
  for (const order of venue.working) {
    if (order.working && !order.draft.reduceOnly && order.draft.side === side) units += order.remaining;
  }
  for (const parent of parents) {
    const counts = parent.contract === venue.parts.contract && parent.side === side && !parent.cancelled;
    if (counts) units += parent.units - parent.sent;
  }
  return units;
}

/** Average true range at the venue's bar, points; NaN before there are bars enough. */
export function averageRangePoints(venue: Venue): number {
  const { bars } = venue.parts;
  const { bar } = venue.state;
  return bar < rangeBars - 1 ? Number.NaN : averageTrueRange(bars, bar) * bars.contract.tickSize;
}
