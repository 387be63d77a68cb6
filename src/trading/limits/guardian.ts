/**
 * @file The emergency ladder at work on one account: measures losses and margin at each bar, steps the ladder, and says
 * what to close. Pure: the engine carries it out. Session loss is measured from the session's first equity, weekly loss
 * from the week's, drawdown from the running peak.
 */
import {
  type LadderAction,
  ladderAction,
  type LadderState,
  type LadderTransition,
  ladderStart,
  type Measurements,
  stepLadder,
} from "./ladder.ts";

/** What the guardian remembers; plain data. */
export interface GuardianState {
  ladder: LadderState;
  session: number;
  sessionStartUsd: number;
  week: number;
  weekStartUsd: number;
  peakUsd: number;
}

/** What it sees at a bar's close. */
export interface GuardianInput {
  readonly nowMs: number;
  /** Trade date `yyyymmdd`. */
  readonly session: number;
  readonly equityUsd: number;
  readonly marginUsePercent: number;
  /** Measurements of other rooms: volatility ratio, VaR ratio, liquidity. */
  readonly extra?: Measurements;
}

/** What is to be done now. */
export interface GuardianOrder {
  readonly action: LadderAction;
  readonly transition: LadderTransition;
}

const weekMs = 7 * 86_400_000;

export function guardianStart(equityUsd: number): GuardianState {
  return {
    ladder: ladderStart,
    session: 0,
    sessionStartUsd: equityUsd,
    week: 0,
    weekStartUsd: equityUsd,
    peakUsd: equityUsd,
  };
}

/** Updates `state` in place; returns the action when the level has risen. */
export function guard(state: GuardianState, input: GuardianInput): GuardianOrder | undefined {
  const sessionStart = input.session !== state.session;
  if (sessionStart) {
    state.session = input.session;
    state.sessionStartUsd = input.equityUsd;
  }
  // 1970-01-01 was a Thursday; weeks are counted from Sunday.
  const week = Math.floor((input.nowMs + 4 * 86_400_000) / weekMs);
  if (week !== state.week) {
    state.week = week;
    state.weekStartUsd = input.equityUsd;
  }
  state.peakUsd = Math.max(state.peakUsd, input.equityUsd);
  const measured: Measurements = {
    sessionLossPercent: lossPercent(state.sessionStartUsd, input.equityUsd),
    weeklyLossPercent: lossPercent(state.weekStartUsd, input.equityUsd),
    drawdownPercent: lossPercent(state.peakUsd, input.equityUsd),
    marginUsePercent: input.marginUsePercent,
    ...input.extra,
  };
  const { state: ladder, transition } = stepLadder(state.ladder, measured, input.nowMs, { sessionStart });
  state.ladder = ladder;
  if (transition === undefined || transition.to <= transition.from) return undefined;
  return { action: ladderAction(transition.to, transition.rule), transition };
}

function lossPercent(from: number, to: number): number {
  return from <= 0 ? 100 : Math.max(0, (100 * (from - to)) / from);
}
