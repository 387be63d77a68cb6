/**
 * @file What the trading environments of all stages let one choose of their episodes, and what follows from it: the money
 * side of the bars and the closes at which an episode may start. The defaults are those of strategic-tactical.md section 10.
 */
import type { BarSeries } from "../market/bars.ts";
import type { ContractSpec } from "../market/instruments.ts";
import { sessionCalendar } from "../market/session.ts";
import type { BatchMarket } from "../trading/batch/batch.ts";
import { episodeMarket } from "../trading/batch/episodes.kernel.ts";
import { contractOf } from "../trading/contract.ts";
import { type CostModel, profileCosts, scaledCosts } from "../trading/costs/cost-model.ts";
import { executionBars } from "../trading/execution-bars.ts";
import { gate } from "../trading/fills/fill-law.kernel.ts";
import { fillProfiles } from "../trading/fills/fill-rules.ts";
import type { EpisodeMode } from "./episode-starts.kernel.ts";
import { stageError } from "./messages/issues.ts";
import { drawdownThreshold } from "./reward.ts";
import type { RewardTransform } from "./team-rewards.kernel.ts";

export interface EpisodeOptions {
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  /** Bars [from, to) that episodes may touch; the window before a start may reach further back. */
  readonly from?: number;
  readonly to?: number;
  /** `train` (default) starts at a random admissible bar, `eval` sweeps from `from` on without drawing. */
  readonly mode?: EpisodeMode;
  readonly maxContracts?: number;
  readonly initialUsd?: number;
  /** Drawdown that ends an episode. */
  readonly drawdownLimit?: number;
  readonly maxSteps?: number;
  readonly rewardTransform?: RewardTransform;
  readonly costs?: CostModel;
  /** Scales all costs: 0, 1 or 2 in reports. */
  readonly costMultiplier?: number;
  /** Keep positions over the daily halt; default false: they are closed at the open of the session's last bar. */
  readonly holdOvernight?: boolean;
}

/** The terms of an episode, every default in its place. */
export interface EpisodeTerms {
  readonly mode: EpisodeMode;
  readonly maxContracts: number;
  readonly initialUsd: number;
  readonly drawdownLimit: number;
  readonly maxSteps: number;
  readonly rewardTransform: RewardTransform;
}

/** @throws GrandModelError `ENVIRONMENT_OPTION` for a setting out of range. */
export function episodeTerms(options: EpisodeOptions): EpisodeTerms {
  const terms: EpisodeTerms = {
    mode: options.mode ?? "train",
    maxContracts: options.maxContracts ?? 4,
    initialUsd: options.initialUsd ?? 1_000_000,
    drawdownLimit: options.drawdownLimit ?? drawdownThreshold,
    maxSteps: options.maxSteps ?? 1000,
    rewardTransform: options.rewardTransform ?? "none",
  };
  requireWhole("maxContracts", terms.maxContracts);
  requireWhole("maxSteps", terms.maxSteps);
  requireShare("drawdownLimit", terms.drawdownLimit);
  return terms;
}

/** The bars as money sees them, with the costs and the flat time of the options. */
export function episodeMoney(bars: BarSeries, spec: ContractSpec, options: EpisodeOptions): BatchMarket {
  const gates = {
    calendar: sessionCalendar(spec.sessionTemplate),
    ...(options.holdOvernight === true ? {} : { flatBeforeCloseMin: 1 }),
  };
  const costs = options.costs ?? profileCosts(spec.costKey);
  return episodeMarket(
    executionBars(bars, contractOf(spec), gates),
    scaledCosts(costs, options.costMultiplier ?? 1),
    fillProfiles.exchange,
    options.to ?? bars.length,
  );
}

/** What a stage knows of its bars, [n] each. */
interface Readiness {
  /** 1 where the whole window that ends at the bar is valid. */
  readonly ready: Uint8Array;
  /** Average true range, 0 before it is known. */
  readonly atr: Float64Array;
}

/**
 * Closes with a full window, a known range of prices, and a next bar that belongs to the same stretch.
 * @throws GrandModelError `EPISODE_NO_START` when there is none
 */
export function episodeStarts(
  bars: BarSeries,
  market: Readiness,
  money: BatchMarket,
  { from = 0, to = bars.length }: EpisodeOptions,
  hint: string,
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
    hint,
  });
}

function requireWhole(path: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw optionError(path, value, "a whole number of at least 1");
}

/** @throws GrandModelError `ENVIRONMENT_OPTION` outside (0, 1]. */
export function requireShare(path: string, value: number): void {
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
