/**
 * @file The emergency ladder: measurements to a level, levels with memory, and what each level does to positions.
 * Source: spec `risk.md` section 6. The level is the maximum over all rules, never the last that matched. A level is
 * left only after 30 minutes of event time below 80 percent of its trigger, one step at a time; L3 also ends with the
 * session, L4 only with a reset token. A measurement that is not a number counts as a breach of its highest rung.
 */

/** L0 normal, L1 warn, L2 reduce, L3 severe, L4 locked. */
export type LadderLevel = 0 | 1 | 2 | 3 | 4;

/** One measured quantity and the thresholds of its levels; undefined where a level has no rule. */
interface Rule {
  readonly rungs: readonly [
    l1: number | undefined,
    l2: number | undefined,
    l3: number | undefined,
    l4: number | undefined,
  ];
  /** Strictly above the threshold (ratios to a limit) instead of at or above it. */
  readonly above?: true;
}

/** What can be measured: names of limits, thresholds and alerts at once. */
export interface Measurements {
  /** Realised or EWMA volatility over its slow median. */
  readonly volatilityRatio?: number;
  /** Absolute 5-minute move, percent. */
  readonly move5mPercent?: number;
  readonly sessionLossPercent?: number;
  readonly weeklyLossPercent?: number;
  /** From the running equity peak. */
  readonly drawdownPercent?: number;
  readonly liquidityScore?: number;
  /** 1 less the liquidity conditions: 1 where nothing trades. */
  readonly illiquidity?: number;
  readonly marginUsePercent?: number;
  /** Value at risk over its limit. */
  readonly varRatio?: number;
  /** Pairwise correlation with more than two positions open. */
  readonly correlation?: number;
  /** Largest breach probability over its own threshold, and over 0.9. */
  readonly breachRatio?: number;
  readonly breachProbability?: number;
  readonly consecutiveExceptions?: number;
  /** Data quarantine, heartbeat loss, component exception, reconciliation mismatch, journal not writable. */
  readonly componentFaults?: number;
  /** Kill file, SIGTERM, SIGINT, operator command, or a signal that nobody knows. */
  readonly killSignals?: number;
}

/** Name of a rule. */
export type LadderRule = keyof Measurements;

const rules: { readonly [Name in LadderRule]-?: Rule } = {
  volatilityRatio: { rungs: [undefined, 3, 5, undefined] },
  move5mPercent: { rungs: [undefined, 1.5, 3, 5] },
  sessionLossPercent: { rungs: [1, 1.5, 2, undefined] },
  weeklyLossPercent: { rungs: [undefined, undefined, 5, undefined] },
  drawdownPercent: { rungs: [undefined, undefined, undefined, 20] },
  liquidityScore: { rungs: [0.3, 0.8, undefined, undefined] },
  illiquidity: { rungs: [undefined, 0.8, undefined, undefined], above: true },
  marginUsePercent: { rungs: [80, 90, undefined, undefined] },
  varRatio: { rungs: [1, 1.5, 3, undefined], above: true },
  correlation: { rungs: [0.8, 0.9, undefined, undefined], above: true },
  breachRatio: { rungs: [1, undefined, undefined, undefined], above: true },
  breachProbability: { rungs: [undefined, 0.9, undefined, undefined], above: true },
  consecutiveExceptions: { rungs: [undefined, 1, undefined, 10] },
  componentFaults: { rungs: [undefined, 1, undefined, undefined] },
  killSignals: { rungs: [undefined, undefined, undefined, 1] },
};
const ruleNames = Object.keys(rules) as readonly LadderRule[];

/** A level and the rule that called for it. */
export interface Assessment {
  readonly level: LadderLevel;
  /** Undefined at level 0. */
  readonly rule: LadderRule | undefined;
  readonly measured: number;
  readonly limit: number;
}

/** The highest level that any measurement calls for; `scale` 0.8 asks whether a level may be left. */
export function assess(measured: Measurements, scale = 1): Assessment {
  let worst: Assessment = { level: 0, rule: undefined, measured: 0, limit: 0 };
  for (const name of ruleNames) {
    const value = measured[name];
    if (value === undefined) continue;
    const found = levelOf(name, value, scale);
    if (found.level > worst.level) worst = found;
  }
  return worst;
}

function levelOf(name: LadderRule, value: number, scale: number): Assessment {
  const { rungs, above } = rules[name];
  for (let i = rungs.length - 1; i >= 0; i -= 1) {
    const rung = rungs[i];
    if (rung === undefined) continue;
    const limit = rung * scale;
    const breached = Number.isNaN(value) || (above === true ? value > limit : value >= limit);
    if (breached) return { level: (i + 1) as LadderLevel, rule: name, measured: value, limit };
  }
  return { level: 0, rule: undefined, measured: value, limit: 0 };
}

/** Where the ladder stands; plain data. */
export interface LadderState {
  readonly level: LadderLevel;
  /** Event time since which everything has been below 80 percent of the level's trigger; null while it has not. */
  readonly calmSinceMs: number | null;
}

/** The bottom of the ladder. */
export const ladderStart: LadderState = { level: 0, calmSinceMs: null };

/** Event time below 80 percent of the trigger before a level is left, ms. */
const holdMs = 30 * 60_000;

/** Share of a trigger below which a level may be left. */
const exitShare = 0.8;

/** Things that let a level go early. */
export interface LadderEvents {
  /** A new session begins: L3 ends. */
  readonly sessionStart?: boolean;
  /** The operator's token with a reason: the only way out of L4. */
  readonly reset?: boolean;
}

/** A step of the ladder, to be written to the audit record. */
export interface LadderTransition {
  readonly from: LadderLevel;
  readonly to: LadderLevel;
  readonly rule: LadderRule | "calm" | "session-start" | "reset";
  readonly measured: number;
  readonly limit: number;
  readonly timeMs: number;
}

/** The state after an instant, and the transition if the level changed. */
export function stepLadder(
  state: LadderState,
  measured: Measurements,
  nowMs: number,
  events: LadderEvents = {},
): { readonly state: LadderState; readonly transition: LadderTransition | undefined } {
  const wanted = assess(measured);
  if (wanted.level > state.level) {
    return move(state, wanted.level, nowMs, wanted.rule ?? "calm", wanted.measured, wanted.limit);
  }
  if (state.level === 4) {
    return events.reset === true
      ? move(state, wanted.level, nowMs, "reset")
      : { state, transition: undefined };
  }
  if (state.level === 3 && events.sessionStart === true && wanted.level < 3) {
    return move(state, wanted.level, nowMs, "session-start");
  }
  if (assess(measured, exitShare).level >= state.level) {
    return { state: { level: state.level, calmSinceMs: null }, transition: undefined };
  }
  const calmSinceMs = state.calmSinceMs ?? nowMs;
  if (state.level > 0 && nowMs - calmSinceMs >= holdMs) {
    return move(state, (state.level - 1) as LadderLevel, nowMs, "calm");
  }
  return { state: { level: state.level, calmSinceMs }, transition: undefined };
}

function move(
  state: LadderState,
  to: LadderLevel,
  timeMs: number,
  rule: LadderTransition["rule"],
  measured = 0,
  limit = 0,
): { readonly state: LadderState; readonly transition: LadderTransition | undefined } {
  if (to === state.level) return { state: { level: to, calmSinceMs: null }, transition: undefined };
  return {
    state: { level: to, calmSinceMs: null },
    transition: { from: state.level, to, rule, measured, limit, timeMs },
  };
}

/** What a level does. */
export interface LadderAction {
  /** Share of the open size to close at once. */
  readonly reduceShare: number;
  readonly newEntries: boolean;
  readonly cancelAll: boolean;
  /** Flat and locked until a reset. */
  readonly lock: boolean;
}

/** The action on entering a level; a session loss at L3 flattens instead of reducing 75 percent. */
export function ladderAction(level: LadderLevel, rule: LadderTransition["rule"] | undefined): LadderAction {
  switch (level) {
    case 0:
      return { reduceShare: 0, newEntries: true, cancelAll: false, lock: false };
    case 1:
      // "No increase of size": entries that enlarge are refused by the caller's position limit.
      return { reduceShare: 0, newEntries: false, cancelAll: false, lock: false };
    case 2:
      return { reduceShare: 0.5, newEntries: false, cancelAll: false, lock: false };
    case 3:
      return {
        reduceShare: rule === "sessionLossPercent" ? 1 : 0.75,
        newEntries: false,
        cancelAll: false,
        lock: false,
      };
    case 4:
      return { reduceShare: 1, newEntries: false, cancelAll: true, lock: true };
    default:
      return level satisfies never;
  }
}

/** Units to close for a share of a position: rounded up, because half of one contract is one contract. */
export function unitsToReduce(units: number, share: number): number {
  return Math.min(Math.abs(units), Math.ceil(Math.abs(units) * share - 1e-9));
}
