/**
 * @file Writes what the strategic agents see (strategic-tactical.md section 2.1): one writer for the environment and for a
 * live pipeline, so that a policy meets in operation what it learnt from. No allocation but one view per window.
 */
import type { ContractSpec } from "../../market/instruments.ts";
import { drawdownThreshold } from "../reward.ts";
import { exposureCap } from "./actions.ts";
import { type StrategicColumns, windowColumns, windowRows } from "./feed.ts";
import {
  contextSize,
  matrixSize,
  observationSize,
  type RoleMasking,
  roleMasks,
  sharedContextSize,
  shownColumns,
} from "./observation.ts";

const AGENTS = 4;
const ACTIONS = 5;
const REDUCE = 3;
const VOLATILITY = 11;
const SINE = 6;

/** Where the account stands. */
export interface PositionView {
  /** Executed exposure in [-1, 1]. */
  readonly exposure: number;
  readonly unrealisedUsd: number;
  /** Closes since the position has had its sign. */
  readonly barsHeld: number;
  /** 1 - equity / peak. */
  readonly drawdown: number;
}

/** How things are shown and scaled. */
export interface ViewOptions {
  readonly roleMasking?: RoleMasking;
  readonly maxContracts?: number;
  /** Drawdown that counts as 1. */
  readonly drawdownLimit?: number;
}

/** The market as agents look at it. */
export class StrategicView {
  readonly columns: StrategicColumns;
  /** USD of one point of the whole position limit. */
  readonly pointUsd: number;
  readonly drawdownLimit: number;
  /** [4, 13]. */
  private readonly marks: Float32Array;
  /** [4, 13] where foreign columns are hidden. */
  private readonly shown: Float32Array | undefined;

  constructor(columns: StrategicColumns, spec: ContractSpec, options: ViewOptions = {}) {
    const { roleMasking = "soft", maxContracts = 4, drawdownLimit = drawdownThreshold } = options;
    this.columns = columns;
    this.pointUsd = spec.pointValueUsd * maxContracts;
    this.drawdownLimit = drawdownLimit;
    this.marks = roleMasks(roleMasking);
    this.shown = roleMasking === "hard" ? shownColumns(roleMasking) : undefined;
  }

  /** USD of one average true range of the whole position limit at the close of bar t: the unit of reward. */
  riskUnit(t: number): number {
    return this.columns.atr[t]! * this.pointUsd;
  }

  /** Writes the observations of all four agents, [4, 656], at the close of bar t >= 47. */
  writeTeam(t: number, position: PositionView, out: Float32Array, at: number): void {
    for (let agent = 0; agent < AGENTS; agent += 1) {
      const from = at + agent * observationSize;
      if (agent === 0 || this.shown !== undefined) this.writeMatrix(t, agent, out, from);
      else out.copyWithin(from, at, at + matrixSize);
      for (let c = 0; c < windowColumns; c += 1) {
        out[from + matrixSize + c] = this.marks[agent * windowColumns + c]!;
      }
      this.writeContext(t, position, agent, out, from + matrixSize + windowColumns);
    }
  }

  /** Writes the window of bar t, [48, 13], with every column. */
  writeWindow(t: number, out: Float32Array, at: number): void {
    const end = (t + 1) * windowColumns;
    out.set(this.columns.rows.subarray(end - windowRows * windowColumns, end), at);
  }

  /** Writes context 0-9: what all four agents share. */
  writeShared(t: number, position: PositionView, out: Float32Array, at: number): void {
    const { columns } = this;
    const row = t * windowColumns;
    const risk = this.riskUnit(t);
    out[at] = columns.synergyConfidence[t]!;
    out[at + 1] = columns.synergyDirection[t]!;
    out[at + 2] = columns.rows[row + VOLATILITY]!;
    out[at + 3] = columns.rows[row + SINE]!;
    out[at + 4] = columns.rows[row + SINE + 1]!;
    out[at + 5] = columns.weekday[t]!;
    out[at + 6] = position.exposure;
    out[at + 7] = risk > 0 ? clipped(position.unrealisedUsd / risk / 3) : 0;
    out[at + 8] = Math.min(1, position.barsHeld / windowRows);
    out[at + 9] = Math.min(1, position.drawdown / this.drawdownLimit);
  }

  private writeMatrix(t: number, agent: number, out: Float32Array, at: number): void {
    this.writeWindow(t, out, at);
    const { shown } = this;
    if (shown === undefined) return;
    for (let c = 0; c < windowColumns; c += 1) {
      if (shown[agent * windowColumns + c] === 1) continue;
      for (let i = c; i < matrixSize; i += windowColumns) out[at + i] = 0;
    }
  }

  private writeContext(
    t: number,
    position: PositionView,
    agent: number,
    out: Float32Array,
    at: number,
  ): void {
    this.writeShared(t, position, out, at);
    out.fill(0, at + sharedContextSize, at + contextSize);
    out[at + sharedContextSize + agent] = 1;
    for (let code = 0; code < ACTIONS; code += 1) {
      out[at + sharedContextSize + AGENTS + code] = isLegal(position.exposure, code);
    }
  }
}

/** 1 where the mask allows an action: REDUCE and INCREASE need a position, INCREASE room below the cap. */
export function isLegal(exposure: number, code: number): 0 | 1 {
  if (code < REDUCE) return 1;
  return exposure !== 0 && (code === REDUCE || Math.abs(exposure) < exposureCap) ? 1 : 0;
}

/** Into [-1, 1]. */
export function clipped(value: number): number {
  return value > 1 ? 1 : value < -1 ? -1 : value;
}
