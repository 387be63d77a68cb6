/**
 * @file Accounts that live in episodes: the batch core with what an environment needs beside equity. A position never
 * crosses a border (roll, break of the series, masked stretch, end of the data): it is closed at the last close before,
 * by the border rule of the core and at its costs, in the step that reaches that close. So an episode that ends there
 * ends flat. All money is the core's; this file only looks at it. No allocation per step.
 */
import { barFlag } from "../../market/bars.ts";
import type { CostModel } from "../costs/cost-model.ts";
import type { ExecutionBars } from "../execution-bars.ts";
import { gate } from "../fills/fill-law.kernel.ts";
import type { FillRules } from "../fills/fill-rules.ts";
import {
  allocateAccounts,
  allocateActions,
  allocateOutcome,
  type BatchAccounts,
  type BatchActions,
  type BatchMarket,
  batchMarket,
  type BatchOutcome,
  resetAccount,
} from "./batch.ts";
import { stepBatch } from "./step.kernel.ts";

/**
 * The bars [0, end) for episodes: the market of the batch with a border where a masked stretch begins, and one more bar
 * at the end, a border at the last close, so that the end of the data is left flat like any other border.
 */
export function episodeMarket(
  bars: ExecutionBars,
  costs: CostModel,
  fills: FillRules,
  end: number = bars.source.length,
): BatchMarket {
  const market = batchMarket(bars, costs, fills);
  const last = market.close[end - 1] ?? 0;
  const gates = extended(market.gates, end, gate.border, new Uint8Array(end + 1));
  for (let t = 1; t < end; t += 1) {
    const masked = bars.source.flags[t]! & barFlag.masked;
    if (masked > (bars.source.flags[t - 1]! & barFlag.masked)) gates[t] = gates[t]! | gate.border;
  }
  return {
    ...market,
    length: end + 1,
    open: extended(market.open, end, last, new Int32Array(end + 1)),
    high: extended(market.high, end, last, new Int32Array(end + 1)),
    low: extended(market.low, end, last, new Int32Array(end + 1)),
    close: extended(market.close, end, last, new Int32Array(end + 1)),
    gates,
    budget: extended(market.budget, end, 0, new Int32Array(end + 1)),
    marketAdverse: extended(market.marketAdverse, end, 0, new Int16Array(end + 1)),
    stopAdverse: extended(market.stopAdverse, end, 0, new Int16Array(end + 1)),
  };
}

function extended<A extends Int32Array | Int16Array | Uint8Array>(
  from: A,
  end: number,
  last: number,
  out: A,
): A {
  out.set(from.subarray(0, end));
  out[end] = last;
  return out;
}

/** Columns of some of the accounts; views, no copies. */
interface Range {
  readonly accounts: BatchAccounts;
  readonly actions: BatchActions;
  readonly outcome: BatchOutcome;
}

/** B accounts; an account stands at the close of bar `at(b)` and its next decision fills in the bar after. */
export class EpisodeAccounts {
  readonly market: BatchMarket;
  readonly actions: BatchActions;
  readonly accounts: BatchAccounts;
  /** Everything that decides the future, each [B]. */
  readonly memory: readonly (Float64Array | Int32Array)[];
  /** [B] 1 where the last step ended at a border: the account is flat there. */
  readonly ended: Uint8Array;
  /** [B] largest marked equity of the episode, micro-cents. */
  private readonly peak: Float64Array;
  /** [B] signed units times average entry price, ticks. */
  private readonly basis: Float64Array;
  /** [B] closes since the position has had its sign. */
  private readonly held: Int32Array;
  /** [B] what stood before the bar: scratch of a step. */
  private readonly unitsBefore: Int32Array;
  private readonly flowBefore: Float64Array;
  private readonly outcome: BatchOutcome;
  private readonly ranges = new Map<number, Range>();

  constructor(market: BatchMarket, copies: number, initialUsd: number) {
    this.market = market;
    this.accounts = allocateAccounts(copies, initialUsd);
    this.actions = allocateActions(copies);
    this.outcome = allocateOutcome(copies);
    this.ended = new Uint8Array(copies);
    this.peak = new Float64Array(copies);
    this.basis = new Float64Array(copies);
    this.held = new Int32Array(copies);
    const { cursor, units, flowTicks, feesMicroCents, equityMicroCents, fills, exits } = this.accounts;
    const core = [cursor, units, flowTicks, feesMicroCents, equityMicroCents, fills, exits];
    this.memory = [...core, this.peak, this.basis, this.held];
    this.unitsBefore = new Int32Array(copies);
    this.flowBefore = new Float64Array(copies);
  }

  /** Starts account b flat at the close of bar `bar`. */
  reset(b: number, bar: number): void {
    resetAccount(this.accounts, b, bar + 1);
    this.peak[b] = this.accounts.initialMicroCents;
    this.basis[b] = 0;
    this.held[b] = 0;
  }

  /** Plays one bar for accounts from <= b < to, by `actions`. */
  step(from: number, to: number): void {
    const { accounts, ended, market } = this;
    const { accounts: all, actions, outcome } = this.range(from, to);
    const { units, flowTicks, cursor } = accounts;
    for (let b = from; b < to; b += 1) {
      this.unitsBefore[b] = units[b]!;
      this.flowBefore[b] = flowTicks[b]!;
    }
    stepBatch(market, all, actions, outcome);
    for (let b = from; b < to; b += 1) {
      ended[b] = market.gates[cursor[b]!]! & gate.border;
      if (ended[b] !== 0) {
        ended[b] = 1;
        this.leave(b);
      }
      this.follow(b, this.unitsBefore[b]!, this.flowBefore[b]!);
    }
  }

  /** The bar at whose close the account stands. */
  at(b: number): number {
    return this.accounts.cursor[b]! - 1;
  }

  /** Marked equity, USD. */
  equityUsd(b: number): number {
    return this.accounts.equityMicroCents[b]! / 1e8;
  }

  /** 1 - equity / peak, in [0, 1]. */
  drawdown(b: number): number {
    const peak = this.peak[b]!;
    const fall = peak - this.accounts.equityMicroCents[b]!;
    return fall <= 0 ? 0 : Math.min(1, fall / peak);
  }

  /** Signed units x (close - average entry price), USD, before costs of leaving. */
  unrealisedUsd(b: number): number {
    const ticks = this.accounts.units[b]! * this.market.close[this.at(b)]! - this.basis[b]!;
    return (ticks * this.market.tickValue) / 1e8;
  }

  /** Closes since the position has had its sign; 0 when flat. */
  barsHeld(b: number): number {
    return this.held[b]!;
  }

  /** Plays the border without a wish to hold: the core closes at the last close; then the clock is set back. */
  private leave(b: number): void {
    if (this.accounts.units[b] === 0) return;
    const { accounts, actions, outcome } = this.range(b, b + 1);
    const wanted = this.actions.target[b]!;
    this.actions.target[b] = 0;
    stepBatch(this.market, accounts, actions, outcome);
    this.actions.target[b] = wanted;
    this.accounts.cursor[b] = this.accounts.cursor[b]! - 1;
  }

  /** Peak, entry price and age of the position after a bar. */
  private follow(b: number, before: number, flowBefore: number): void {
    const { units, flowTicks, equityMicroCents } = this.accounts;
    const now = units[b]!;
    const traded = now - before;
    const paid = flowBefore - flowTicks[b]!;
    if (equityMicroCents[b]! > this.peak[b]!) this.peak[b] = equityMicroCents[b]!;
    const same = now * before > 0;
    this.held[b] = now === 0 ? 0 : same ? this.held[b]! + 1 : 1;
    if (now === 0) this.basis[b] = 0;
    else if (!same) this.basis[b] = traded === 0 ? paid : (now * paid) / traded;
    else if (traded * before > 0) this.basis[b] = this.basis[b]! + paid;
    else this.basis[b] = (this.basis[b]! * now) / before;
  }

  /** Views of the columns of a range, made once for each that is asked for. */
  private range(from: number, to: number): Range {
    const key = from * (this.accounts.count + 1) + to;
    let range = this.ranges.get(key);
    if (range === undefined) {
      range = {
        accounts: { ...cut(this.accounts, from, to), count: to - from },
        actions: cut(this.actions, from, to),
        outcome: cut(this.outcome, from, to),
      };
      this.ranges.set(key, range);
    }
    return range;
  }
}

/** The object with each of its columns seen from `from` to `to`. */
function cut<T extends object>(columns: T, from: number, to: number): T {
  const entries = Object.entries(columns).map(([name, column]) => [
    name,
    ArrayBuffer.isView(column) ? (column as Float64Array).subarray(from, to) : column,
  ]);
  return Object.fromEntries(entries) as T;
}
