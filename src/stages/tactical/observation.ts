/**
 * @file What the tactical agents observe and where it stands (strategic-tactical.md section 3.2; columns in
 * `networks/observation.ts`). One writer for the environment and for the pipeline. A Dict is flattened in the order of its
 * keys, so the keys are named in the order of the flat form: matrix 420, strategicContext 28, tacticalLocal 24 = 472.
 */
import { box, type Box, dict, type Dict } from "../../marl/spaces/space.ts";
import { contextFeatures } from "../messages/context-vector.ts";
import { drawdownThreshold } from "../reward.ts";
import { isLegal, tacticalActions } from "./actions.ts";
import { gapFields, lvnFields, type TacticalMarket, windowColumns, windowRows } from "./market.ts";
import {
  TACTICAL_OBSERVATION,
  TACTICAL_ROLES,
  TACTICAL_STATE,
  tacticalColumns,
  tacticalStateColumns,
} from "./networks/observation.ts";

/** In the order of the rows: proposes, caps, times. */
export const tacticalAgents: readonly string[] = ["tactical_agent", "risk_agent", "execution_agent"];

const matrixSize = windowRows * windowColumns;
const localSize = 24;
/** Local fields before the role: the same for all agents. */
const sharedLocalSize = 16;

/** One agent's observation. */
export const observationSpace: Dict = dict({
  action_mask: box({ low: 0, high: 1, shape: [tacticalActions.length], dtype: "int8" }),
  matrix: box({ low: -1, high: 1, shape: [windowRows, windowColumns] }),
  strategicContext: box({ low: -1, high: 1, shape: [contextFeatures] }),
  tacticalLocal: box({ low: -1, high: 1, shape: [localSize] }),
});

/** The compatibility view: the last row alone, without a mask. */
export const lastRowSpace: Box = box({ low: -1, high: 1, shape: [windowColumns] });

/** The critic's global state: the structure embedding of the strategic side has no bounds, all else lies in [-1, 1]. */
export const stateSpace: Box = box({
  low: bounds(-1),
  high: bounds(1),
  shape: [TACTICAL_STATE],
});

function bounds(side: 1 | -1): readonly number[] {
  const { end } = tacticalStateColumns.structure;
  return Array.from({ length: TACTICAL_STATE }, (_, i) => (i < end ? side * Infinity : side));
}

/** What the agents see of their own position; refilled for each observation. */
export interface TacticalPosition {
  /** Signed contracts / maxContracts. */
  exposure: number;
  maxContracts: number;
  /** Before costs of leaving. */
  unrealisedUsd: number;
  /** Closes since the position has had its sign; 0 when flat. */
  barsHeld: number;
  /** 1 - equity / peak, in [0, 1]. */
  drawdown: number;
  /** False in thin, masked and pre-roll bars: only HOLD is legal. */
  tradable: boolean;
}

/**
 * Writes the rows of the three agents at bar t, [3, 472], of which the first 448 numbers are the same.
 * @param context the 28 numbers begin at `contextAt` (`integrateStrategicContext`).
 */
export function writeTacticalObservation(
  market: TacticalMarket,
  t: number,
  position: TacticalPosition,
  context: Float32Array,
  contextAt: number,
  out: Float32Array,
  at = 0,
): void {
  writeWindow(market, t, out, at);
  copyNumbers(context, contextAt, contextFeatures, out, at + tacticalColumns.context.start);
  writeSharedLocal(market, t, position, out, at + tacticalColumns.local.start);
  for (let agent = 0; agent < TACTICAL_ROLES; agent += 1) {
    const row = at + agent * TACTICAL_OBSERVATION;
    if (agent > 0) out.copyWithin(row, at, at + tacticalColumns.role.start);
    const role = row + tacticalColumns.role.start;
    out.fill(0, role, role + TACTICAL_ROLES);
    out[role + agent] = 1;
    writeTacticalMask(position, out, row + tacticalColumns.legal.start);
  }
}

/** What of the critic's state is not seen by the agents. */
export interface StateView {
  /** Structure embedding of the strategic message, at most 64 numbers; empty without a fresh one. */
  readonly structure: ArrayLike<number>;
  /** Equity / initial equity - 1. */
  return: number;
  /** Share of the episode's steps that are left. */
  stepsLeft: number;
}

/** Writes the critic's state at bar t, [554]; the Monte-Carlo features are zeros, the learner's to fill. */
export function writeTacticalState(
  market: TacticalMarket,
  t: number,
  position: TacticalPosition,
  state: StateView,
  context: Float32Array,
  contextAt: number,
  out: Float32Array,
  at = 0,
): void {
  const { structure, matrix, lvn, context: told, local, legal, account, monteCarlo } = tacticalStateColumns;
  for (let i = structure.start; i < structure.end; i += 1) out[at + i] = state.structure[i] ?? 0;
  writeWindow(market, t, out, at + matrix.start);
  copyNumbers(market.lvn, t * lvnFields, lvnFields, out, at + lvn.start);
  copyNumbers(context, contextAt, contextFeatures, out, at + told.start);
  writeSharedLocal(market, t, position, out, at + local.start);
  writeTacticalMask(position, out, at + legal.start);
  out[at + account.start] = clipped(state.return);
  out[at + account.start + 1] = position.drawdown;
  out[at + account.start + 2] = clipped(state.stepsLeft);
  out[at + account.start + 3] = market.sessionProgress[t] ?? 0;
  out.fill(0, at + monteCarlo.start, at + monteCarlo.end);
}

/** Writes 1 for each legal action. */
export function writeTacticalMask(
  position: TacticalPosition,
  out: Float32Array | Int8Array,
  at: number,
): void {
  for (let action = 0; action < tacticalActions.length; action += 1) {
    out[at + action] = isLegal(action, position.exposure, position.tradable);
  }
}

/** The 60 rows up to t; rows before the first bar are zeros. */
function writeWindow(market: TacticalMarket, t: number, out: Float32Array, at: number): void {
  const missing = Math.max(0, windowRows - 1 - t) * windowColumns;
  const end = (t + 1) * windowColumns;
  out.fill(0, at, at + missing);
  out.set(market.rows.subarray(end - matrixSize + missing, end), at + missing);
}

/** Local 0-15: gaps, position, hour. */
function writeSharedLocal(
  market: TacticalMarket,
  t: number,
  position: TacticalPosition,
  out: Float32Array,
  at: number,
): void {
  copyNumbers(market.gaps, t * gapFields, gapFields, out, at);
  const risk = (market.atr[t] ?? 0) * market.spec.pointValueUsd * position.maxContracts;
  out[at + 10] = position.exposure;
  out[at + 11] = risk > 0 ? clipped(position.unrealisedUsd / risk / 3) : 0;
  out[at + 12] = Math.min(1, position.barsHeld / windowRows);
  out[at + 13] = Math.min(1, position.drawdown / drawdownThreshold);
  out[at + 14] = market.hour[2 * t] ?? 0;
  out[at + sharedLocalSize - 1] = market.hour[2 * t + 1] ?? 0;
}

function copyNumbers(from: Float32Array, start: number, count: number, out: Float32Array, at: number): void {
  for (let i = 0; i < count; i += 1) out[at + i] = from[start + i] ?? 0;
}

function clipped(value: number): number {
  return value > 1 ? 1 : value < -1 ? -1 : value;
}
