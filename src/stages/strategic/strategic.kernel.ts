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
  type StrategicAction,
  strategicActions,
} from "./actions.ts";
import { clipped, isLegal, type PositionView, type StrategicView } from "./observation.kernel.ts";
import { matrixSize, observationSize, sharedContextSize, stateSize } from "./observation.ts";
import type { EpisodeTerms } from "../episode-options.ts";
import { EpisodeStarts } from "../episode-starts.kernel.ts";
import { drawdownPotential } from "../reward.ts";
import { TeamRewards } from "../team-rewards.kernel.ts";

const AGENTS = 4;
const ACTIONS = 5;
const HOLD = 2;
const REDUCE = 3;
const INCREASE = 4;

/** What the copies share. */
export interface StrategicSetup extends EpisodeTerms {
  readonly view: StrategicView;
  readonly money: BatchMarket;
  /** Bars at whose close an episode may start, ascending. */
  readonly starts: Int32Array;
  readonly weights: readonly number[];
  readonly threshold: number;
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
  const neutral = Math.max(0, 1 - bull - bear);
  const strongest = Math.max(bull, bear, neutral);
  if (strongest < threshold) return HOLD;
  if (bull === strongest) return exposure > 0 && increase > buy ? INCREASE : 0;
  if (bear === strongest) return exposure < 0 && increase > sell ? INCREASE : 1;
  return exposure !== 0 && reduce > hold ? REDUCE : HOLD;
}

export class StrategicKernel implements BatchKernel {
  readonly memory: readonly KernelArray[];
  readonly accounts: EpisodeAccounts;
  /** [B] target exposure. */
  readonly exposure: Float64Array;
  private readonly setup: StrategicSetup;
  private readonly starts: EpisodeStarts;
  private readonly rewards: TeamRewards;
  /** [B] scratch of a step: what stood before it. */
  private readonly code: Int32Array;
  private readonly before: Float64Array;
  private readonly potential: Float64Array;
  private readonly riskUnit: Float64Array;
  private readonly votes: Int32Array = new Int32Array(AGENTS);
  private readonly position: { -readonly [K in keyof PositionView]: number };
  private readonly group: GroupBuffers;
  private readonly steps: Int32Array;
  private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers, setup: StrategicSetup) {
    const { copies } = buffers;
    this.setup = setup;
    this.accounts = new EpisodeAccounts(setup.money, copies, setup.initialUsd);
    this.exposure = new Float64Array(copies);
    this.starts = new EpisodeStarts(copies, setup.starts, setup.mode);
    this.rewards = new TeamRewards(copies, setup.rewardTransform);
    this.memory = [...this.accounts.memory, this.exposure, this.starts.next, this.rewards.moments];
    this.code = new Int32Array(copies);
    this.before = new Float64Array(copies);
    this.potential = new Float64Array(copies);
    this.riskUnit = new Float64Array(copies);
    this.position = { exposure: 0, unrealisedUsd: 0, barsHeld: 0, drawdown: 0 };
    this.group = buffers.groups[0]!;
    this.steps = buffers.steps;
    this.generators = buffers.generators;
  }

  seed(b: number): void {
    this.starts.seed(b);
  }

  reset(b: number): void {
    this.accounts.reset(b, this.starts.pick(b, this.generators[b]!));
    this.exposure[b] = 0;
    this.rewards.reset(b);
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
      this.riskUnit[b] = setup.view.riskUnit(accounts.at(b));
      accounts.actions.target[b] = contractsOf(target, setup.maxContracts);
    }
    accounts.step(from, to);
    for (let b = from; b < to; b += 1) this.settle(b);
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    for (let b = from; b < to; b += 1) {
      const at = offset + (b - from) * AGENTS * observationSize;
      this.setup.view.writeTeam(this.accounts.at(b), this.look(b), out, at);
    }
  }

  mask(_group: number, from: number, to: number, out: Int8Array, offset: number): void {
    let at = offset;
    for (let b = from; b < to; b += 1) {
      for (let a = 0; a < AGENTS; a += 1) {
        for (let code = 0; code < ACTIONS; code += 1) out[at + code] = isLegal(this.exposure[b]!, code);
        at += ACTIONS;
      }
    }
  }

  state(from: number, to: number, out: Float32Array, offset: number): void {
    const { view, maxSteps, initialUsd } = this.setup;
    for (let b = from; b < to; b += 1) {
      const at = offset + (b - from) * stateSize;
      const t = this.accounts.at(b);
      view.writeWindow(t, out, at);
      let next = at + matrixSize;
      view.writeShared(t, this.look(b), out, next);
      next += sharedContextSize;
      for (let code = 0; code < ACTIONS; code += 1) out[next + code] = isLegal(this.exposure[b]!, code);
      next += ACTIONS;
      out[next] = clipped(this.accounts.equityUsd(b) / initialUsd - 1);
      out[next + 1] = this.accounts.drawdown(b);
      out[next + 2] = clipped((maxSteps - this.steps[b]!) / maxSteps);
      out[next + 3] = view.columns.sessionProgress[t]!;
      out.fill(0, next + 4, at + stateSize);
    }
  }

  /** The team's action; votes that the mask forbids count as HOLD. */
  private decide(b: number): number {
    const { discrete, illegal } = this.group;
    const first = b * AGENTS;
    for (let a = 0; a < AGENTS; a += 1) {
      const allowed = isLegal(this.exposure[b]!, discrete[first + a]!);
      illegal[first + a] = 1 - allowed;
      this.votes[a] = allowed === 1 ? discrete[first + a]! : HOLD;
    }
    return voted(this.votes, 0, this.setup.weights, this.setup.threshold, this.exposure[b]!);
  }

  /** Where account b stands; one object, refilled. */
  private look(b: number): PositionView {
    const { accounts, position } = this;
    position.exposure = this.exposure[b]!;
    position.unrealisedUsd = accounts.unrealisedUsd(b);
    position.barsHeld = accounts.barsHeld(b);
    position.drawdown = accounts.drawdown(b);
    return position;
  }

  private settle(b: number): void {
    const { accounts, setup, group } = this;
    const { equityMicroCents, units } = accounts.accounts;
    const pnl = (equityMicroCents[b]! - this.before[b]!) / 1e8 / this.riskUnit[b]!;
    const shaped = drawdownPotential(accounts.drawdown(b)) - this.potential[b]!;
    const reward = this.rewards.of(b, pnl, shaped);
    const action = strategicActions[this.code[b]!] as StrategicAction;
    this.exposure[b] = exposureAfter(action, this.exposure[b]!, units[b]!, setup.maxContracts);
    const halted = accounts.drawdown(b) >= setup.drawdownLimit || equityMicroCents[b]! <= 0;
    const ended = !halted && accounts.ended[b] === 1;
    if (halted || ended || this.steps[b]! >= setup.maxSteps) this.starts.ended(b, accounts.at(b));
    for (let i = b * AGENTS; i < (b + 1) * AGENTS; i += 1) {
      group.rewards[i] = reward;
      group.terminated[i] = halted ? 1 : 0;
      group.truncated[i] = ended ? 1 : 0;
    }
  }
}
