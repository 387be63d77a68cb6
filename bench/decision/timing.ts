/** @file What the decisions of both stages share: their market, where a model came from, and the figures of their times. */
import type { ModelOrigin } from "../../src/stages/model.ts";
import { compile } from "../../src/graph/compile.ts";
import { matmul } from "../../src/graph/ops/matmul.ts";
import { spec } from "../../src/graph/spec.ts";
import { median, quantile, sample } from "../engine/measure.ts";
import type { BenchContext, Figure } from "../figures.ts";

export const market = { seed: 5, symbol: "NQ", from: 2024_01_08, startPrice: 18_000 } as const;

export const origin: ModelOrigin = {
  seed: 1,
  updates: 0,
  steps: 0,
  dataHash: "",
  dataSource: "synthetic",
  from: 0,
  to: 0,
  configHash: "",
};

/** Decisions that count; as many more as the features need come before them. */
export function decisionCount({ quick }: BenchContext): number {
  return quick ? 200 : 2000;
}

/** Milliseconds of whole decisions and of the part before the policy. */
export interface DecisionTimes {
  readonly whole: readonly number[];
  readonly features: readonly number[];
}

/** p99 of both, p50 and the least in the notes. */
export function decisionFigures(
  stage: "strategic" | "tactical",
  { features, whole }: DecisionTimes,
  notes: { readonly whole: string; readonly features: string },
): Figure[] {
  return [
    {
      name: `decision.${stage}.p99_ms`,
      value: quantile(whole, 0.99),
      unit: "ms",
      note: `${whole.length} decisions on synthetic bars; ${notes.whole}; ${spread(whole, 1, "ms")}`,
    },
    {
      name: `decision.${stage}.features.p99_us`,
      value: 1000 * quantile(features, 0.99),
      unit: "us",
      note: `${notes.features}; ${spread(features, 1000, "us")}`,
    },
  ];
}

/** The middle and the least: what the code takes when nothing else runs, beside a tail that is the machine's as well. */
function spread(times: readonly number[], factor: number, unit: string): string {
  const show = (q: number): string => (factor * quantile(times, q)).toFixed(3);
  return `p50 ${show(0.5)} ${unit}, least ${show(0)} ${unit}`;
}

/** Rows, inner and outer width of the products of dropout passes. */
export interface PassProducts {
  readonly rows: number;
  readonly products: readonly (readonly [inner: number, outer: number])[];
}

/** What the products of the passes alone would take as matrix products, at the rate that this run measures for the first. */
export async function denseFigure(
  context: BenchContext,
  stage: "strategic" | "tactical",
  { products, rows }: PassProducts,
): Promise<Figure> {
  const [[inner, outer] = [1, 1]] = products;
  await using product = await compile(({ a, b }) => ({ y: matmul(a, b) }), {
    a: spec("f32", [rows, inner]),
    b: spec("f32", [inner, outer]),
  });
  const inputs = {
    a: new Float32Array(rows * inner).fill(0.5),
    b: new Float32Array(inner * outer).fill(0.1),
  };
  const call = product.bind(inputs, product.allocateOutputs());
  const times = await sample(context, async () => call.run(), { count: 100, warmUp: 20 });
  const rate = (2 * rows * inner * outer) / median(times);
  const flops = products.reduce((sum, [k, n]) => sum + 2 * rows * k * n, 0);
  return {
    name: `decision.${stage}.dense_products_ms`,
    value: flops / rate,
    unit: "ms",
    note: `floor of passes by products: ${(flops / 1e6).toFixed(0)} MFLOP at ${(rate / 1e6).toFixed(1)} GFLOP/s, measured on ${rows}x${inner}x${outer}; the first is replaced by what its masks leave out`,
  };
}
