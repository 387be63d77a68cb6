/**
 * @file The single measurements of the ablations: one variant, one seed, one number; stored when done. Architecture and critic
 * are compared on the control market, where there is something to learn; messages and synergies on real bars.
 */
import { strategicControl } from "../../../src/pipeline/training/controls/planted-market.ts";
import { runControl } from "../../../src/pipeline/training/controls/run-control.ts";
import { type ContextMode, renumbered, strategicMessages } from "../../../src/pipeline/training/contexts.ts";
import { historyParts, rangeByTime } from "../../../src/pipeline/training/folds.ts";
import { greedyPlayer } from "../../../src/pipeline/training/greedy-player.ts";
import { quickDefaults, type StageSettings } from "../../../src/pipeline/training/settings.ts";
import {
  type StrategicStage,
  strategicStage,
  type StrategicStageOptions,
  tacticalStage,
  type TrainableStage,
} from "../../../src/pipeline/training/stage.ts";
import { prepareSweep } from "../../../src/pipeline/training/sweep.ts";
import {
  trainHierarchy,
  trainStrategic,
  type TrainedModel,
} from "../../../src/pipeline/training/train-hierarchy.ts";
import type { StrategicModel } from "../../../src/stages/model.ts";
import { tacticalMarket } from "../../../src/stages/tactical/feed.ts";
import { equalTrunkWidth } from "../../../src/stages/strategic/networks/actor.ts";
import type { NqMarket } from "./nq-market.ts";
import { nqFolds } from "./nq-seed.ts";

export const ablationSettings: StageSettings = { ...quickDefaults, updates: 20 };
const passes = { strategic: 100, tactical: 40 } as const;
const householder = { kind: "householder", reflections: 3 } as const;

/** Variants that are trained on the control market. */
export const architectures = [
  "full",
  "U = I",
  "plain MLP",
  "IPPO",
  "role masking hard",
  "role masking off",
] as const;
export type ArchitectureVariant = (typeof architectures)[number];

/** Share of the oracle's reward out of sample, final weights. */
export async function architectureScore(variant: ArchitectureVariant, seed: number): Promise<number> {
  const control = strategicControl({ seed, sessions: 400, edge: 0.6 });
  const stage = strategicStage({ ...control.stage.options, ...shapeOf(variant) });
  const settings = {
    ...ablationSettings,
    critic: variant === "IPPO" ? ("own" as const) : ("central" as const),
  };
  const { final, oracle } = await runControl({ ...control, stage }, settings, 42 + seed);
  return final.reward / oracle.reward;
}

/** Equal parameter counts: what an ablated part held, the trunk gets. */
function shapeOf(variant: ArchitectureVariant): Partial<StrategicStageOptions> {
  const full = { preset: "compact", states: 8, interference: householder } as const;
  switch (variant) {
    case "full":
    case "IPPO":
      return {};
    case "role masking hard":
      return { environment: { roleMasking: "hard" } };
    case "role masking off":
      return { environment: { roleMasking: "off" } };
    case "U = I": {
      const ablated = { preset: "compact", states: 8, interference: { kind: "identity" } } as const;
      return { interference: ablated.interference, trunk: equalTrunkWidth(full, ablated) };
    }
    case "plain MLP":
      return { states: 1, trunk: equalTrunkWidth(full, { preset: "compact", states: 1 }) };
    default:
      return variant satisfies never;
  }
}

/** What the strategic stage earns on real bars out of sample, and how good its uncertainty is on its validation part. */
export interface StrategicScore {
  /** Reward per 1000 decisions, greedy votes. */
  readonly reward: number;
  readonly expectedErrorBefore: number;
  readonly expectedErrorAfter: number;
  readonly riskArea: number;
  readonly randomArea: number;
}

/** Variants of the strategic stage on real bars; the first is the product's. */
export const strategicVariants = [
  "full",
  "without synergy features",
  "role masking hard",
  "role masking off",
] as const;
export type StrategicVariant = (typeof strategicVariants)[number];

/** The strategic stage of the history before the five-minute bars. */
export function nqStrategic({ strategic }: NqMarket, variant: StrategicVariant): StrategicStage {
  const { options } = strategic;
  switch (variant) {
    case "full":
      return strategic;
    case "without synergy features": {
      const nothing = new Float32Array(options.bars.length);
      const market = { ...options.market, synergyConfidence: nothing, synergyDirection: nothing };
      return strategicStage({ ...options, market });
    }
    case "role masking hard":
      return strategicStage({ ...options, environment: { roleMasking: "hard" } });
    case "role masking off":
      return strategicStage({ ...options, environment: { roleMasking: "off" } });
    default:
      return variant satisfies never;
  }
}

export async function nqStrategicModel(
  market: NqMarket,
  stage: StrategicStage,
  seed: number,
): Promise<TrainedModel<StrategicModel>> {
  return trainStrategic(requestOf(market, stage, seed, "on"));
}

export async function strategicScore(
  market: NqMarket,
  stage: StrategicStage,
  { calibration, model }: TrainedModel<StrategicModel>,
): Promise<StrategicScore> {
  const test = { from: market.tacticalFrom, to: stage.bars.length };
  return {
    reward: await rewardOf(stage, model.parameters, test),
    expectedErrorBefore: calibration.before.expected,
    expectedErrorAfter: calibration.after.expected,
    riskArea: calibration.riskCoverage.area,
    randomArea: calibration.riskCoverage.randomArea,
  };
}

/** Variants of the tactical stage on real bars; the first is the product's. */
export const tacticalVariants = ["context on", "context off", "context shuffled", "schema fvg-7"] as const;
export type TacticalVariant = (typeof tacticalVariants)[number];

const modes: Readonly<Record<TacticalVariant, ContextMode>> = {
  "context on": "on",
  "context off": "off",
  "context shuffled": "shuffled",
  "schema fvg-7": "on",
};

/** Reward per 1000 decisions of the tactical stage in the last test part, greedy votes. */
export async function tacticalScore(
  { tactical, ...rest }: NqMarket,
  trained: TrainedModel<StrategicModel>,
  seed: number,
  variant: TacticalVariant,
): Promise<number> {
  const { spec, strategic, tacticalBars } = rest;
  const columns =
    variant === "schema fvg-7" ? tacticalMarket(tacticalBars, spec, { schema: "fvg-7" }) : tactical;
  const market = { ...rest, tactical: columns };
  const mode = modes[variant];
  const fold = lastFold(market);
  const request = requestOf(market, strategic, seed, mode);
  const { messages, tactical: learnt } = await trainHierarchy({ ...request, trained });
  const heard = rangeByTime(fold.test, tacticalBars, strategic.bars);
  const late =
    mode === "off" ? [] : await strategicMessages(trained.model, strategic, heard, passes.strategic);
  const last = messages.at(-1)?.barClose ?? -Infinity;
  const contexts = renumbered([...messages, ...late.filter(({ barClose }) => barClose > last)]);
  const stage = tacticalStage({ ...request.tactical, contexts });
  return rewardOf(stage, learnt.model.parameters, fold.test);
}

async function rewardOf(
  stage: TrainableStage,
  weights: Float32Array,
  range: { readonly from: number; readonly to: number },
): Promise<number> {
  const sweep = prepareSweep(stage, range);
  await using player = await greedyPlayer(stage, sweep.rows);
  player.load(weights);
  const { decisions, reward } = await sweep.play(player.play);
  return (1000 * reward) / Math.max(1, decisions);
}

function lastFold(market: NqMarket) {
  const fold = nqFolds(market).at(-1);
  if (fold === undefined) throw new RangeError("no fold");
  return fold;
}

function requestOf(market: NqMarket, strategic: StrategicStage, seed: number, contexts: ContextMode) {
  const { spec, tactical, tacticalBars, tacticalFrom } = market;
  const { train, validation } = lastFold(market);
  return {
    strategic,
    tactical: { bars: tacticalBars, spec, market: tactical, preset: "compact" as const },
    parts: { strategic: historyParts(strategic.bars, tacticalFrom), tactical: { train, validation } },
    seed: 42 + seed,
    settings: { strategic: ablationSettings, tactical: ablationSettings },
    contexts,
    passes,
  };
}
