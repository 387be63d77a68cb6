/** @file Parts of embedders: gradients, positions, a shared input against its plain product, the loss of the deviations. */
import { describe, expect, test } from "vitest";
import { gaussianEmbedding } from "../../../src/nn/embedders/gaussian-embedding.ts";
import {
  heteroscedasticLoss,
  volatilityHead,
  volatilityTarget,
} from "../../../src/nn/embedders/gaussian-embedding.ts";
import { sinusoidalPositions } from "../../../src/nn/embedders/positions.ts";
import { preNormBlock } from "../../../src/nn/embedders/pre-norm-block.ts";
import { firstOfGroup, sharedInputLinear } from "../../../src/nn/embedders/shared-input.ts";
import { valueEnsemble } from "../../../src/nn/layers/value-ensemble.ts";
import { evaluate } from "../evaluate.ts";
import { evaluateLayer, expectLayerGradients } from "../layer-harness.ts";
import { affine, expectClose, rows } from "../plain.ts";

test("gradients of the pre-norm block", async () => {
  const layer = preNormBlock({ width: 4, heads: 2, hidden: 5 });
  await expectLayerGradients({ layer, inputs: { x: [2, 3, 4] }, apply: (p, { x }) => layer.apply(p, x!) });
});

test("gradients of both heads of an embedding, and of the loss through the forecast", async () => {
  const layer = gaussianEmbedding(3, 2, true);
  const forecast = volatilityHead(2);
  const network = { parameters: { embedding: layer.parameters, forecast: forecast.parameters } };
  await expectLayerGradients({
    layer: network,
    inputs: { x: [3, 3], target: [3] },
    apply: ({ embedding, forecast: head }, { x, target }) => {
      const { mean, deviation } = layer.apply(embedding, x!);
      const prediction = forecast.apply(head, { mean, deviation: deviation! });
      return [mean, deviation!, heteroscedasticLoss(prediction, target!)];
    },
  });
});

test("deviations are at least a thousandth, and absent where they are not wanted", async () => {
  const layer = gaussianEmbedding(2, 3, true);
  const { outputs } = await evaluateLayer({
    layer,
    inputs: { x: [50, 2] },
    apply: (p, { x }) => layer.apply(p, x!).deviation!,
  });
  expect(Math.min(...outputs[0]!)).toBeGreaterThanOrEqual(1e-3);
  expect(Object.keys(gaussianEmbedding(2, 3, false).parameters)).toEqual(["mean"]);
});

test("a shared input gives the numbers of one product over rows put together by hand, with its gradients", async () => {
  const layer = sharedInputLinear(3, 2, 4);
  const inputs = { shared: [2, 3], own: [6, 2] };
  const { values, outputs } = await evaluateLayer({
    layer,
    inputs,
    apply: (p, { shared, own }) => layer.apply(p, { shared: shared!, own: own! }),
  });
  const weight = rows(values["parameters/weight"]!, 4);
  const shared = rows(values["shared"]!, 3);
  const own = rows(values["own"]!, 2);
  const expected = own.flatMap((x, i) =>
    affine([...shared[Math.floor(i / 3)]!, ...x], weight, values["parameters/bias"]!),
  );
  expectClose(outputs[0]!, expected);
  await expectLayerGradients({
    layer,
    inputs,
    apply: (p, tensors) => layer.apply(p, { shared: tensors["shared"]!, own: tensors["own"]! }),
  });
});

test("the shared columns are those of the first agent of each group", async () => {
  const found = await evaluate(({ x }) => firstOfGroup(x!, 2, { start: 1, end: 3 }), {
    x: [
      [0, 1, 2],
      [10, 11, 12],
      [20, 21, 22],
      [30, 31, 32],
    ],
  });
  expect(found).toEqual([1, 2, 21, 22]);
});

test("sinusoidal positions: sine and cosine of the row at falling frequencies", async () => {
  const table = await evaluate(() => sinusoidalPositions(3, 4, "f64"), { unused: 0 });
  expectClose(table.slice(4, 8), [Math.sin(1), Math.cos(1), Math.sin(0.01), Math.cos(0.01)]);
  expect(table.slice(0, 4)).toEqual([0, 1, 0, 1]);
});

test("an ensemble's value is the mean of its members, role by role", async () => {
  const layer = valueEnsemble(3, 2, 5);
  const { outputs } = await evaluateLayer({
    layer,
    inputs: { x: [4, 3] },
    apply: (p, { x }) => {
      const { members, values } = layer.apply(p, x!);
      return [members, values];
    },
  });
  const means = rows(outputs[0]!, 5).map((each) => each.reduce((a, b) => a + b, 0) / 5);
  expectClose(outputs[1]!, means);
});

describe("the target of the deviations", () => {
  test("is the log of the move against what was usual over k bars", () => {
    expect(volatilityTarget(0.02, 0.01)).toBeCloseTo(Math.log(0.020001 / 0.02), 12);
    expect(volatilityTarget(-0.02, 0.01)).toBe(volatilityTarget(0.02, 0.01));
    expect(volatilityTarget(0, 0.01)).toBeCloseTo(Math.log(1e-6 / 0.02), 12);
  });

  test("the loss is least where mean and variance are those of the targets", async () => {
    const loss = async (mean: number, variance: number): Promise<number> => {
      const [value] = await evaluate(({ m, v, y }) => heteroscedasticLoss({ mean: m!, variance: v! }, y!), {
        m: [mean, mean],
        v: [variance, variance],
        y: [1, 3],
      });
      return value!;
    };
    const best = await loss(2, 1);
    for (const [mean, variance] of [
      [1.9, 1],
      [2.1, 1],
      [2, 0.9],
      [2, 1.1],
    ] as const)
      expect(await loss(mean, variance)).toBeGreaterThan(best);
  });
});
