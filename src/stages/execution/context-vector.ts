/**
 * @file `execCtx@1`: what an execution policy sees of a decision, 15 numbers as float32. Functions of the event stream and
 * the decision only: no wall clock, no random number, no future bar. The order is versioned; a model declares the version
 * that it was trained on. Source: execution.md section 2.
 */

/** Version of order, names and units. */
export const executionContextVersion = "execCtx@1";

/** Names in order; units in `ExecutionContext`. */
export const executionContextNames: readonly string[] = [
  "direction",
  "confidence",
  "synergyStrength",
  "urgency",
  "spreadTicks",
  "depth",
  "volumeIntensity",
  "volatility",
  "position",
  "availableMargin",
  "unrealizedR",
  "varUtilisation",
  "positionUtilisation",
  "barsSinceSignal",
  "sessionFraction",
];

/** The "half-life" of execution.md: bars after which exp(-1) of the urgency is left. */
const signalLifeBars = 6;

/** What the numbers are made of. */
export interface ExecutionContext {
  readonly direction: 1 | 0 | -1;
  readonly confidence: number;
  readonly synergyStrength: number;
  /** Bars since the synergy completed. */
  readonly barsSinceSynergy: number;
  readonly spreadTicks: number;
  /** Contracts at the touch; null without an order book: then entry 5 is 0 and its mask bit is set. */
  readonly depth: number | null;
  /** Bar volume over its trailing 20-session same-slot mean. */
  readonly volumeIntensity: number;
  /** Square root of the exponentially weighted variance of a bar's log return. */
  readonly volatility: number;
  /** Signed units and the most that may be held. */
  readonly units: number;
  readonly maxUnits: number;
  readonly availableMarginUsd: number;
  readonly equityUsd: number;
  readonly unrealizedUsd: number;
  /** Loss at the stop of what is held, USD; null without a stop: then entry 10 is a share of equity. */
  readonly openRiskUsd: number | null;
  readonly varUsd: number;
  readonly varLimitUsd: number;
  readonly barsSinceSignal: number;
  readonly nowMs: number;
  readonly sessionOpenMs: number;
  readonly sessionCloseMs: number;
}

/** Bit of an entry that could not be measured. */
export const depthMissing: number = 1 << 5;

/** Writes the 15 numbers; returns the mask of entries that stand for a missing measure. */
export function writeExecutionContext(context: ExecutionContext, out: Float32Array, from = 0): number {
  const { depth, equityUsd, maxUnits, openRiskUsd, units } = context;
  const position = units / maxUnits;
  const risk = openRiskUsd !== null && openRiskUsd > 0 ? openRiskUsd : equityUsd;
  const elapsed = context.nowMs - context.sessionOpenMs;
  out.set(
    [
      context.direction,
      context.confidence,
      context.synergyStrength,
      Math.exp(-context.barsSinceSynergy / signalLifeBars),
      context.spreadTicks,
      depth ?? 0,
      context.volumeIntensity,
      context.volatility,
      position,
      context.availableMarginUsd / equityUsd,
      context.unrealizedUsd / risk,
      context.varUsd / context.varLimitUsd,
      Math.abs(position),
      context.barsSinceSignal,
      Math.min(1, Math.max(0, elapsed / (context.sessionCloseMs - context.sessionOpenMs))),
    ],
    from,
  );
  return depth === null ? depthMissing : 0;
}
