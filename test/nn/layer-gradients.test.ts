/** @file Every layer's gradients, for parameters and inputs, agree with central differences in float64 within 1e-6. */
import fc from "fast-check";
import { test } from "vitest";
import { attentionPooling, multiHeadAttention } from "../../src/nn/layers/attention.ts";
import { conv1d } from "../../src/nn/layers/conv1d.ts";
import { dropout } from "../../src/nn/layers/dropout.ts";
import { embedding } from "../../src/nn/layers/embedding.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { layerNorm } from "../../src/nn/layers/layer-norm.ts";
import { linear } from "../../src/nn/layers/linear.ts";
import { lstm } from "../../src/nn/layers/lstm.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { unroll } from "../../src/nn/layers/recurrent.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { expectGradients } from "./gradient-check.ts";
import { expectLayerGradients } from "./layer-harness.ts";

const size = fc.integer({ min: 1, max: 4 });
const seed = fc.nat(10_000);
const few = { numRuns: 8 };

test("linear, with any leading axes", () =>
  fc.assert(
    fc.asyncProperty(fc.array(size, { maxLength: 2 }), size, size, seed, async (lead, i, o, s) => {
      const layer = linear(i, o);
      const inputs = { x: [...lead, i] };
      await expectLayerGradients({ layer, inputs, apply: (p, { x }) => layer.apply(p, x!), seed: s });
    }),
    few,
  ));

test("layerNorm", () =>
  fc.assert(
    fc.asyncProperty(size, fc.integer({ min: 3, max: 6 }), seed, async (b, width, s) => {
      const layer = layerNorm(width);
      const inputs = { x: [b, width] };
      await expectLayerGradients({ layer, inputs, apply: (p, { x }) => layer.apply(p, x!), seed: s });
    }),
    few,
  ));

test("conv1d, plain, strided, dilated and causal", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        inputs: size,
        outputs: size,
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 2 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        padding: fc.constantFrom<number | "causal">(0, 1, "causal"),
      }),
      seed,
      async (options, s) => {
        const layer = conv1d(options);
        const inputs = { x: [2, options.inputs, 6] };
        await expectLayerGradients({ layer, inputs, apply: (p, { x }) => layer.apply(p, x!), seed: s });
      },
    ),
    few,
  ));

test("embedding, with an index that comes twice", async () => {
  const layer = embedding(4, 3);
  await expectLayerGradients({
    layer,
    inputs: {},
    apply: (p) => layer.apply(p, constant([2, 0, 2, 3], { dtype: "i64", shape: [2, 2] })),
  });
});

test("mlp with every option, and dropout masks", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom("tanh" as const, "gelu" as const),
      fc.boolean(),
      fc.boolean(),
      seed,
      async (activation, normaliseInput, normaliseHidden, s) => {
        const layer = mlp({
          sizes: [3, 5, 4],
          head: { size: 2, gain: 0.01 },
          activation,
          normaliseInput,
          normaliseHidden,
        });
        await expectLayerGradients({
          layer,
          inputs: { x: [2, 3], first: [2, 5], second: [2, 4] },
          apply: (p, { x, first, second }) => layer.applyWithDropout(p, x!, [first!, second!]),
          seed: s,
        });
      },
    ),
    few,
  ));

test("mlp with relu, away from the kink", async () => {
  const layer = mlp({ sizes: [3, 4], activation: "relu" });
  await expectLayerGradients({
    layer,
    inputs: { x: [2, 3] },
    apply: (p, { x }) => layer.apply(p, x!),
    seed: 4,
  });
});

test("dropout", () =>
  expectGradients({ shapes: { x: [2, 3], mask: [2, 3] }, fn: ({ x, mask }) => dropout(x!, mask!) }));

test("gru and lstm, one step", () =>
  fc.assert(
    fc.asyncProperty(size, size, size, seed, async (b, i, h, s) => {
      const unit = gru(i, h);
      await expectLayerGradients({
        layer: unit,
        inputs: { x: [b, i], h: [b, h] },
        apply: (p, { x, h: state }) => unit.apply(p, { input: x!, state: { h: state! } }).h,
        seed: s,
      });
      const memory = lstm(i, h);
      await expectLayerGradients({
        layer: memory,
        inputs: { x: [b, i], h: [b, h], c: [b, h] },
        apply(p, { x, h: state, c }) {
          const next = memory.apply(p, { input: x!, state: { h: state!, c: c! } });
          return [next.h, next.c];
        },
        seed: s,
      });
    }),
    { numRuns: 5 },
  ));

test("gru and lstm, unrolled", async () => {
  const unit = gru(2, 3);
  await expectLayerGradients({
    layer: unit,
    inputs: { x: [4, 2, 2], h: [2, 3], keep: [4, 2] },
    apply(p, { x, h, keep }) {
      const { outputs, final } = unroll(unit, p, { inputs: x!, start: { h: h! }, keep: keep! });
      return [outputs, final.h];
    },
  });
  const memory = lstm(2, 3);
  await expectLayerGradients({
    layer: memory,
    inputs: { x: [3, 2, 2], h: [2, 3], c: [2, 3], keep: [3, 2] },
    apply(p, { x, h, c, keep }) {
      const { outputs, final } = unroll(memory, p, { inputs: x!, start: { h: h!, c: c! }, keep: keep! });
      return [outputs, final.c];
    },
  });
});

test("multi-head attention, plain, masked and over a memory", async () => {
  const layer = multiHeadAttention(4, 2);
  const causal = constant([1, 0, 0, 1, 1, 0, 1, 1, 1], { dtype: "f64", shape: [3, 3] });
  await expectLayerGradients({
    layer,
    inputs: { query: [2, 3, 4] },
    apply: (p, { query }) => layer.apply(p, { query: query! }),
  });
  await expectLayerGradients({
    layer,
    inputs: { query: [1, 3, 4] },
    apply: (p, { query }) => layer.apply(p, { query: query!, visible: causal }),
  });
  await expectLayerGradients({
    layer,
    inputs: { query: [1, 2, 4], memory: [1, 3, 4] },
    apply: (p, { query, memory }) => layer.apply(p, { query: query!, memory: memory! }),
  });
});

test("attention pooling", async () => {
  const layer = attentionPooling(4);
  await expectLayerGradients({
    layer,
    inputs: { sequence: [2, 3, 4] },
    apply: (p, { sequence }) => layer.apply(p, { sequence: sequence! }),
  });
});
