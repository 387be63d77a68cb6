/**
 * @file What a pipeline run depends on, and what it becomes once defaults are laid under it. Only bars, policies and
 * settings: no clock, no generator; dropout masks are seeded by decision ids, so equal configurations give equal bytes.
 */
import type { BarSeries } from "../../market/bars.ts";
import { type ContractSpec, contractSpec } from "../../market/instruments.ts";
import { type SessionCalendar, sessionCalendar } from "../../market/session.ts";
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { type ExecutionConfig, executionDefaults } from "../../stages/execution/order-plan.ts";
import type { Calibration } from "../../stages/model.ts";
import type { StrategicPolicy, TacticalPolicy } from "../../stages/policy.ts";
import { type RiskConfig, riskDefaults } from "../../stages/risk/config.ts";
import type { TradeOutcome } from "../../stages/risk/portfolio.ts";
import type { StrategicOptions } from "../../features/matrix/strategic13.ts";
import type { RoleMasking } from "../../stages/strategic/observation.ts";
import type { TacticalFeedOptions } from "../../stages/tactical/feed.ts";
import type { GateLimits } from "../../stages/tactical/gate.ts";
import { type CostModel, profileCosts, scaledCosts } from "../../trading/costs/cost-model.ts";
import { type FillRules, fillProfiles } from "../../trading/fills/fill-rules.ts";
import { hardLimits, type TradingLimits } from "../../trading/limits/pre-trade.ts";
import { type MarginRow, nqMargin, scaledMargin } from "../../trading/margin.ts";
import { pipelineError } from "../issues.ts";
import type { DecisionRecord } from "../record/decision-record.ts";
import type { PipelineProbe } from "./probe.ts";

/** A run of the pipeline over stored bars. */
export interface PipelineConfig {
  /** 30-minute bars. */
  readonly strategicBars: BarSeries;
  /** Five-minute bars of the same contract; without them the strategic team is traded itself. */
  readonly tacticalBars?: BarSeries;
  readonly strategic: StrategicPolicy;
  /** Needed with five-minute bars. */
  readonly tactical?: TacticalPolicy;
  /** First bar that trades, UTC ms of its open; earlier bars warm the features. Default: the first bar. */
  readonly from?: number;
  /** Bars that close after it are left out. Default: none. */
  readonly to?: number;
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly costs?: CostModel;
  /** Scales all costs: 0, 1 or 2 in reports. */
  readonly costMultiplier?: number;
  readonly fills?: FillRules;
  readonly limits?: TradingLimits;
  readonly margin?: readonly MarginRow[];
  readonly initialUsd?: number;
  /** Contracts of exposure 1. */
  readonly maxContracts?: number;
  /** Limits of Risk and of the final gate; default `riskUnder` the tactical calibration. */
  readonly risk?: RiskConfig;
  readonly execution?: ExecutionConfig;
  readonly features?: {
    readonly strategic?: Partial<StrategicOptions>;
    readonly tactical?: Omit<TacticalFeedOptions, "capacity">;
  };
  readonly roleMasking?: RoleMasking;
  /** Threshold and limit of the tactical model; the strategic policy carries its own. */
  readonly tacticalCalibration?: Calibration;
  /** Where the checks of the qualification gate stand. */
  readonly gateLimits?: GateLimits;
  /** Daily log returns before the bars, oldest first, for Risk. Default: those of the half hours before the clock series. */
  readonly dailyHistory?: readonly number[];
  /** Out-of-sample trades of the models' validation, oldest first: what Risk's belief in an edge begins with. */
  readonly priorOutcomes?: readonly TradeOutcome[];
  /** Of the program that runs; stands in every message. */
  readonly systemVersion?: string;
  /** Hashes of the models behind the policies; they are part of what a journal vouches for. */
  readonly modelHashes?: Readonly<Record<string, string>>;
  /** Folder of journal and snapshots; without one nothing is written. */
  readonly folder?: string;
  /** Told of each decision record as it is made, in a resumed run also of those that are made again. */
  readonly onRecord?: (record: DecisionRecord) => void;
  /** Clock bars between two snapshots; default 276, a session of five-minute bars. */
  readonly snapshotEvery?: number;
  /** `bar` forces the journal to disk at each close, `snapshot` (default) with each snapshot. */
  readonly durability?: "bar" | "snapshot";
  /** Told where the time goes; never part of the result. */
  readonly probe?: PipelineProbe;
}

/** A configuration with everything decided. */
export interface PipelineSetup extends Omit<PipelineConfig, "tacticalBars" | "tactical" | "margin"> {
  readonly mode: "hierarchy" | "strategic-only";
  readonly tacticalBars: BarSeries | undefined;
  readonly tactical: TacticalPolicy | undefined;
  readonly spec: ContractSpec;
  readonly calendar: SessionCalendar;
  readonly from: number;
  readonly to: number;
  readonly costs: CostModel;
  readonly fills: FillRules;
  readonly limits: TradingLimits;
  readonly margin: readonly MarginRow[] | undefined;
  readonly initialUsd: number;
  readonly maxContracts: number;
  readonly risk: RiskConfig;
  readonly execution: ExecutionConfig;
  readonly systemVersion: string;
  readonly snapshotEvery: number;
}

const defaultCapitalUsd = 1_000_000;
const sessionBars = 276;

/** Lays defaults under a configuration. @throws GrandModelError `PIPELINE_SERIES` for series that do not fit. */
export function pipelineSetup(config: PipelineConfig): PipelineSetup {
  const { strategicBars, tacticalBars, tactical, margin, ...rest } = config;
  checkSeries(config);
  const spec = config.spec ?? contractSpec(strategicBars.symbol);
  const costs = config.costs ?? profileCosts(spec.costKey);
  const risk = config.risk ?? riskUnder(config.tacticalCalibration);
  const barMs = (tacticalBars ?? strategicBars).intervalMs;
  return {
    ...rest,
    strategicBars,
    tacticalBars,
    tactical,
    mode: tacticalBars === undefined ? "strategic-only" : "hierarchy",
    spec,
    calendar: sessionCalendar(spec.sessionTemplate),
    from: config.from ?? -Infinity,
    to: config.to ?? Infinity,
    costs: scaledCosts(costs, config.costMultiplier ?? 1),
    fills: config.fills ?? fillProfiles.exchange,
    limits: config.limits ?? hardLimits,
    margin: margin ?? marginOf(spec),
    initialUsd: config.initialUsd ?? defaultCapitalUsd,
    maxContracts: config.maxContracts ?? 4,
    risk,
    execution: config.execution ?? { ...executionDefaults, barMs, halfSpreadTicks: costs.halfSpreadTicks },
    systemVersion: config.systemVersion ?? "1",
    snapshotEvery: config.snapshotEvery ?? sessionBars,
  };
}

/**
 * The limits of Risk where a model's threshold was fitted on its validation part: the final gate asks for that threshold, and
 * for a lower quantile in the same proportion, where they are below its own (strategic-tactical.md section 6.2 recalibrates
 * tau; a gate that kept .65 would never let such a model trade). Every limit on size and money stays as it is.
 */
export function riskUnder(calibration?: Pick<Calibration, "threshold">): RiskConfig {
  const { minConfidence, minLowerQuantile } = riskDefaults;
  if (calibration === undefined || calibration.threshold >= minConfidence) return riskDefaults;
  const scale = calibration.threshold / minConfidence;
  return {
    ...riskDefaults,
    minConfidence: calibration.threshold,
    minLowerQuantile: minLowerQuantile * scale,
  };
}

/** Everything that the records of a run follow from, by hash: two runs with the same one write the same journal. */
export function setupHash(setup: PipelineSetup): string {
  const { strategicBars, tacticalBars, strategic, tactical } = setup;
  return hashJson({
    mode: setup.mode,
    symbol: setup.spec.symbol,
    data: [strategicBars, tacticalBars].map((bars) =>
      bars === undefined ? null : { hash: bars.fileHash, length: bars.length, interval: bars.intervalMs },
    ),
    policies: [strategic.name, tactical?.name ?? null],
    models: { ...setup.modelHashes },
    from: numberText(setup.from),
    to: numberText(setup.to),
    settings: asJson({
      costs: setup.costs,
      fills: setup.fills,
      limits: setup.limits,
      margin: setup.margin ?? null,
      initialUsd: setup.initialUsd,
      maxContracts: setup.maxContracts,
      risk: setup.risk,
      execution: setup.execution,
      features: setup.features ?? null,
      roleMasking: setup.roleMasking ?? null,
      dailyHistory: setup.dailyHistory ?? null,
      priorOutcomes: setup.priorOutcomes ?? null,
      calibration: setup.tacticalCalibration ?? null,
      gateLimits: setup.gateLimits ?? null,
      systemVersion: setup.systemVersion,
      snapshotEvery: setup.snapshotEvery,
    }),
  });
}

/** Settings as JSON: infinite limits by name, functions by their source, absent keys left out. */
function asJson(value: object): Json {
  const plain = (_key: string, held: unknown): unknown =>
    typeof held === "number" ? numberText(held) : typeof held === "function" ? String(held) : held;
  return JSON.parse(JSON.stringify(value, plain)) as Json;
}

function numberText(value: number): Json {
  return Number.isFinite(value) ? value : String(value);
}

/** Requirements of the contracts whose table is shipped; others are held by the leverage limit alone. */
function marginOf(spec: ContractSpec): readonly MarginRow[] | undefined {
  if (spec.marginKey !== "NQ") return undefined;
  return spec.microOf === undefined ? nqMargin : scaledMargin(nqMargin, 0.1);
}

function checkSeries({ strategicBars, tacticalBars, tactical }: PipelineConfig): void {
  const minutes = strategicBars.intervalMs / 60_000;
  if (minutes !== 30) {
    throw seriesError("strategicBars", `${minutes} minutes`, "bars of 30 minutes", "Resample them first.");
  }
  if (tacticalBars === undefined) return;
  const finer = tacticalBars.intervalMs / 60_000;
  if (finer !== 5) {
    throw seriesError("tacticalBars", `${finer} minutes`, "bars of five minutes", "Resample them first.");
  }
  if (tacticalBars.symbol !== strategicBars.symbol) {
    const hint = "Both series are of one contract: rename one if they are.";
    throw seriesError("tacticalBars.symbol", tacticalBars.symbol, strategicBars.symbol, hint);
  }
  if (tactical !== undefined) return;
  const hint = "Pass `tactical`, or leave the five-minute bars out to trade the strategic team itself.";
  throw seriesError("tactical", "nothing", "a tactical policy for the five-minute bars", hint);
}

function seriesError(path: string, value: string, expected: string, hint: string): Error {
  return pipelineError({ code: "PIPELINE_SERIES", path, value, expected, hint });
}
