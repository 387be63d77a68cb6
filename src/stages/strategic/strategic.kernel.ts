/**
 * @file The strategic environment as columns: four agents vote at each 30-minute close, the team's action moves a target
 * exposure, the market core fills it at the next open and marks it at the next close. Nothing is allocated per step but
 * one view per observed copy. Order of a step: check masks, count votes, fill, mark, reward, flags.
 * Spec: strategic-tactical.md sections 2, 4, 6.1, 8. A masked action is HOLD and is flagged.
 *
 * History: v0 first version.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import type { BatchKernel, GroupBuffers, KernelArray, KernelBuffers } from "../../marl/vector/contract.ts";
import type { BatchMarket } from "../../trading/batch/batch.ts";
import { EpisodeAccounts } from "../../trading/batch/episodes.kernel.ts";
import {
  applyAction,
  contractsOf,
  exposureAfter,
  exposureCap,
  type StrategicAction,
  strategicActions,
} from "./actions.ts";
import type { StrategicMarket } from "./market.ts";
import { contextSize, matrixSize, observationSize, sharedContextSize, stateSize } from "./observation.ts";
import { clippedReward, drawdownPotential, tanhReward } from "../reward.ts";

const AGENTS = 4;
const ACTIONS = 5;
const HOLD = 2;
const REDUCE = 3;
const INCREASE = 4;
const COLUMNS = 13;
const WINDOW = 48;

/** What the copies share. */
export interface StrategicSetup {
  readonly market: StrategicMarket;
  readonly money: BatchMarket;
  /** Bars at whose close an episode may start, ascending. */
  readonly starts: Int32Array;
  /** `train` draws a start, `eval` goes on where the last episode ended. */
  readonly mode: "train" | "eval";
  /** [n, 13] per agent. */
  readonly rows: readonly Float32Array[];
  /** [4, 13]. */
  readonly roleMasks: Float32Array;
  readonly weights: readonly number[];
  readonly threshold: number;
  readonly maxContracts: number;
  readonly initialUsd: number;
  readonly drawdownLimit: number;
  readonly maxSteps: number;
  readonly rewardTransform: "none" | "tanh";
}

/** The team's action of the votes in `choices[at ..]`: `poolStrategic` of one-hot rows in the linear pool, without arrays. */
export function voted(
  choices: Int32Array,
  at: number,
  weights: readonly number[],
  threshold: number,
  exposure: number,
): number {
  let buy = 0;
  let sell = 0;
  let hold = 0;
  let reduce = 0;
  let increase = 0;
  for (let a = 0; a < AGENTS; a += 1) {
    const weight = weights[a]!;
    const choice = choices[at + a]!;
    if (choice === 0) buy += weight;
    else if (choice === 1) sell += weight;
    else if (choice === HOLD) hold += weight;
    else if (choice === REDUCE) reduce += weight;
    else increase += weight;
  }
  const bull = buy + (exposure > 0 ? increase : 0);
  const bear = sell + (exposure < 0 ? increase : 0);
  if (bull >= threshold) return exposure > 0 && increase > buy ? INCREASE : 0;
  if (bear >= threshold) return exposure < 0 && increase > sell ? INCREASE : 1;
  return 1 - bull - bear >= threshold && exposure !== 0 && reduce > hold ? REDUCE : HOLD;
}

export class StrategicKernel implements BatchKernel {
  readonly memory: readonly KernelArray[];
  readonly accounts: EpisodeAccounts;
  /** [B] target exposure. */
  readonly exposure: Float64Array;
  private readonly setup: StrategicSetup;
  /** [B] next start of the sweep, an index into `starts`. */
  private readonly next: Int32Array;
  /** [B, 3] count, mean and sum of squares of the rewards of the episode, for the tanh variant. */
  private readonly moments: Float64Array;
  /** [B] scratch of a step: what stood before it. */
  private readonly code: Int32Array;
  private readonly before: Float64Array;
  private readonly potential: Float64Array;
  private readonly riskUnit: Float64Array;
  private readonly votes: Int32Array = new Int32Array(AGENTS);
  private readonly group: GroupBuffers;
  private readonly steps: Int32Array;
  private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers, setup: StrategicSetup) {
    const { copies } = buffers;
    this.setup = setup;
    this.accounts = new EpisodeAccounts(setup.money, copies, setup.initialUsd);
    this.exposure = new Float64Array(copies);
    this.next = new Int32Array(copies);
    this.moments = new Float64Array(3 * copies);
    this.memory = [...this.accounts.memory, this.exposure, this.next, this.moments];
    this.code = new Int32Array(copies);
    this.before = new Float64Array(copies);
    this.potential = new Float64Array(copies);
    this.riskUnit = new Float64Array(copies);
    this.group = buffers.groups[0]!;
    this.steps = buffers.steps;
    this.generators = buffers.generators;
  }

  seed(b: number): void {
    this.next[b] = 0;
  }

  reset(b: number): void {
    const { starts, mode } = this.setup;
    const pick = mode === "train" ? this.generators[b]!.below(starts.length) : this.next[b]!;
    this.accounts.reset(b, starts[pick]!);
    this.exposure[b] = 0;
    this.moments.fill(0, 3 * b, 3 * b + 3);
  }

  step(from: number, to: number): void {
    const { accounts, exposure, setup } = this;
    for (let b = from; b < to; b += 1) {
      const code = this.decide(b);
      const target = applyAction(strategicActions[code] as StrategicAction, exposure[b]!);
      exposure[b] = target;
      this.code[b] = code;
      this.before[b] = accounts.accounts.equityMicroCents[b]!;
      this.potential[b] = drawdownPotential(accounts.drawdown(b));
      this.riskUnit[b] = this.unitOfRisk(accounts.at(b));
      accounts.actions.target[b] = contractsOf(target, setup.maxContracts);
    }
    accounts.step(from, to);
    for (let b = from; b < to; b += 1) this.settle(b);
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const { rows, roleMasks } = this.setup;
    const shared = rows[0] === rows[AGENTS - 1];
    let at = offset;
    for (let b = from; b < to; b += 1) {
      const first = at;
      const end = (this.accounts.at(b) + 1) * COLUMNS;
      for (let a = 0; a < AGENTS; a += 1) {
        if (a > 0 && shared) out.copyWithin(at, first, first + matrixSize);
        else out.set(rows[a]!.subarray(end - WINDOW * COLUMNS, end), at);
        for (let c = 0; c < COLUMNS; c += 1) out[at + matrixSize + c] = roleMasks[a * COLUMNS + c]!;
        this.writeContext(b, a, out, at + matrixSize + COLUMNS);
        at += observationSize;
      }
    }
  }

  mask(_group: number, from: number, to: number, out: Int8Array, offset: number): void {
    let at = offset;
    for (let b = from; b < to; b += 1) {
      for (let a = 0; a < AGENTS; a += 1) {
        for (let code = 0; code < ACTIONS; code += 1) out[at + code] = this.legal(b, code);
        at += ACTIONS;
      }
    }
  }

  state(from: number, to: number, out: Float32Array, offset: number): void {
    const { market, maxSteps, initialUsd } = this.setup;
    for (let b = from; b < to; b += 1) {
      const at = offset + (b - from) * stateSize;
      const t = this.accounts.at(b);
      out.set(market.rows.subarray((t + 1 - WINDOW) * COLUMNS, (t + 1) * COLUMNS), at);
      let next = at + matrixSize;
      this.writeShared(b, out, next);
      next += sharedContextSize;
      for (let code = 0; code < ACTIONS; code += 1) out[next + code] = this.legal(b, code);
      next += ACTIONS;
      out[next] = clipped(this.accounts.equityUsd(b) / initialUsd - 1);
      out[next + 1] = this.accounts.drawdown(b);
      out[next + 2] = clipped((maxSteps - this.steps[b]!) / maxSteps);
      out[next + 3] = market.sessionProgress[t]!;
      out.fill(0, next + 4, at + stateSize);
    }
  }

  /** The team's action; votes that the mask forbids count as HOLD. */
  private decide(b: number): number {
    const { discrete, illegal } = this.group;
    const first = b * AGENTS;
    for (let a = 0; a < AGENTS; a += 1) {
      const allowed = this.legal(b, discrete[first + a]!);
      illegal[first + a] = 1 - allowed;
      this.votes[a] = allowed === 1 ? discrete[first + a]! : HOLD;
    }
    return voted(this.votes, 0, this.setup.weights, this.setup.threshold, this.exposure[b]!);
  }

  private legal(b: number, code: number): number {
    const exposure = this.exposure[b]!;
    if (code < REDUCE) return 1;
    return exposure !== 0 && (code === REDUCE || Math.abs(exposure) < exposureCap) ? 1 : 0;
  }

  /** USD of one average true range of the whole position limit at a bar. */
  private unitOfRisk(t: number): number {
    const { market, maxContracts } = this.setup;
    return market.atr[t]! * market.spec.pointValueUsd * maxContracts;
  }

  private settle(b: number): void {
    const { accounts, setup, group } = this;
    const { equityMicroCents, units } = accounts.accounts;
    const pnl = (equityMicroCents[b]! - this.before[b]!) / 1e8 / this.riskUnit[b]!;
    const shaped = drawdownPotential(accounts.drawdown(b)) - this.potential[b]!;
    const reward = setup.rewardTransform === "tanh" ? this.squashed(b, pnl, shaped) : pnl + shaped;
    const action = strategicActions[this.code[b]!] as StrategicAction;
    this.exposure[b] = exposureAfter(action, this.exposure[b]!, units[b]!, setup.maxContracts);
    const halted = accounts.drawdown(b) >= setup.drawdownLimit || equityMicroCents[b]! <= 0;
    const ended = !halted && accounts.ended[b] === 1;
    if (setup.mode === "eval" && (halted || ended || this.steps[b]! >= setup.maxSteps)) this.sweepOn(b);
    for (let i = b * AGENTS; i < (b + 1) * AGENTS; i += 1) {
      group.rewards[i] = reward;
      group.terminated[i] = halted ? 1 : 0;
      group.truncated[i] = ended ? 1 : 0;
    }
  }

  /** tanh of the P&L in its own running deviation (Welford), potentials added, clipped. */
  private squashed(b: number, pnl: number, shaped: number): number {
    const { moments } = this;
    const at = 3 * b;
    const count = moments[at]! + 1;
    const delta = pnl - moments[at + 1]!;
    moments[at] = count;
    moments[at + 1] = moments[at + 1]! + delta / count;
    moments[at + 2] = moments[at + 2]! + delta * (pnl - moments[at + 1]!);
    return clippedReward(tanhReward(pnl, Math.sqrt(moments[at + 2]! / count)) + shaped);
  }

  /** The next episode of a sweep starts at the first admissible close from here on, or at the beginning again. */
  private sweepOn(b: number): void {
    const { starts } = this.setup;
    const t = this.accounts.at(b);
    let next = this.next[b]!;
    while (next < starts.length && starts[next]! < t) next += 1;
    this.next[b] = next === starts.length ? 0 : next;
  }

  private writeContext(b: number, agent: number, out: Float32Array, at: number): void {
    this.writeShared(b, out, at);
    out.fill(0, at + sharedContextSize, at + contextSize);
    out[at + sharedContextSize + agent] = 1;
    for (let code = 0; code < ACTIONS; code += 1) {
      out[at + sharedContextSize + AGENTS + code] = this.legal(b, code);
    }
  }

  /** Context 0-9: what all four agents share. */
  private writeShared(b: number, out: Float32Array, at: number): void {
    const { market } = this.setup;
    const { accounts } = this;
    const t = accounts.at(b);
    const row = t * COLUMNS;
    const risk = this.unitOfRisk(t);
    out[at] = market.synergyConfidence[t]!;
    out[at + 1] = market.synergyDirection[t]!;
    out[at + 2] = market.rows[row + 11]!;
    out[at + 3] = market.rows[row + 6]!;
    out[at + 4] = market.rows[row + 7]!;
    out[at + 5] = market.weekday[t]!;
    out[at + 6] = this.exposure[b]!;
    out[at + 7] = risk > 0 ? clipped(accounts.unrealisedUsd(b) / risk / 3) : 0;
    out[at + 8] = Math.min(1, accounts.barsHeld(b) / WINDOW);
    out[at + 9] = Math.min(1, accounts.drawdown(b) / this.setup.drawdownLimit);
  }
}

function clipped(value: number): number {
  return value > 1 ? 1 : value < -1 ? -1 : value;
}
