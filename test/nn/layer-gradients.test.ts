/** @file Every layer's gradients, for parameters and inputs, agree with central differences in float64 within 1e-6. */
import fc from "fast-check";
import { test } from "vitest";
import { attentionPooling, multiHeadAttention } from "../../src/nn/layers/attention.ts";
import { conv1d } from "../../src/nn/layers/conv1d.ts";
import { dropout } from "../../src/nn/layers/dropout.ts";
import { embedding } from "../../src/nn/layers/embedding.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { type LayerNormParameters, layerNorm } from "../../src/nn/layers/layer-norm.ts";
import type { Layer } from "../../src/nn/layers/layer.ts";
import { type LinearParameters, linear } from "../../src/nn/layers/linear.ts";
import { normalisedLinear } from "../../src/nn/layers/normalised-linear.ts";
import { lstm } from "../../src/nn/layers/lstm.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { unroll } from "../../src/nn/layers/recurrent.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { expectGradients } from "./gradient-check.ts";
import { evaluateLayer, expectLayerGradients } from "./layer-harness.ts";
import { expectClose } from "./plain.ts";

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

test("normalisation folded into a linear layer: the numbers of both apart, and the gradients", async () => {
  type Both = { readonly norm: LayerNormParameters; readonly layer: LinearParameters };
  const [norm, layer] = [layerNorm(5), linear(5, 3)];
  const both: Layer<Both> = {
    parameters: { norm: norm.parameters, layer: layer.parameters },
    apply: (p, x) => normalisedLinear(p.norm, p.layer)(x),
  };
  const inputs = { x: [2, 4, 5] };
  const { outputs } = await evaluateLayer({
    layer: both,
    inputs,
    apply: (p, { x }) => [both.apply(p, x!), layer.apply(p.layer, norm.apply(p.norm, x!))],
  });
  expectClose(outputs[0]!, outputs[1]!);
  await expectLayerGradients({ layer: both, inputs, apply: (p, { x }) => both.apply(p, x!) });
});

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

test("gru and lstm, unrolled over any number of steps, resets included", () =>
  fc.assert(
    fc.asyncProperty(size, size, size, size, seed, async (t, b, i, h, s) => {
      const unit = gru(i, h);
      await expectLayerGradients({
        layer: unit,
        inputs: { x: [t, b, i], h: [b, h], keep: [t, b] },
        apply(p, { x, h: start, keep }) {
          const { outputs, final } = unroll(unit, p, { inputs: x!, start: { h: start! }, keep: keep! });
          return [outputs, final.h];
        },
        seed: s,
      });
      const memory = lstm(i, h);
      await expectLayerGradients({
        layer: memory,
        inputs: { x: [t, b, i], h: [b, h], c: [b, h], keep: [t, b] },
        apply(p, { x, h: start, c, keep }) {
          const { outputs, final } = unroll(memory, p, {
            inputs: x!,
            start: { h: start!, c: c! },
            keep: keep!,
          });
          return [outputs, final.c];
        },
        seed: s,
      });
    }),
    { numRuns: 4 },
  ));

test("multi-head attention over itself or a memory, with and without a mask", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({ b: size, t: size, s: size, heads: fc.integer({ min: 1, max: 2 }), part: size }),
      fc.boolean(),
      seed,
      async ({ b, t, s, heads, part }, masked, start) => {
        const width = heads * part;
        const layer = multiHeadAttention(width, heads);
        // Every query sees at least the first place.
        const flags = Array.from({ length: t * s }, (_, i) => (i % s === 0 || (i + start) % 3 > 0 ? 1 : 0));
        const visible = masked ? { visible: constant(flags, { dtype: "f64", shape: [t, s] }) } : {};
        await expectLayerGradients({
          layer,
          inputs: { query: [b, t, width], memory: [b, s, width] },
          apply: (p, { query, memory }) => layer.apply(p, { query: query!, memory: memory!, ...visible }),
          seed: start,
        });
        await expectLayerGradients({
          layer,
          inputs: { query: [b, t, width] },
          apply: (p, { query }) => layer.apply(p, { query: query! }),
          seed: start,
        });
      },
    ),
    { numRuns: 6 },
  ));

test("attention pooling", () =>
  fc.assert(
    fc.asyncProperty(size, size, size, seed, async (b, t, width, s) => {
      const layer = attentionPooling(width);
      await expectLayerGradients({
        layer,
        inputs: { sequence: [b, t, width] },
        apply: (p, { sequence }) => layer.apply(p, { sequence: sequence! }),
        seed: s,
      });
    }),
    few,
  ));
