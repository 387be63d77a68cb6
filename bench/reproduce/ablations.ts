/** @file Does each part help? Paired seeds, equal budgets, equal parameter counts; what does not help is said to. */
import { seedEstimate } from "../../src/pipeline/training/walk-forward-report.ts";
import type { Json } from "../../src/runtime/json.ts";
import type { Baseline, ReproduceContext, ReproduceTask, TaskResult } from "./contract.ts";
import {
  ablationSettings,
  architectures,
  architectureScore,
  contextScore,
  nqStrategic,
  nqStrategicModel,
  type StrategicScore,
  strategicScore,
} from "./training/ablation-parts.ts";
import { type NqMarket, nqMarket } from "./training/nq-market.ts";
import { storedSeed } from "./training/seed-store.ts";

const identity = { version: 1, settings: ablationSettings } as unknown as Json;
const contextModes = ["on", "off", "shuffled"] as const;

/** Scores by variant, one per seed. */
type Scores = Map<string, number[]>;

async function run({ progress, seeds }: ReproduceContext): Promise<TaskResult> {
  const learnt: Scores = new Map();
  const real: Scores = new Map();
  const uncertainty: StrategicScore[] = [];
  const market = await nqMarket();
  for (const [i, seed] of seeds.entries()) {
    const tell = (share: number, text: string): void =>
      progress((i + share) / seeds.length, `seed ${seed}: ${text}`);
    for (const [k, variant] of architectures.entries()) {
      tell(k / 8, variant);
      add(learnt, variant, await measured(seed, variant, () => architectureScore(variant, seed)));
    }
    if (typeof market === "string") continue;
    const scores = await onRealBars(market, seed, tell);
    for (const [variant, score] of scores.rewards) add(real, variant, score);
    uncertainty.push(scores.uncertainty);
  }
  const full = learnt.get("full") ?? [];
  const mean = seedEstimate(full);
  return {
    variant:
      "compact preset; architecture and critic on the planted control market, synergies and messages on real NQ bars",
    metric: "share of the oracle's reward out of sample of the full strategic stage",
    convention: `paired seeds, ${ablationSettings.updates} updates of ${ablationSettings.copies * ablationSettings.horizon} steps for every variant, equal parameter counts (the trunk gets what an ablated part held); differences with a t-interval over seeds`,
    values: full,
    mean: mean.value,
    interval: [mean.low, mean.high],
    steps: ablationSettings.updates * ablationSettings.copies * ablationSettings.horizon,
    dataSource: "synthetic",
    baselines: [
      ...rows(learnt, "full", "control market (synthetic)"),
      ...rows(real, "with synergy features", "NQ, strategic"),
      ...rows(real, "context on", "NQ, tactical"),
    ],
    notes: typeof market === "string" ? [market] : uncertaintyNotes(uncertainty),
  };
}

async function onRealBars(
  market: NqMarket,
  seed: number,
  tell: (share: number, text: string) => void,
): Promise<{ readonly rewards: ReadonlyMap<string, number>; readonly uncertainty: StrategicScore }> {
  const rewards = new Map<string, number>();
  const strategic = async (withSynergies: boolean): Promise<StrategicScore> => {
    const stage = nqStrategic(market, withSynergies);
    return strategicScore(market, stage, await nqStrategicModel(market, stage, seed));
  };
  tell(0.5, "strategic on NQ");
  const full = await storedSeed("ablations", identity, seed, "synergies", () => strategic(true));
  const without = await storedSeed("ablations", identity, seed, "no-synergies", () => strategic(false));
  rewards.set("with synergy features", full.reward);
  rewards.set("without synergy features", without.reward);
  let trained: ReturnType<typeof nqStrategicModel> | undefined;
  for (const [k, mode] of contextModes.entries()) {
    tell(0.7 + k / 10, `context ${mode}`);
    const score = await measured(seed, `context ${mode}`, async () => {
      trained ??= nqStrategicModel(market, market.strategic, seed);
      return contextScore(market, await trained, seed, mode);
    });
    rewards.set(`context ${mode}`, score);
  }
  return { rewards, uncertainty: full };
}

function measured(seed: number, variant: string, make: () => Promise<number>): Promise<number> {
  const part = variant.toLowerCase().replaceAll(/[^a-z]+/g, "-");
  return storedSeed("ablations", identity, seed, part, make);
}

function add(scores: Scores, variant: string, score: number): void {
  scores.set(variant, [...(scores.get(variant) ?? []), score]);
}

/** Each variant of a family with its paired difference to the reference. */
function rows(scores: Scores, reference: string, where: string): readonly Baseline[] {
  const own = scores.get(reference);
  if (own === undefined) return [];
  const family = reference.split(" ")[0] ?? "";
  const kin = (name: string): boolean =>
    family === "full" || name.includes(family === "with" ? "synergy" : family);
  return [...scores]
    .filter(([name]) => kin(name))
    .map(([name, values]) => {
      const { value } = seedEstimate(values);
      const difference = seedEstimate(values.map((score, i) => score - (own[i] ?? NaN)));
      const verdict =
        name === reference
          ? "the reference"
          : `minus ${reference}: ${difference.value.toPrecision(3)} [${difference.low.toPrecision(3)}, ${difference.high.toPrecision(3)}], ${difference.high < 0 ? "the part helps" : difference.low > 0 ? "the part HARMS" : "no difference shown"}`;
      return { name: `${where}: ${name}`, value, source: `${values.length} seeds; ${verdict}` };
    });
}

function uncertaintyNotes(scores: readonly StrategicScore[]): readonly string[] {
  const list = (of: (score: StrategicScore) => number, digits = 4): string =>
    scores.map((score) => of(score).toPrecision(digits)).join(", ");
  const orders = scores.filter(({ randomArea, riskArea }) => riskArea < randomArea).length;
  return [
    `Monte-Carlo dropout on real validation bars: area under the risk-coverage curve by seed ${list((s) => s.riskArea)}, of a random order ${list((s) => s.randomArea)}: the epistemic uncertainty orders errors on ${orders} of ${scores.length} seeds.`,
    `Expected calibration error of the forecast side by seed: before the temperature ${list((s) => s.expectedErrorBefore, 3)}, after it ${list((s) => s.expectedErrorAfter, 3)}.`,
    "Scores on real bars are rewards per 1,000 decisions of greedy votes at full costs, out of sample: strategic over all bars since December 2024, tactical over the last test part.",
  ];
}

export const task: ReproduceTask = {
  summary: "Ablations with paired seeds: superposition, critic, synergies, context, dropout.",
  seeds: [0, 1, 2, 3, 4],
  run,
};
