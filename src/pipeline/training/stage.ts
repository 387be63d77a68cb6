/**
 * @file A stage as the trainer sees it: bars, features that are computed once, an environment over any range of them, and
 * the networks. What differs between the strategic and the tactical stage is here; what trains them does not ask.
 */
import type { Tensor } from "../../graph/tensor.ts";
import { barFlag, type BarSeries } from "../../market/bars.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import type { Architecture } from "../../marl/learner/networks.ts";
import type { KernelDefinition } from "../../marl/vector/contract.ts";
import type { Parameters, Specs } from "../../nn/layers/layer.ts";
import type { InterferenceKind } from "../../nn/superposition/interference.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type { ModelPreset } from "../../stages/model.ts";
import { createStrategicEnvironment } from "../../stages/strategic/environment.ts";
import type { StrategicEnvironmentOptions } from "../../stages/strategic/environment.ts";
import type { StrategicMarket } from "../../stages/strategic/market.ts";
import { strategicActor } from "../../stages/strategic/networks/actor.ts";
import { strategicArchitecture } from "../../stages/strategic/networks/architecture.ts";
import { createTacticalEnvironment } from "../../stages/tactical/environment.ts";
import type { TacticalEnvironmentOptions } from "../../stages/tactical/environment.ts";
import type { TacticalMarket } from "../../stages/tactical/market.ts";
import { tacticalActor } from "../../stages/tactical/networks/actor.ts";
import { tacticalArchitecture } from "../../stages/tactical/networks/architecture.ts";
import type { BarRange } from "./folds.ts";

/** How an environment over a range is played. */
export interface EpisodeOptions extends BarRange {
  readonly mode: "train" | "eval";
  readonly costMultiplier?: number;
  /** [n] 1 where an episode may start besides what the features allow; 0 keeps starts away. */
  readonly starts?: Uint8Array;
  /** Bars that episodes may not touch. */
  readonly without?: BarRange;
}

/** What training asks of a stage. */
export interface TrainableStage {
  readonly kind: "strategic" | "tactical";
  readonly bars: BarSeries;
  /** [n] 1 where the observation of a close is whole. */
  readonly ready: Uint8Array;
  /** [n] standard deviation of recent log returns at each close; 0 before it is known. */
  readonly volatility: Float64Array;
  /** Of the role group, and features of one row. */
  readonly agents: number;
  readonly features: number;
  /** Rows of its return series in a year of 252 sessions. */
  readonly barsPerYear: number;
  readonly preset: ModelPreset;
  readonly architecture: Architecture;
  /** The actor alone: parameters in the order of its slab, and ln pi of rows. */
  readonly actor: {
    readonly parameters: Specs;
    readonly logProbs: (parameters: Parameters, rows: Tensor) => Tensor;
  };
  readonly environment: (options: EpisodeOptions) => KernelDefinition;
}

/** Settings of the strategic stage that training varies. */
export interface StrategicStageOptions {
  readonly bars: BarSeries;
  readonly spec: ContractSpec;
  /** Columns over `bars`. */
  readonly market: StrategicMarket;
  readonly preset: ModelPreset;
  /** 1 is a plain policy. */
  readonly states: number;
  readonly interference: InterferenceKind;
  /** Width of the trunk, for ablations with equal parameter counts. */
  readonly trunk?: number;
  readonly environment?: Omit<StrategicEnvironmentOptions, keyof BarRange | "market" | "mode" | "spec">;
}

export interface StrategicStage extends TrainableStage {
  readonly kind: "strategic";
  readonly options: StrategicStageOptions;
}

export function strategicStage(options: StrategicStageOptions): StrategicStage {
  const { bars, interference, market, preset, spec, states, trunk } = options;
  const size = { preset, states, interference, ...(trunk === undefined ? {} : { trunk }) };
  const actor = strategicActor(size);
  return {
    kind: "strategic",
    options,
    bars,
    ready: market.ready,
    volatility: market.volatility,
    agents: 4,
    features: 656,
    barsPerYear: 252 * 46,
    preset,
    architecture: strategicArchitecture(size),
    actor: {
      parameters: actor.parameters,
      logProbs: (parameters, rows) => actor.logProbs(parameters, actor.encode(parameters, rows), []),
    },
    environment: (episode) =>
      createStrategicEnvironment(masked(bars, episode.without), {
        ...options.environment,
        ...placed(episode, options.environment?.costMultiplier),
        spec,
        market: { ...market, ready: admitted(market.ready, episode) },
      }),
  };
}

/** Settings of the tactical stage that training varies. */
export interface TacticalStageOptions {
  readonly bars: BarSeries;
  readonly spec: ContractSpec;
  readonly market: TacticalMarket;
  readonly preset: ModelPreset;
  /** Strategic messages ascending in time; without any every context is neutral. */
  readonly contexts: readonly StrategicContext[];
  readonly environment?: Omit<
    TacticalEnvironmentOptions,
    keyof BarRange | "contexts" | "market" | "mode" | "spec"
  >;
}

export interface TacticalStage extends TrainableStage {
  readonly kind: "tactical";
  readonly options: TacticalStageOptions;
}

export function tacticalStage(options: TacticalStageOptions): TacticalStage {
  const { bars, contexts, market, preset, spec } = options;
  const actor = tacticalActor({ preset, recurrence: "fused" });
  return {
    kind: "tactical",
    options,
    bars,
    ready: market.ready,
    volatility: market.sigma,
    agents: 3,
    features: 472,
    barsPerYear: 252 * 276,
    preset,
    architecture: tacticalArchitecture({ preset }),
    actor: {
      parameters: actor.parameters,
      logProbs: (parameters, rows) => actor.logProbs(parameters, actor.encode(parameters, rows), []),
    },
    environment: (episode) =>
      createTacticalEnvironment(masked(bars, episode.without), {
        ...options.environment,
        ...placed(episode, options.environment?.costMultiplier),
        spec,
        contexts,
        market: { ...market, ready: admitted(market.ready, episode) },
      }),
  };
}

function placed(
  { costMultiplier = 1, from, mode, to }: EpisodeOptions,
  always = 1,
): { from: number; to: number; mode: "train" | "eval"; costMultiplier: number } {
  return { from, to, mode, costMultiplier: costMultiplier * always };
}

/** Starts that features, option and exclusion allow. A window must not reach back into what is left out. */
function admitted(ready: Uint8Array, { starts, without }: EpisodeOptions): Uint8Array {
  if (starts === undefined && without === undefined) return ready;
  const allowed = ready.map((flag, t) => flag & (starts?.[t] ?? 1));
  if (without !== undefined) allowed.fill(0, without.from, without.to + longestWindow);
  return allowed;
}

/** Bars of the longest observation window of a stage. */
const longestWindow = 60;

/** The bars with a stretch that no episode enters: money treats it as masked, features do not know of it. */
function masked(bars: BarSeries, without: BarRange | undefined): BarSeries {
  if (without === undefined) return bars;
  const flags = bars.flags.slice();
  for (let t = without.from; t < without.to; t += 1) flags[t] = (flags[t] ?? 0) | barFlag.masked;
  return { ...bars, flags };
}
