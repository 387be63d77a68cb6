/**
 * @file From three sampled votes to the order of one copy: masks, pool, the checks of the qualification gate that training
 * can meet, the request, and the right of the execution agent to wait. The same rules as `team.ts` plays on distributions.
 * Nothing is allocated. Spec: strategic-tactical.md sections 6.2 and 7.
 */
import type { GroupBuffers } from "../../marl/vector/contract.ts";
import { isLegal } from "./actions.ts";
import { longestWait } from "./aggregation.ts";
import type { ContextColumns } from "./contexts.ts";
import { decidedQuantity, growsAgainstBias } from "./quantity.ts";
import { SessionBook, type SessionLimits, sessionRefusal } from "./session-limits.kernel.ts";
import { type VotedDecision, votedCap, votedStep, votedTactical } from "./votes.kernel.ts";

const AGENTS = 3;

/** What became of the votes of a step; the order in which they are asked. */
export const tacticalOutcome = {
  executed: 0,
  notTradable: 1,
  flat: 2,
  belowThreshold: 3,
  counterBias: 4,
  breakerLosses: 5,
  breakerDay: 6,
  tradeLimit: 7,
  sizeZero: 8,
  waiting: 9,
} as const;

/** What the decisions of all copies share. */
export interface DecisionSetup {
  readonly contexts: ContextColumns;
  /** [n] 1 where the agents may trade at the close. */
  readonly tradable: Uint8Array;
  readonly threshold: number;
  readonly maxContracts: number;
  readonly limits: SessionLimits | undefined;
}

export class VotingTeam {
  readonly memory: readonly (Float64Array | Int32Array)[];
  readonly session: SessionBook;
  /** Of the last `decide`: side to trade on, contracts, and whether the order may rest at the touch. */
  side: number = 0;
  contracts: number = 0;
  passive: boolean = false;
  private readonly setup: DecisionSetup;
  private readonly group: GroupBuffers;
  /** [B] side of the decision that waits and the bars for which it has. */
  private readonly waitingSide: Int32Array;
  private readonly waited: Int32Array;
  private readonly votes: Int32Array = new Int32Array(AGENTS);
  private readonly pool: VotedDecision = { side: 0, pooled: 0.5, score: 0.5 };
  private readonly terms = {
    side: 0,
    units: 0,
    maxContracts: 0,
    score: 0.5,
    step: 0.5,
    cap: 0.5,
    riskBudget: 0.5,
    sizeScale: 1,
    stale: false,
    biasDirection: 0,
  };

  constructor(copies: number, group: GroupBuffers, setup: DecisionSetup) {
    this.setup = setup;
    this.group = group;
    this.session = new SessionBook(copies);
    this.waitingSide = new Int32Array(copies);
    this.waited = new Int32Array(copies);
    this.memory = [...this.session.memory, this.waitingSide, this.waited];
    this.terms.maxContracts = setup.maxContracts;
  }

  reset(b: number): void {
    this.session.reset(b);
    this.waitingSide[b] = 0;
    this.waited[b] = 0;
  }

  /** What becomes of the votes of copy b at the close of bar t (`tacticalOutcome`); `contracts` is 0 unless executed. */
  decide(b: number, t: number, units: number, equity: number): number {
    this.heed(b, t, units);
    const outcome = this.judge(b, t, units, equity);
    const executed = outcome === tacticalOutcome.executed;
    this.side = this.pool.side;
    this.contracts = executed ? decidedQuantity(this.terms) : 0;
    this.passive = executed && units === 0 && !crosses(this.votes[2]!);
    return outcome;
  }

  /** Takes the votes in; those that the mask forbids count as HOLD. */
  private heed(b: number, t: number, units: number): void {
    const { discrete, illegal } = this.group;
    const exposure = units / this.setup.maxContracts;
    const tradable = this.setup.tradable[t] === 1;
    for (let a = 0; a < AGENTS; a += 1) {
      const action = discrete[b * AGENTS + a]!;
      const allowed = isLegal(action, exposure, tradable);
      illegal[b * AGENTS + a] = 1 - allowed;
      this.votes[a] = allowed === 1 ? action : 0;
    }
  }

  private judge(b: number, t: number, units: number, equity: number): number {
    const { contexts, limits, threshold, tradable } = this.setup;
    const { pool, terms, votes } = this;
    const waiting = this.waitingSide[b]!;
    this.waitingSide[b] = 0;
    const bias = contexts.biasDirection[t]!;
    votedTactical(votes, 0, contexts.synergyType[t]!, contexts.synergyDirection[t]!, bias, pool);
    const { side, score } = pool;
    if (tradable[t] === 0) return tacticalOutcome.notTradable;
    if (side === 0) return tacticalOutcome.flat;
    if (pool.pooled < threshold) return tacticalOutcome.belowThreshold;
    terms.side = side;
    terms.units = units;
    terms.score = score;
    terms.step = votedStep(votes[0]!, side);
    terms.cap = votedCap(votes[1]!, side);
    terms.riskBudget = contexts.riskBudget[t]!;
    terms.stale = contexts.stale[t] === 1;
    terms.biasDirection = bias;
    if (score < threshold || growsAgainstBias(terms)) return tacticalOutcome.counterBias;
    if (limits !== undefined && units * side >= 0) {
      const refused = this.session.refusal(b, equity, limits);
      if (refused !== sessionRefusal.none) return tacticalOutcome.breakerLosses - 1 + refused;
    }
    if (decidedQuantity(terms) === 0) return tacticalOutcome.sizeZero;
    return this.postpones(b, side, waiting) ? tacticalOutcome.waiting : tacticalOutcome.executed;
  }

  /** The execution agent holds the decision back, at most three bars in a row for one side. */
  private postpones(b: number, side: number, waiting: number): boolean {
    if (this.votes[2] !== 0) return false;
    const waited = waiting === side ? this.waited[b]! : 0;
    if (waited >= longestWait) return false;
    this.waitingSide[b] = side;
    this.waited[b] = waited + 1;
    return true;
  }
}

/** The execution agent crosses the spread: BUY_LARGE or SELL_LARGE. */
function crosses(vote: number): boolean {
  return vote === 2 || vote === 4;
}
