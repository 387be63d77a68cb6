/**
 * @file What happens to an open position at each close: its stop trails after one R in the favourable direction only, it
 * leaves after its time stop, and it is flat before the session ends. Pure: the pipeline carries it out.
 * Source: risk.md section 4 (trailing, time stop) and section 5 (end of day).
 */
import { type Contract, roundToTicks, tickPrice } from "../../trading/contract.ts";

/** A position that is watched. Prices in points. */
export interface WatchedPosition {
  readonly side: 1 | -1;
  readonly entryPrice: number;
  /** Where the stop stood at entry and stands now. */
  readonly initialStop: number;
  readonly stop: number;
  /** Best closed price since entry, this close included. */
  readonly bestPrice: number;
  /** Five-minute bars held. */
  readonly barsHeld: number;
  readonly maxHoldBars: number;
  readonly trailing: { readonly activationR: number; readonly distancePts: number } | null;
}

/** Why a position is closed at the next open. */
export type ExitReason = "TIME_STOP" | "FLAT_TIME";

/** What to do with a position at a close. */
export type PositionStep =
  | { readonly kind: "hold" }
  | { readonly kind: "moveStop"; readonly stop: number }
  | { readonly kind: "exit"; readonly reason: ExitReason };

/**
 * The step at a close.
 * @param nextOpenMs when an order sent now can fill; at or after `flatMs` the position must be gone
 */
export function watchPosition(
  position: WatchedPosition,
  contract: Contract,
  nextOpenMs: number,
  flatMs: number,
  barMs: number,
): PositionStep {
  // The order of this close fills one bar on; waiting for the next close would fill after the flat time.
  if (nextOpenMs + barMs > flatMs) return { kind: "exit", reason: "FLAT_TIME" };
  if (position.barsHeld >= position.maxHoldBars) return { kind: "exit", reason: "TIME_STOP" };
  const stop = trailedStop(position, contract);
  return stop === position.stop ? { kind: "hold" } : { kind: "moveStop", stop };
}

/** The stop after a close: never further from the price than it was. Rounded away from the price. */
export function trailedStop(position: WatchedPosition, contract: Contract): number {
  const { side, entryPrice, initialStop, stop, bestPrice, trailing } = position;
  if (trailing === null) return stop;
  const oneR = Math.abs(entryPrice - initialStop);
  const gained = side * (bestPrice - entryPrice);
  if (!(gained >= trailing.activationR * oneR)) return stop;
  const wanted = bestPrice - side * trailing.distancePts;
  const moved = tickPrice(contract, roundToTicks(contract, wanted, side > 0 ? "down" : "up"));
  return side * (moved - stop) > 0 ? moved : stop;
}

/** Flat time of a session, UTC ms: its close less the margin; early closes use their own. */
export function flatTimeOf(sessionCloseMs: number, minutesBefore: number): number {
  return sessionCloseMs - minutesBefore * 60_000;
}
