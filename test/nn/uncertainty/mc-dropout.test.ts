/**
 * @file Monte-Carlo dropout: one batched call against one call per pass and against chunks, no dropout at rate 0, independent
 * masks, reproducible decisions, early stop, refusals.
 */
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/graph/compile.ts";
import { exp } from "../../../src/graph/ops/elementwise.ts";
import { logSoftmax } from "../../../src/graph/ops/softmax.ts";
import { spec } from "../../../src/graph/spec.ts";
import type { Layer } from "../../../src/nn/layers/layer.ts";
import { initialise, parameterLayout } from "../../../src/nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../../src/nn/layers/linear.ts";
import { mlp } from "../../../src/nn/layers/mlp.ts";
import { withMcDropout } from "../../../src/nn/uncertainty/dropout-module.ts";
import { fillPassMasks } from "../../../src/nn/uncertainty/masks.kernel.ts";
import { createMcDropout } from "../../../src/nn/uncertainty/mc-dropout.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";

const [ROWS, FEATURES, WIDTH, ACTIONS] = [3, 6, 16, 5];
const trunk = mlp({ sizes: [FEATURES, WIDTH], activation: "gelu" });
const logits = linear(WIDTH, ACTIONS, { gain: 1 });
const head: Layer<LinearParameters> = {
  parameters: logits.parameters,
  apply: (parameters, x) => logSoftmax(logits.apply(parameters, x)),
};
const module = withMcDropout(trunk, WIDTH, head);
const slab = initialise(module.parameters, keyFromSeed(4));
const random = Generator.fromKey(keyFromSeed(8));
const rows = Float32Array.from({ length: ROWS * FEATURES }, () => random.normal());
const sizes = { module, rows: ROWS, features: FEATURES, actions: ACTIONS };
const decision = foldIn(keyFromSeed(1), "decision-77");

async function passesOf(numSamples: number, chunk: number, rate = 0.1): Promise<Float32Array> {
  await using network = await createMcDropout({ ...sizes, chunk, rate });
  await network.performMcDropoutSampling(slab, rows, { numSamples, decision });
  return network.passes.probabilities.slice(0, numSamples * ROWS * ACTIONS);
}

function expectSame(found: Float32Array, expected: Float32Array): void {
  expect(found.length).toBe(expected.length);
  expect(Math.max(...found.map((x, i) => Math.abs(x - expected[i]!)))).toBeLessThan(1e-6);
}

describe("the same passes, however they are computed", () => {
  test.each([1, 7, 30, 64])("in chunks of %i", async (chunk) => {
    expectSame(await passesOf(60, chunk), await passesOf(60, 60));
  });

  test("one pass at a time, by hand", async () => {
    const layout = parameterLayout(module.parameters);
    await using single = await compile(
      ({ flat, x, mask }) => {
        const parameters = layout.unpack(flat) as never;
        return { p: exp(module.logProbs(parameters, module.encode(parameters, x), [mask])) };
      },
      { flat: spec("f32", [layout.size]), x: spec("f32", [ROWS, FEATURES]), mask: spec("f32", [1, WIDTH]) },
    );
    const masks = new Float32Array(40 * WIDTH);
    fillPassMasks(Generator.fromKey(decision), 0.9, masks);
    const batched = await passesOf(40, 40);
    for (let t = 0; t < 40; t += 1) {
      const mask = masks.slice(t * WIDTH, (t + 1) * WIDTH);
      const { p } = await single.call({ flat: slab, x: rows, mask });
      expectSame(p as Float32Array, batched.slice(t * ROWS * ACTIONS, (t + 1) * ROWS * ACTIONS));
    }
  });
});

test("without dropout all passes are one: no epistemic uncertainty, full agreement", async () => {
  await using network = await createMcDropout({ ...sizes, rate: 0 });
  const metrics = await network.performMcDropoutSampling(slab, rows, { decision, numSamples: 200 });
  expect(metrics).toHaveLength(ROWS);
  for (const { agreement, epistemic, rhat } of metrics) {
    expect(agreement).toBe(1);
    expect(epistemic).toBeLessThan(1e-9);
    expect(rhat).toBe(1);
  }
});

test("with dropout there is some, and it is reproduced by the decision's key alone", async () => {
  await using network = await createMcDropout({ ...sizes, chunk: 100 });
  const options = { decision, numSamples: 100 };
  const first = await network.performMcDropoutSampling(slab, rows, options);
  const other = await network.performMcDropoutSampling(slab, rows, {
    ...options,
    decision: foldIn(keyFromSeed(1), "decision-78"),
  });
  const again = await network.performMcDropoutSampling(slab, rows, options);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  for (const { epistemic, total } of first) {
    expect(epistemic).toBeGreaterThan(1e-4);
    expect(epistemic).toBeLessThan(total);
  }
});

test("masks keep their share, are unbiased and pairwise independent", () => {
  const passes = 4000;
  const masks = new Float32Array(passes * WIDTH);
  fillPassMasks(Generator.fromKey(decision), 0.9, masks);
  expect(masks.reduce((a, b) => a + b, 0) / masks.length).toBeCloseTo(1, 2);
  const dropped = (t: number, i: number): number => (masks[t * WIDTH + i] === 0 ? 1 : 0);
  // Between units of one pass, and between neighbouring passes of one unit: |correlation| < 4.5 / sqrt(n).
  for (const [dt, di] of [
    [0, 1],
    [0, 5],
    [1, 0],
    [2, 3],
  ] as const) {
    let joint = 0;
    let count = 0;
    for (let t = 0; t + dt < passes; t += 1) {
      for (let i = 0; i + di < WIDTH; i += 1) {
        joint += (dropped(t, i) - 0.1) * (dropped(t + dt, i + di) - 0.1);
        count += 1;
      }
    }
    expect(Math.abs(joint / count / 0.09)).toBeLessThan(4.5 / Math.sqrt(count));
  }
});

test("stops early where the answer is clear, and not before", async () => {
  await using network = await createMcDropout({ ...sizes, chunk: 10 });
  const clear = { standardError: 0.5, rhat: 100 };
  const options = { decision, numSamples: 50 };
  const [stopped] = await network.performMcDropoutSampling(slab, rows, { ...options, stop: clear });
  expect(stopped!.passes).toBe(10);
  const strict = { standardError: 1e-9, rhat: 1.1 };
  const [whole] = await network.performMcDropoutSampling(slab, rows, { ...options, stop: strict });
  expect(whole!.passes).toBe(50);
});

test("refuses rates, chunks and widths that cannot work", async () => {
  const odd = withMcDropout(mlp({ sizes: [FEATURES, 5] }), 5, {
    ...head,
    parameters: linear(5, ACTIONS).parameters,
  });
  for (const options of [
    { ...sizes, rate: 1 },
    { ...sizes, chunk: 0 },
    { ...sizes, module: odd },
  ]) {
    await expect(createMcDropout(options)).rejects.toMatchObject({ code: "LAYER_OPTION" });
  }
});
