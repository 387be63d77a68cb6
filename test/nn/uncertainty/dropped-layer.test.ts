/**
 * @file The layer between two masks without a product per pass: against masks as inputs of the graph and against plain
 * arithmetic, over shapes, rates, chunks, weights that change, and sizes that its vectors do not fit.
 */
import { expect, test } from "vitest";
import { exp, gelu } from "../../../src/graph/ops/elementwise.ts";
import { logSoftmax } from "../../../src/graph/ops/softmax.ts";
import { layerNorm } from "../../../src/nn/layers/layer-norm.ts";
import { initialise, type Parameters } from "../../../src/nn/layers/layer.ts";
import { linear } from "../../../src/nn/layers/linear.ts";
import { type DropoutModule, dropoutOverPasses } from "../../../src/nn/uncertainty/dropout-module.ts";
import { DroppedLayer, fitsDroppedLayer } from "../../../src/nn/uncertainty/dropped-layer.kernel.ts";
import { fillPassMasks, keptShare } from "../../../src/nn/uncertainty/masks.kernel.ts";
import { createMcDropout } from "../../../src/nn/uncertainty/mc-dropout.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";

const ACTIONS = 5;
const random = Generator.fromKey(keyFromSeed(21));
const normals = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, () => scale * random.normal());

/** Features under a mask, a dense layer, its output under another, logits. */
function moduleOf(inputs: number, outputs: number): DropoutModule {
  const [dense, norm, head] = [linear(inputs, outputs), layerNorm(outputs), linear(outputs, ACTIONS)];
  const part = (parameters: Parameters, name: string): never => parameters[name] as never;
  return {
    parameters: { dense: dense.parameters, norm: norm.parameters, head: head.parameters },
    maskWidths: [inputs, outputs],
    encode: (_, x) => ({ x }),
    logProbs(parameters, { x }, masks) {
      const rows = x!.shape[0]!;
      const lifted = dense.apply(part(parameters, "dense"), dropoutOverPasses(x!, masks[0], rows));
      const active = gelu(norm.apply(part(parameters, "norm"), lifted));
      return logSoftmax(head.apply(part(parameters, "head"), dropoutOverPasses(active, masks[1], rows)));
    },
    between: {
      input: ({ x }) => x!,
      layer: (parameters) => ({ dense: part(parameters, "dense"), norm: part(parameters, "norm") }),
      probabilities: (parameters, _, passes) => exp(logSoftmax(head.apply(part(parameters, "head"), passes))),
    },
  };
}

const shapes = [
  { rows: 4, inputs: 128, outputs: 128, rate: 0.1 },
  { rows: 3, inputs: 128, outputs: 64, rate: 0.15 },
  { rows: 3, inputs: 64, outputs: 32, rate: 0.5 },
  { rows: 4, inputs: 2, outputs: 8, rate: 0.99 },
  { rows: 4, inputs: 16, outputs: 8, rate: 0 },
  { rows: 3, inputs: 6, outputs: 10, rate: 0.1 },
] as const;

test.each(shapes)("$rows rows, $inputs to $outputs at $rate", async ({ inputs, outputs, rate, rows }) => {
  const module = moduleOf(inputs, outputs);
  const { between: _, ...masked } = module;
  const slab = initialise(module.parameters, keyFromSeed(3)).map((x) => x + 0.1 * random.normal());
  const x = normals(rows * inputs);
  const sizes = { rows, features: inputs, actions: ACTIONS, rate };
  const options = { numSamples: 50, decision: foldIn(keyFromSeed(1), "bar-3") };
  const passes = [];
  for (const one of [
    { module: masked, chunk: 50 },
    { module, chunk: 50 },
    { module, chunk: 50, weights: slab },
    { module, chunk: 7 },
  ]) {
    await using network = await createMcDropout({ ...sizes, ...one });
    // An earlier decision on other weights must leave nothing behind.
    await network.performMcDropoutSampling(
      slab.map((w) => -w),
      x,
      options,
    );
    await network.performMcDropoutSampling(slab, x, options);
    passes.push(network.passes.probabilities.slice(0, 50 * rows * ACTIONS));
  }
  const [expected, ...found] = passes;
  for (const one of found) {
    expect(Math.max(...one.map((p, i) => Math.abs(p - expected![i]!)))).toBeLessThan(2e-6);
  }
});

test("activations are those of exact arithmetic, from far below zero to far above", () => {
  const [inputs, outputs, rows, count] = [8, 32, 2, 40];
  const keep = keptShare(0.7);
  const layer = new DroppedLayer({ passes: count, rows, inputs, outputs, keep });
  const { base, scale, shift, table } = layer.arrays;
  table.set(normals(table.length));
  base.set(normals(base.length));
  scale.set(normals(scale.length, 3));
  shift.set(normals(shift.length, 4));
  layer.run(Generator.fromKey(keyFromSeed(5)), count);
  const masks = new Float32Array(count * (inputs + outputs));
  fillPassMasks(Generator.fromKey(keyFromSeed(5)), keep, masks);
  let worst = 0;
  for (let t = 0; t < count; t += 1) {
    const mask = masks.subarray(t * (inputs + outputs), (t + 1) * (inputs + outputs));
    for (let row = 0; row < rows; row += 1) {
      const sums = Array.from({ length: outputs }, (_, j) => {
        let sum = base[row * outputs + j]!;
        for (let i = 0; i < inputs; i += 1) if (mask[i] === 0) sum -= table[(i * rows + row) * outputs + j]!;
        return sum;
      });
      const centre = sums.reduce((a, b) => a + b) / outputs;
      const variance = sums.reduce((a, b) => a + (b - centre) * (b - centre), 0) / outputs;
      sums.forEach((sum, j) => {
        const z = ((sum - centre) / Math.sqrt(variance + 1e-5)) * scale[j]! + shift[j]!;
        const expected = z * normalShare(z) * mask[inputs + j]!;
        const found = layer.out[(t * rows + row) * outputs + j]!;
        worst = Math.max(worst, Math.abs(found - expected) / (1 + Math.abs(z)));
      });
    }
  }
  expect(worst).toBeLessThan(1e-6);
});

/** Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/15 + ...): all terms of one sign, none cancels. */
function normalShare(z: number): number {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let [sum, term] = [z, z];
  for (let n = 3; n < 401; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

test("says which sizes fit its vectors", () => {
  expect(fitsDroppedLayer({ rows: 4, outputs: 128, keep: 0.9 })).toBe(true);
  expect(fitsDroppedLayer({ rows: 4, outputs: 128, keep: 0.4 })).toBe(false);
  expect(fitsDroppedLayer({ rows: 4, outputs: 130, keep: 0.9 })).toBe(false);
  expect(fitsDroppedLayer({ rows: 3, outputs: 16, keep: 0.9 })).toBe(false);
  expect(fitsDroppedLayer({ rows: 8, outputs: 4, keep: 0.9 })).toBe(false);
});
