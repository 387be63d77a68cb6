/**
 * @file The tactical environment as columns: three agents vote at each five-minute close, the team's decision fills in the
 * next bar and is marked at its close. Nothing is allocated per step but one view per observed copy. Order of a step:
 * check masks, pool votes, gate, fill, mark, reward, flags.
 * Spec: strategic-tactical.md sections 3, 4, 6.2, 7, 8. A masked action is HOLD and is flagged.
 *
 * History: v0 first version.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import type { BatchKernel, GroupBuffers, KernelArray, KernelBuffers } from "../../marl/vector/contract.ts";
import type { BatchMarket } from "../../trading/batch/batch.ts";
import { EpisodeAccounts } from "../../trading/batch/episodes.kernel.ts";
import type { EpisodeTerms } from "../episode-options.ts";
import { EpisodeStarts } from "../episode-starts.kernel.ts";
import { drawdownPotential } from "../reward.ts";
import { TeamRewards } from "../team-rewards.kernel.ts";
import { isLegal } from "./actions.ts";
import type { TacticalMarket } from "./market.ts";
import { type TacticalPosition, writeTacticalObservation, writeTacticalState } from "./observation.ts";
import { stopDistance, targetDistance } from "./quantity.ts";
import { type DecisionSetup, VotingTeam } from "./voting-team.kernel.ts";

const AGENTS = 3;
const ACTIONS = 5;
const CONTEXT = 28;
const COLUMNS = 7;
const OBSERVATION = 472;
const STATE = 554;
/** `NO_PRICE` of `result.ts`, as a literal for the kernel. */
const NO_PRICE = -0x8000_0000;

/** What the copies share. */
export interface TacticalSetup extends DecisionSetup, EpisodeTerms {
  readonly market: TacticalMarket;
  readonly money: BatchMarket;
  /** [n] trade date of each bar. */
  readonly dates: Int32Array;
  /** Bars at whose close an episode may start, ascending. */
  readonly starts: Int32Array;
  /** Each agent observes the last row alone. */
  readonly lastRowOnly: boolean;
}

export class TacticalKernel implements BatchKernel {
  readonly memory: readonly KernelArray[];
  readonly accounts: EpisodeAccounts;
  /** [B] what became of the last votes, `tacticalOutcome`. */
  readonly outcome: Uint8Array;
  readonly mask?: (group: number, from: number, to: number, out: Int8Array, offset: number) => void;
  private readonly setup: TacticalSetup;
  private readonly team: VotingTeam;
  private readonly starts: EpisodeStarts;
  private readonly rewards: TeamRewards;
  /** [B] stop and target of the position held, ticks. */
  private readonly stop: Int32Array;
  private readonly profit: Int32Array;
  /** [B] scratch of a step: what stood before it, and the bracket that its order would bring. */
  private readonly equityBefore: Float64Array;
  private readonly unitsBefore: Int32Array;
  private readonly fillsBefore: Int32Array;
  private readonly potential: Float64Array;
  private readonly riskUnit: Float64Array;
  private readonly newStop: Int32Array;
  private readonly newProfit: Int32Array;
  private readonly position: TacticalPosition = {
    exposure: 0.5,
    maxContracts: 0,
    unrealisedUsd: 0.5,
    barsHeld: 0,
    drawdown: 0.5,
    tradable: true,
  };
  private readonly view: { structure: readonly number[]; return: number; stepsLeft: number } = {
    structure: [],
    return: 0.5,
    stepsLeft: 0.5,
  };
  private readonly group: GroupBuffers;
  private readonly steps: Int32Array;
  private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers, setup: TacticalSetup) {
    const { copies } = buffers;
    this.setup = setup;
    this.accounts = new EpisodeAccounts(setup.money, copies, setup.initialUsd);
    this.team = new VotingTeam(copies, buffers.groups[0]!, setup);
    this.starts = new EpisodeStarts(copies, setup.starts, setup.mode);
    this.rewards = new TeamRewards(copies, setup.rewardTransform);
    this.stop = new Int32Array(copies);
    this.profit = new Int32Array(copies);
    const own = [this.starts.next, this.rewards.moments, this.stop, this.profit];
    this.memory = [...this.accounts.memory, ...this.team.memory, ...own];
    this.outcome = new Uint8Array(copies);
    this.equityBefore = new Float64Array(copies);
    this.unitsBefore = new Int32Array(copies);
    this.fillsBefore = new Int32Array(copies);
    this.potential = new Float64Array(copies);
    this.riskUnit = new Float64Array(copies);
    this.newStop = new Int32Array(copies);
    this.newProfit = new Int32Array(copies);
    this.position.maxContracts = setup.maxContracts;
    this.group = buffers.groups[0]!;
    this.steps = buffers.steps;
    this.generators = buffers.generators;
    if (!setup.lastRowOnly) {
      this.mask = (_group, from, to, out, offset) => this.writeMasks(from, to, out, offset);
    }
  }

  seed(b: number): void {
    this.starts.seed(b);
  }

  reset(b: number): void {
    this.accounts.reset(b, this.starts.pick(b, this.generators[b]!));
    this.team.reset(b);
    this.stop[b] = NO_PRICE;
    this.profit[b] = NO_PRICE;
    this.rewards.reset(b);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) this.order(b);
    this.accounts.step(from, to);
    for (let b = from; b < to; b += 1) this.settle(b);
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const { contexts, lastRowOnly, market } = this.setup;
    for (let b = from; b < to; b += 1) {
      const t = this.accounts.at(b);
      if (lastRowOnly) this.writeLastRows(t, out, offset + (b - from) * AGENTS * COLUMNS);
      else {
        const at = offset + (b - from) * AGENTS * OBSERVATION;
        writeTacticalObservation(market, t, this.look(b, t), contexts.vectors, t * CONTEXT, out, at);
      }
    }
  }

  state(from: number, to: number, out: Float32Array, offset: number): void {
    const { contexts, initialUsd, market, maxSteps } = this.setup;
    const { view } = this;
    for (let b = from; b < to; b += 1) {
      const t = this.accounts.at(b);
      view.structure = contexts.embeddings[contexts.message[t]!]!;
      view.return = this.accounts.equityUsd(b) / initialUsd - 1;
      view.stepsLeft = (maxSteps - this.steps[b]!) / maxSteps;
      const at = offset + (b - from) * STATE;
      writeTacticalState(market, t, this.look(b, t), view, contexts.vectors, t * CONTEXT, out, at);
    }
  }

  /** Turns the votes of copy b into the order of the bar that follows. */
  private order(b: number): void {
    const { accounts, setup, team } = this;
    const { actions } = accounts;
    const { atr, spec } = setup.market;
    const t = accounts.at(b);
    const units = accounts.accounts.units[b]!;
    const equity = accounts.accounts.equityMicroCents[b]!;
    this.equityBefore[b] = equity;
    this.unitsBefore[b] = units;
    this.fillsBefore[b] = accounts.accounts.fills[b]!;
    this.potential[b] = drawdownPotential(accounts.drawdown(b));
    this.riskUnit[b] = atr[t]! * spec.pointValueUsd * setup.maxContracts;
    team.session.open(b, setup.dates[t]!, equity);
    this.outcome[b] = team.decide(b, t, units, equity);
    const { side } = team;
    const target = units + side * team.contracts;
    const close = setup.money.close[t]!;
    const stop = close - side * stopDistance(atr[t]!, spec.tickSize);
    const profit = close + side * targetDistance(atr[t]!, spec.tickSize);
    // An addition moves the bracket only once it has filled.
    const fresh = target * units <= 0;
    actions.target[b] = target;
    actions.limitTicks[b] = team.passive ? close : NO_PRICE;
    actions.stopTicks[b] = fresh ? stop : this.stop[b]!;
    actions.targetTicks[b] = fresh ? profit : this.profit[b]!;
    this.newStop[b] = stop;
    this.newProfit[b] = profit;
  }

  private settle(b: number): void {
    const { accounts, group, setup } = this;
    const { equityMicroCents, fills, units } = accounts.accounts;
    const equity = equityMicroCents[b]!;
    const filled = fills[b]! !== this.fillsBefore[b]!;
    this.keepBracket(b, units[b]!);
    this.team.session.follow(b, this.unitsBefore[b]!, units[b]!, filled, this.equityBefore[b]!, equity);
    const pnl = (equity - this.equityBefore[b]!) / 1e8 / this.riskUnit[b]!;
    const shaped = drawdownPotential(accounts.drawdown(b)) - this.potential[b]!;
    const reward = this.rewards.of(b, pnl, shaped);
    const halted = accounts.drawdown(b) >= setup.drawdownLimit || equity <= 0;
    const ended = !halted && accounts.ended[b] === 1;
    if (halted || ended || this.steps[b]! >= setup.maxSteps) this.starts.ended(b, accounts.at(b));
    for (let i = b * AGENTS; i < (b + 1) * AGENTS; i += 1) {
      group.rewards[i] = reward;
      group.terminated[i] = halted ? 1 : 0;
      group.truncated[i] = ended ? 1 : 0;
    }
  }

  /** The bracket of what is held now: that of the order which opened or enlarged it. */
  private keepBracket(b: number, units: number): void {
    const before = this.unitsBefore[b]!;
    if (units === 0) {
      this.stop[b] = NO_PRICE;
      this.profit[b] = NO_PRICE;
    } else if (units * before <= 0 || Math.abs(units) > Math.abs(before)) {
      this.stop[b] = this.newStop[b]!;
      this.profit[b] = this.newProfit[b]!;
    }
  }

  /** The position of copy b as its agents see it. */
  private look(b: number, t: number): TacticalPosition {
    const { accounts, position } = this;
    position.exposure = accounts.accounts.units[b]! / this.setup.maxContracts;
    position.unrealisedUsd = accounts.unrealisedUsd(b);
    position.barsHeld = accounts.barsHeld(b);
    position.drawdown = accounts.drawdown(b);
    position.tradable = this.setup.tradable[t] === 1;
    return position;
  }

  private writeMasks(from: number, to: number, out: Int8Array, offset: number): void {
    let at = offset;
    for (let b = from; b < to; b += 1) {
      const exposure = this.accounts.accounts.units[b]! / this.setup.maxContracts;
      const tradable = this.setup.tradable[this.accounts.at(b)] === 1;
      for (let i = 0; i < AGENTS * ACTIONS; i += 1) out[at + i] = isLegal(i % ACTIONS, exposure, tradable);
      at += AGENTS * ACTIONS;
    }
  }

  private writeLastRows(t: number, out: Float32Array, at: number): void {
    const { rows } = this.setup.market;
    for (let i = 0; i < AGENTS * COLUMNS; i += 1) out[at + i] = rows[t * COLUMNS + (i % COLUMNS)]!;
  }
}
