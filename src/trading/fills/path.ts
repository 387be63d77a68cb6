/**
 * @file One bar as a path of four points, between which the price moves continuously: `fixed` open, high, low, close;
 * `adaptive` the extreme nearer to the open first (equal distance: low first). Orders fill in the order in which the
 * path meets them; each point offers a quarter of the volume, the close what remains.
 */
import type { Order } from "../orders/order.ts";
import { rolePriority } from "../orders/order.ts";
import { NO_FILL } from "./fill-law.kernel.ts";
import {
  crossingOf,
  isLimitNow,
  type Matcher,
  meetsOpen,
  satisfiesLimit,
  stopInRange,
  targetInRange,
  type WalkBar,
} from "./matcher.ts";

/** The four points of a bar in the order of the mode. */
export function pathPoints(
  bar: WalkBar,
  mode: "fixed" | "adaptive",
): readonly [number, number, number, number] {
  const highFirst = mode === "fixed" || bar.high - bar.open < bar.open - bar.low;
  return highFirst ? [bar.open, bar.high, bar.low, bar.close] : [bar.open, bar.low, bar.high, bar.close];
}

/** Units that each point offers: a quarter in whole units, at least one while any are left; the rest at the close. */
export function pathQuotas(budget: number): readonly [number, number, number, number] {
  const quarter = Math.max(1, Math.floor(budget / 4));
  const first = Math.min(quarter, budget);
  const second = Math.min(quarter, budget - first);
  const third = Math.min(quarter, budget - first - second);
  return [first, second, third, budget - first - second - third];
}

/** Where the path meets an order. */
interface Meeting {
  readonly order: Order;
  /** Price point of the path. */
  readonly at: number;
  /** Price before costs. */
  readonly ticks: number;
}

/** Matches all working orders along the path; `offer` sets the volume of each point. */
export function walkPath(
  venue: Matcher,
  bar: WalkBar,
  mode: "fixed" | "adaptive",
  offer: (point: number) => void,
): void {
  const points = pathPoints(bar, mode);
  let price = points[0];
  for (const [k, target] of points.entries()) {
    offer(k);
    venue.nextPoint(k === 0);
    const met = new Set<Order>();
    for (;;) {
      const meeting = nextMeeting(venue, met, price, target, k === 0);
      if (meeting === undefined) break;
      met.add(meeting.order);
      price = meeting.at;
      serve(venue, met, meeting, bar, k === 0);
    }
    price = target;
  }
}

function serve(venue: Matcher, met: Set<Order>, meeting: Meeting, bar: WalkBar, atOpen: boolean): void {
  const { order } = meeting;
  if (order.draft.terms.kind === "stopLimit" && !order.triggered) {
    order.triggered = true;
    if (!satisfiesLimit(order, meeting.at)) {
      met.delete(order);
      return;
    }
  }
  const { bracket } = order;
  const ambiguous =
    !atOpen &&
    bracket !== null &&
    stopInRange(bracket.stop, bar) &&
    targetInRange(bracket.targets, bar, venue.throughTicks);
  venue.execute({ order, ticks: meeting.ticks, crossing: crossingOf(order), ambiguous });
  if (order.draft.terms.kind === "stop") order.triggered = true;
}

/** The order that the price meets first on its way from `price` to `target`; ties by role, then age. */
function nextMeeting(
  venue: Matcher,
  met: ReadonlySet<Order>,
  price: number,
  target: number,
  atOpen: boolean,
): Meeting | undefined {
  let best: Meeting | undefined;
  for (const order of venue.working) {
    if (met.has(order) || !venue.isReady(order)) continue;
    const meeting = meetingOf(order, price, target, venue.throughTicks, atOpen);
    if (meeting !== undefined && (best === undefined || comesBefore(meeting, best, price))) best = meeting;
  }
  return best;
}

function comesBefore(a: Meeting, b: Meeting, price: number): boolean {
  const nearer = Math.abs(a.at - price) - Math.abs(b.at - price);
  if (nearer !== 0) return nearer < 0;
  return rolePriority[a.order.draft.role] < rolePriority[b.order.draft.role];
}

function meetingOf(
  order: Order,
  price: number,
  target: number,
  throughTicks: number,
  atOpen: boolean,
): Meeting | undefined {
  const { side } = order.draft;
  const here = meetsOpen(order, price, throughTicks);
  if (here !== NO_FILL && atOpen) return { order, at: price, ticks: here };
  if (isLimitNow(order)) {
    if (here !== NO_FILL) {
      // A remainder that could fill all along takes the volume of the point, at its price if the limit allows.
      const ticks = side * (order.limitTicks - target) >= 0 ? target : order.limitTicks;
      return { order, at: target, ticks };
    }
    // The price must trade through the limit; the fill is at the limit.
    const at = order.limitTicks - side * throughTicks;
    return side * (at - target) >= 0 ? { order, at, ticks: order.limitTicks } : undefined;
  }
  if (here !== NO_FILL) return { order, at: target, ticks: target };
  return side * (target - order.stopTicks) >= 0
    ? { order, at: order.stopTicks, ticks: order.stopTicks }
    : undefined;
}
