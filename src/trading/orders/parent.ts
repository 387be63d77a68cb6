/**
 * @file Parent algorithms: one approved quantity sent in parts. TWAP and VWAP send market children on a schedule, an
 * iceberg shows one limit child at a time. Invariants: the children sum to the parent; a child is sent once.
 */
import { type ImpactModel, scheduleImpact, type Slice, temporaryImpact } from "../costs/impact.ts";
import { curveSlices, equalSlices, icebergDisplay } from "./slices.ts";
import type { Side } from "./order.ts";

/** How a parent is worked. */
export type Algorithm =
  /** `slices` equal parts spread evenly over `seconds`; shipped: 300 s, 10 slices. */
  | { readonly kind: "twap"; readonly seconds: number; readonly slices: number }
  /** Parts along the expected volume of equal intervals of `seconds`. */
  | { readonly kind: "vwap"; readonly seconds: number; readonly curve: readonly number[] }
  /** A limit of which only a share is shown; shipped: 10 percent, at least one. */
  | { readonly kind: "iceberg"; readonly displayShare: number };

/** A parent at work; plain data. */
export interface ParentOrder {
  readonly id: number;
  readonly contract: number;
  readonly side: Side;
  readonly units: number;
  readonly algorithm: Algorithm;
  /** Limit of an iceberg, ticks. */
  readonly limitTicks: number;
  readonly decisionBar: number;
  readonly arrivalTicks: number;
  /** UTC ms of the decision. */
  readonly startMs: number;
  readonly schedule: readonly Slice[];
  /** Slices sent so far (TWAP, VWAP). */
  next: number;
  /** Units in children so far. */
  sent: number;
  filled: number;
  cancelled: boolean;
}

/** A parent before its first child. */
export function newParent(
  terms: Omit<ParentOrder, "schedule" | "next" | "sent" | "filled" | "cancelled">,
): ParentOrder {
  const schedule = scheduleOf(terms.algorithm, terms.units);
  return { ...terms, schedule, next: 0, sent: 0, filled: 0, cancelled: false };
}

/** The slices of a parent with their times; empty for an iceberg, whose parts depend on its fills. */
function scheduleOf(algorithm: Algorithm, units: number): readonly Slice[] {
  switch (algorithm.kind) {
    case "twap": {
      const parts = equalSlices(units, algorithm.slices);
      return parts.map((part, i) => ({ units: part, atSeconds: (algorithm.seconds * i) / parts.length }));
    }
    case "vwap": {
      const parts = curveSlices(units, algorithm.curve);
      return parts
        .map((part, i) => ({ units: part, atSeconds: (algorithm.seconds * i) / parts.length }))
        .filter((slice) => slice.units > 0);
    }
    case "iceberg":
      return [];
    default:
      return algorithm satisfies never;
  }
}

/** A child that is due. */
export interface DueChild {
  readonly units: number;
  /** Adverse ticks beyond the child's own impact: what its elder siblings left in the price. */
  readonly scheduleTicks: number;
}

/** Children to send at `nowMs` for the bar that follows, `barMs` long; marks them as sent. */
export function takeDue(
  parent: ParentOrder,
  nowMs: number,
  barMs: number,
  impact: ImpactModel | undefined,
): readonly DueChild[] {
  if (parent.cancelled) return [];
  if (parent.algorithm.kind === "iceberg") return takeDisplay(parent, parent.algorithm.displayShare);
  const felt = impact === undefined ? [] : scheduleImpact(impact, parent.schedule);
  const due: DueChild[] = [];
  for (; parent.next < parent.schedule.length; parent.next += 1) {
    const slice = parent.schedule[parent.next];
    if (slice === undefined || parent.startMs + slice.atSeconds * 1000 >= nowMs + barMs) break;
    const own = impact === undefined ? 0 : temporaryImpact(impact, slice.units);
    const left = Math.max(0, (felt[parent.next] ?? 0) - own) * Math.abs(parent.arrivalTicks);
    due.push({ units: slice.units, scheduleTicks: left });
    parent.sent += slice.units;
  }
  return due;
}

function takeDisplay(parent: ParentOrder, share: number): readonly DueChild[] {
  // The next part is shown when the one before it is gone.
  if (parent.sent > parent.filled || parent.sent >= parent.units) return [];
  const units = Math.min(icebergDisplay(parent.units, share), parent.units - parent.sent);
  parent.sent += units;
  return [{ units, scheduleTicks: 0 }];
}

/** True when nothing of the parent is still to come. */
export function parentIsDone(parent: ParentOrder): boolean {
  return parent.cancelled || parent.filled >= parent.units;
}
