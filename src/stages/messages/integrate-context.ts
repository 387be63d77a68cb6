/**
 * @file What the tactical side knows of the strategic side at one close: the as-of message, its age in open bars, and the
 * 28 numbers. Across the daily halt nothing is known until the next strategic close (strategic-tactical.md section 9.3).
 */
import type { SessionCalendar } from "../../market/session.ts";
import type { ContextBuffer } from "./context-buffer.ts";
import { writeContext, writeNeutralContext } from "./context-vector.ts";
import { ageInBars, crossesHalt, isStale, stalenessWeight } from "./staleness.ts";
import type { StrategicContext } from "./strategic-context.ts";

/** The signal as the tactical stage uses it. */
export interface StrategicSignal {
  /** Absent before the first message, after an hour, and across the daily halt. */
  readonly context?: StrategicContext;
  /** Open five-minute bars since the message's close; Infinity without a message. */
  readonly ageBars: number;
  /** exp(-0.05 age), 0 when there is no context. */
  readonly weight: number;
  readonly stale: boolean;
}

/** The signal at a five-minute close. @param now UTC ms of the close. */
export function receiveStrategicSignal(
  buffer: ContextBuffer,
  now: number,
  calendar: SessionCalendar,
): StrategicSignal {
  const context = buffer.asOf(now);
  if (context === undefined) return { ageBars: Infinity, weight: 0, stale: true };
  const ageBars = ageInBars(context.barClose, now, calendar);
  if (isStale(ageBars) || crossesHalt(context.barClose, now, calendar))
    return { ageBars, weight: 0, stale: true };
  return { context, ageBars, weight: stalenessWeight(ageBars), stale: false };
}

/**
 * Writes the 28 numbers of a signal.
 * @param sigma standard deviation of five-minute log returns over the last 60 bars.
 */
export function integrateStrategicContext(
  signal: StrategicSignal,
  sigma: number,
  out: Float32Array,
  from = 0,
): void {
  if (signal.context === undefined) writeNeutralContext(out, from);
  else writeContext(signal.context, signal.ageBars, sigma, out, from);
}
