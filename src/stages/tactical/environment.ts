/**
 * @file `createTacticalEnvironment`: the tactical environment over a prepared five-minute series. It is a kernel
 * definition, so the vector environment, the parallel view (`createEnv`), the turn-based view (`parallelToAec`) and the
 * Python bridge all run the same code. Features and strategic contexts are joined once, here.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import { type ContractSpec, contractSpec } from "../../market/instruments.ts";
import { sessionCalendar } from "../../market/session.ts";
import { discrete } from "../../marl/spaces/space.ts";
import type { KernelDefinition } from "../../marl/vector/contract.ts";
import type { BatchMarket } from "../../trading/batch/batch.ts";
import { episodeMarket } from "../../trading/batch/episodes.kernel.ts";
import { contractOf } from "../../trading/contract.ts";
import { type CostModel, costTable, freeOfCosts, scaledCosts } from "../../trading/costs/cost-model.ts";
import { executionBars } from "../../trading/execution-bars.ts";
import { gate } from "../../trading/fills/fill-law.kernel.ts";
import { fillProfiles } from "../../trading/fills/fill-rules.ts";
import { stageError } from "../messages/issues.ts";
import type { StrategicContext } from "../messages/strategic-context.ts";
import { drawdownThreshold } from "../reward.ts";
import { tacticalActions } from "./actions.ts";
import { scoreThreshold } from "./aggregation.ts";
import { joinContexts } from "./contexts.ts";
import { type TacticalFeedOptions, tacticalMarket } from "./feed.ts";
import type { TacticalMarket } from "./market.ts";
import { lastRowSpace, observationSpace, stateSpace, tacticalAgents } from "./observation.ts";
import { sessionLimits } from "./session-limits.kernel.ts";
import { TacticalKernel, type TacticalSetup } from "./tactical.kernel.ts";

/** What may be chosen; the defaults are those of strategic-tactical.md section 10. */
export interface TacticalEnvironmentOptions {
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  /** Schema and feature options of the columns. */
  readonly feed?: Omit<TacticalFeedOptions, "capacity">;
  /** Columns of an earlier call over the same bars: environments of many folds share them. */
  readonly market?: TacticalMarket;
  /** Strategic messages ascending by `validFrom`; without any, every context is neutral and stale. */
  readonly contexts?: readonly StrategicContext[];
  /** Bars [from, to) that episodes may touch; the window before a start may reach further back. */
  readonly from?: number;
  readonly to?: number;
  /** `train` (default) starts at a random admissible bar, `eval` sweeps from `from` on without drawing. */
  readonly mode?: "train" | "eval";
  /** `full` (default) is the Dict of 472 numbers, `last-row` the compatibility view Box(-1, 1, (7,)). */
  readonly view?: "full" | "last-row";
  /** Least score at which the team acts. */
  readonly threshold?: number;
  readonly maxContracts?: number;
  readonly initialUsd?: number;
  /** Drawdown that ends an episode. */
  readonly drawdownLimit?: number;
  readonly maxSteps?: number;
  /**
   * Ten trades, three losses in a row and 5 % of a session's equity end its entries; default: in `eval` only, because a
   * policy that explores would spend most of every session locked out, which it cannot see.
   */
  readonly sessionLimits?: boolean;
  readonly rewardTransform?: "none" | "tanh";
  readonly costs?: CostModel;
  /** Scales all costs: 0, 1 or 2 in reports. */
  readonly costMultiplier?: number;
  /** Keep positions over the daily halt; default false: they are closed at the open of the session's last bar. */
  readonly holdOvernight?: boolean;
}

/** 2 USD and one tick per contract and side: where an instrument has no profile of its own. */
const unprofiledCosts: CostModel = {
  ...freeOfCosts,
  commission: { kind: "perUnit", usd: 2 },
  slipTicksBase: 1,
};
const defaultCapitalUsd = 1_000_000;

/**
 * The three-agent environment `tactical-marl-v0`.
 * @throws GrandModelError `EPISODE_NO_START` when no bar of the range can start an episode, `ENVIRONMENT_OPTION` for a
 * setting out of range, `CONTEXT_ORDER` for messages out of order.
 * @example
 * const definition = createTacticalEnvironment(prepareBars(imported).bars, { contexts, mode: "train" });
 * const vector = createVectorEnv(definition, { copies: 16, horizon: 128 });
 */
export function createTacticalEnvironment(
  bars: BarSeries,
  options: TacticalEnvironmentOptions = {},
): KernelDefinition {
  const setup = tacticalSetup(bars, options);
  return {
    kind: "kernel",
    spec: {
      name: "tactical-marl-v0",
      groups: [
        {
          name: "tactical",
          agents: tacticalAgents,
          observationSpace: setup.lastRowOnly ? lastRowSpace : observationSpace,
          actionSpace: discrete(tacticalActions.length),
          every: 1,
        },
      ],
      stateSpace,
      deterministic: setup.mode === "eval",
      maxCycles: setup.maxSteps,
      membership: "fixed",
      illegalActions: "no-op",
    },
    create: (buffers) => new TacticalKernel(buffers, setup),
  };
}

function tacticalSetup(bars: BarSeries, options: TacticalEnvironmentOptions): TacticalSetup {
  const spec = options.spec ?? contractSpec(bars.symbol);
  const { from = 0, to = bars.length, maxContracts = 4, maxSteps = 1000, mode = "train" } = options;
  const { drawdownLimit = drawdownThreshold, threshold = scoreThreshold } = options;
  requireWhole("maxContracts", maxContracts);
  requireWhole("maxSteps", maxSteps);
  requireShare("drawdownLimit", drawdownLimit);
  requireShare("threshold", threshold);
  const market = options.market ?? tacticalMarket(bars, spec, options.feed);
  const money = moneyOf(bars, spec, to, options);
  const calendar = sessionCalendar(spec.sessionTemplate);
  return {
    market,
    money,
    contexts: joinContexts(bars, options.contexts ?? [], market.sigma, calendar),
    dates: bars.session,
    tradable: tradableCloses(bars, money),
    starts: startsOf(bars, market, money, from, to),
    mode,
    lastRowOnly: options.view === "last-row",
    threshold,
    maxContracts,
    initialUsd: options.initialUsd ?? defaultCapitalUsd,
    drawdownLimit,
    maxSteps,
    limits: (options.sessionLimits ?? mode === "eval") ? sessionLimits : undefined,
    rewardTransform: options.rewardTransform ?? "none",
  };
}

function moneyOf(
  bars: BarSeries,
  spec: ContractSpec,
  to: number,
  options: TacticalEnvironmentOptions,
): BatchMarket {
  const gates = {
    calendar: sessionCalendar(spec.sessionTemplate),
    ...(options.holdOvernight === true ? {} : { flatBeforeCloseMin: 1 }),
  };
  const costs = options.costs ?? costTable[spec.costKey] ?? unprofiledCosts;
  return episodeMarket(
    executionBars(bars, contractOf(spec), gates),
    scaledCosts(costs, options.costMultiplier ?? 1),
    fillProfiles.exchange,
    to,
  );
}

/**
 * [n] 1 where an order of this close could open a position, as far as it can be known then: the bar is neither thin nor
 * masked nor filled, and neither a roll nor the session's flat time, which the calendar knows, comes next.
 */
function tradableCloses(bars: BarSeries, money: BatchMarket): Uint8Array {
  const unfit = barFlag.thin | barFlag.masked | barFlag.filled;
  return Uint8Array.from(bars.flags, (flags, t) => {
    const ahead = (money.gates[t + 1] ?? gate.flatten) & (gate.roll | gate.flatten);
    return (flags & unfit) === 0 && ahead === 0 ? 1 : 0;
  });
}

/** Closes with a full window, a known range of prices, and a next bar that belongs to the same stretch. */
function startsOf(
  bars: BarSeries,
  market: TacticalMarket,
  money: BatchMarket,
  from: number,
  to: number,
): Int32Array {
  const starts: number[] = [];
  for (let t = Math.max(0, from); t + 1 < to; t += 1) {
    const goesOn = ((money.gates[t + 1] ?? 0) & gate.border) === 0;
    if (market.ready[t] === 1 && goesOn && (market.atr[t] ?? 0) > 0) starts.push(t);
  }
  if (starts.length > 0) return Int32Array.from(starts);
  throw stageError({
    code: "EPISODE_NO_START",
    path: `${bars.symbol}[${from}, ${to})`,
    value: bars.length,
    expected: "at least one unmasked bar after the warm-up, with a full window and a next bar",
    hint: "Load more history: the tactical warm-up is 600 bars of five minutes by default (feed.features.warmUp).",
  });
}

function requireWhole(path: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw optionError(path, value, "a whole number of at least 1");
}

function requireShare(path: string, value: number): void {
  if (value > 0 && value <= 1) return;
  throw optionError(path, value, "a number in (0, 1]");
}

function optionError(path: string, value: number, expected: string): Error {
  return stageError({
    code: "ENVIRONMENT_OPTION",
    path,
    value,
    expected,
    hint: "Leave it out for the default; docs/stages.md lists them.",
  });
}
