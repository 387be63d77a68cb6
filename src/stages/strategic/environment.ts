/**
 * @file `createStrategicEnvironment`: the strategic environment over a prepared series. It is a kernel definition, so the
 * vector environment, the parallel view (`createEnv`), the turn-based view (`parallelToAec`) and the Python bridge all run
 * the same code. Features are computed once, here.
 */
import type { BarSeries } from "../../market/bars.ts";
import { type ContractSpec, contractSpec } from "../../market/instruments.ts";
import { sessionCalendar } from "../../market/session.ts";
import type { StrategicOptions } from "../../features/matrix/strategic13.ts";
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
import { strategicActions } from "./actions.ts";
import { biasThreshold, initialAgentWeights } from "./aggregation.ts";
import { type StrategicMarket, strategicMarket } from "./market.ts";
import { StrategicView } from "./observation.kernel.ts";
import { observationSpace, type RoleMasking, stateSpace, strategicAgents } from "./observation.ts";
import { drawdownThreshold } from "../reward.ts";
import { StrategicKernel, type StrategicSetup } from "./strategic.kernel.ts";

/** What may be chosen; the defaults are those of strategic-tactical.md section 10. */
export interface StrategicEnvironmentOptions {
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly features?: Partial<StrategicOptions>;
  /** Columns of an earlier call over the same bars: environments of many folds share them. */
  readonly market?: StrategicMarket;
  /** Bars [from, to) that episodes may touch; the window before a start may reach further back. */
  readonly from?: number;
  readonly to?: number;
  /** `train` (default) starts at a random admissible bar, `eval` sweeps from `from` on without drawing. */
  readonly mode?: "train" | "eval";
  readonly roleMasking?: RoleMasking;
  /** Weights of the four votes, sum 1. */
  readonly agentWeights?: readonly number[];
  /** Least share of votes at which the team acts. */
  readonly threshold?: number;
  readonly maxContracts?: number;
  readonly initialUsd?: number;
  /** Drawdown that ends an episode. */
  readonly drawdownLimit?: number;
  readonly maxSteps?: number;
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
 * The four-agent environment `strategic-marl-v0`.
 * @throws GrandModelError `EPISODE_NO_START` when no bar of the range can start an episode, `ENVIRONMENT_OPTION` for a
 * setting out of range.
 * @example
 * const definition = createStrategicEnvironment(prepareBars(imported).bars, { mode: "train" });
 * const vector = createVectorEnv(definition, { copies: 16, horizon: 128 });
 */
export function createStrategicEnvironment(
  bars: BarSeries,
  options: StrategicEnvironmentOptions = {},
): KernelDefinition {
  const setup = strategicSetup(bars, options);
  return {
    kind: "kernel",
    spec: {
      name: "strategic-marl-v0",
      groups: [
        {
          name: "strategic",
          agents: strategicAgents,
          observationSpace,
          actionSpace: discrete(strategicActions.length),
          every: 1,
        },
      ],
      stateSpace,
      deterministic: setup.mode === "eval",
      maxCycles: setup.maxSteps,
      membership: "fixed",
      illegalActions: "no-op",
    },
    create: (buffers) => new StrategicKernel(buffers, setup),
  };
}

function strategicSetup(bars: BarSeries, options: StrategicEnvironmentOptions): StrategicSetup {
  const spec = options.spec ?? contractSpec(bars.symbol);
  const { from = 0, to = bars.length, maxContracts = 4, maxSteps = 1000 } = options;
  const { drawdownLimit = drawdownThreshold, threshold = biasThreshold } = options;
  requireWhole("maxContracts", maxContracts);
  requireWhole("maxSteps", maxSteps);
  requireShare("drawdownLimit", drawdownLimit);
  requireShare("threshold", threshold);
  const market = options.market ?? strategicMarket(bars, spec, options.features);
  const money = moneyOf(bars, spec, to, options);
  const { roleMasking = "soft" } = options;
  return {
    view: new StrategicView(market, spec, { roleMasking, maxContracts, drawdownLimit }),
    money,
    starts: startsOf(market, money, from, to),
    mode: options.mode ?? "train",
    weights: options.agentWeights ?? initialAgentWeights,
    threshold,
    maxContracts,
    initialUsd: options.initialUsd ?? defaultCapitalUsd,
    drawdownLimit,
    maxSteps,
    rewardTransform: options.rewardTransform ?? "none",
  };
}

function moneyOf(
  bars: BarSeries,
  spec: ContractSpec,
  to: number,
  options: StrategicEnvironmentOptions,
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

/** Closes with a full window, a known range of prices, and a next bar that belongs to the same stretch. */
function startsOf(market: StrategicMarket, money: BatchMarket, from: number, to: number): Int32Array {
  const starts: number[] = [];
  for (let t = Math.max(0, from); t + 1 < to; t += 1) {
    const goesOn = ((money.gates[t + 1] ?? 0) & gate.border) === 0;
    if (market.ready[t] === 1 && goesOn && (market.atr[t] ?? 0) > 0) starts.push(t);
  }
  if (starts.length === 0) {
    throw stageError({
      code: "EPISODE_NO_START",
      path: `${market.bars.symbol}[${from}, ${to})`,
      value: market.bars.length,
      expected: "at least one unmasked bar after the warm-up, with a full window and a next bar",
      hint: "Load more history: the strategic warm-up is 3000 bars of 30 minutes by default (features.warmUp).",
    });
  }
  return Int32Array.from(starts);
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
