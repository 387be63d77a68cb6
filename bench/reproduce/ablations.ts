/** @file Does each part help? Paired seeds, equal budgets, equal parameter counts; what does not help is said to. */
import { seedEstimate } from "../../src/pipeline/training/estimate.ts";
import type { Json } from "../../src/runtime/json.ts";
import type { Baseline, ReproduceContext, ReproduceTask, TaskResult } from "./contract.ts";
import {
  ablationSettings,
  architectures,
  architectureScore,
  nqStrategic,
  nqStrategicModel,
  type StrategicScore,
  strategicScore,
  strategicVariants,
  tacticalScore,
  tacticalVariants,
} from "./training/ablation-parts.ts";
import { type NqMarket, nqMarket } from "./training/nq-market.ts";
import { storedSeed } from "./training/seed-store.ts";

const partsModule = new URL("training/ablation-parts.ts", import.meta.url).href;

/** Scores by variant, one per seed; the first variant is the reference. */
type Scores = Map<string, number[]>;

async function run({ progress, seeds }: ReproduceContext): Promise<TaskResult> {
  const control: Scores = new Map();
  const strategic: Scores = new Map();
  const tactical: Scores = new Map();
  const uncertainty: StrategicScore[] = [];
  const market = await nqMarket();
  for (const [i, seed] of seeds.entries()) {
    const tell = (share: number, text: string): void =>
      progress((i + share) / seeds.length, `seed ${seed}: ${text}`);
    await onControlMarket(control, seed, tell);
    if (typeof market === "string") continue;
    uncertainty.push(await strategicOnNq(strategic, market, seed, tell));
    await tacticalOnNq(tactical, market, seed, tell);
  }
  const full = control.get("full") ?? [];
  const mean = seedEstimate(full);
  return {
    variant:
      "compact preset; architecture, critic and role masking on the planted control market; synergies, role masking, messages and tactical schema on real NQ bars",
    metric: "share of the oracle's reward out of sample of the full strategic stage",
    convention: `paired seeds, ${ablationSettings.updates} updates of ${ablationSettings.copies * ablationSettings.horizon} steps for every variant, equal parameter counts (the trunk gets what an ablated part held); differences with a t-interval over seeds`,
    values: full,
    mean: mean.value,
    interval: [mean.low, mean.high],
    steps: ablationSettings.updates * ablationSettings.copies * ablationSettings.horizon,
    dataSource: "synthetic",
    baselines: [
      ...rows(control, "control market (synthetic)"),
      ...rows(strategic, "NQ, strategic"),
      ...rows(tactical, "NQ, tactical"),
    ],
    notes: [maskingNote, ...(typeof market === "string" ? [market] : realNotes(uncertainty))],
  };
}

type Tell = (share: number, text: string) => void;

async function onControlMarket(scores: Scores, seed: number, tell: Tell): Promise<void> {
  for (const [k, variant] of architectures.entries()) {
    tell((0.4 * k) / architectures.length, `${variant}, control market`);
    const part = `control ${variant}`;
    add(scores, variant, await stored(undefined, seed, part, () => architectureScore(variant, seed)));
  }
}

/** @returns the uncertainty of the reference */
async function strategicOnNq(
  scores: Scores,
  market: NqMarket,
  seed: number,
  tell: Tell,
): Promise<StrategicScore> {
  const found: StrategicScore[] = [];
  for (const [k, variant] of strategicVariants.entries()) {
    tell(0.4 + 0.08 * k, `strategic ${variant}, NQ`);
    const stage = nqStrategic(market, variant);
    const score = await stored(market, seed, `strategic ${variant}`, async () =>
      strategicScore(market, stage, await nqStrategicModel(market, stage, seed)),
    );
    found.push(score);
    add(scores, variant, score.reward);
  }
  const [reference] = found;
  if (reference === undefined) throw new RangeError("no variant");
  return reference;
}

async function tacticalOnNq(scores: Scores, market: NqMarket, seed: number, tell: Tell): Promise<void> {
  let trained: ReturnType<typeof nqStrategicModel> | undefined;
  for (const [k, variant] of tacticalVariants.entries()) {
    tell(0.72 + 0.07 * k, `tactical ${variant}, NQ`);
    const score = await stored(market, seed, `tactical ${variant}`, async () => {
      trained ??= nqStrategicModel(market, market.strategic, seed);
      return tacticalScore(market, await trained, seed, variant);
    });
    add(scores, variant, score);
  }
}

/** @param market undefined for a measurement that looks at no real bar */
function stored<T>(
  market: NqMarket | undefined,
  seed: number,
  part: string,
  make: () => Promise<T>,
): Promise<T> {
  const data = market === undefined ? [] : [market.strategic.bars.fileHash, market.tacticalBars.fileHash];
  const identity = { data, settings: ablationSettings } as unknown as Json;
  const measured = { task: "ablations", identity, module: partsModule };
  return storedSeed(measured, seed, part.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), make);
}

function add(scores: Scores, variant: string, score: number): void {
  scores.set(variant, [...(scores.get(variant) ?? []), score]);
}

/** Each variant with its paired difference to the first. */
function rows(scores: Scores, where: string): readonly Baseline[] {
  const [reference] = scores;
  if (reference === undefined) return [];
  const [known, own] = reference;
  return [...scores].map(([name, values]) => {
    const { value } = seedEstimate(values);
    const { high, low, value: mean } = seedEstimate(values.map((score, i) => score - (own[i] ?? NaN)));
    const shown = `minus ${known}: ${mean.toPrecision(3)} [${low.toPrecision(3)}, ${high.toPrecision(3)}]`;
    const verdict =
      high < 0 ? `worse than ${known}` : low > 0 ? `BETTER than ${known}` : "no difference shown";
    const source = name === known ? "the reference" : `${shown}, ${verdict}`;
    return { name: `${where}: ${name}`, value, source: `${values.length} seeds; ${source}` };
  });
}

const maskingNote =
  "Masking decides what each agent is shown; the reference is soft masking: everything shown, own columns marked. Hard masking leaves the planted column, momentum_20, to two of four agents.";

function realNotes(scores: readonly StrategicScore[]): readonly string[] {
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
  summary:
    "Ablations with paired seeds: superposition, critic, role masking, synergies, context, schema, dropout.",
  seeds: [0, 1, 2, 3, 4],
  run,
};
