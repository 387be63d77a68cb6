/** @file The fused GRU gives the numbers of the unrolled one, has no derivative, and keeps the batch open in a file. */
import * as ort from "onnxruntime-node";
import fc from "fast-check";
import { expect, test } from "vitest";
import { grad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { gruWindow } from "../../src/nn/layers/gru-window.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { unroll } from "../../src/nn/layers/recurrent.ts";
import { exportPolicy } from "../../src/nn/weights/policy-file.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

const size = fc.integer({ min: 1, max: 6 });

test("equals the unrolled cell from a zero state within 1e-6", () =>
  fc.assert(
    fc.asyncProperty(size, size, size, size, fc.nat(1000), async (steps, samples, inputs, hidden, seed) => {
      const cell = gru(inputs, hidden);
      const layout = parameterLayout(cell.parameters);
      const zeros = (...shape: number[]): Tensor =>
        constant(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });
      const keep = constant(new Float32Array(steps * samples).fill(1), { shape: [steps, samples] });
      await using both = await compile(
        ({ flat, x }) => ({
          fused: gruWindow(layout.unpack(flat), x),
          unrolled: unroll(cell, layout.unpack(flat), {
            inputs: x,
            start: { h: zeros(samples, hidden) },
            keep,
          }).outputs,
        }),
        { flat: spec("f32", [layout.size]), x: spec("f32", [steps, samples, inputs]) },
      );
      const random = Generator.fromKey(keyFromSeed(seed));
      const { fused, unrolled } = await both.call({
        // Biases too must be other than zero for the order of the gates to show.
        flat: Float32Array.from({ length: layout.size }, () => random.normal()),
        x: Float32Array.from({ length: steps * samples * inputs }, () => random.normal()),
      });
      fused.forEach((value, i) => expect(Math.abs(value - unrolled[i]!)).toBeLessThanOrEqual(1e-6));
    }),
    { numRuns: 10 },
  ));

test("refuses to be differentiated", () => {
  const layout = parameterLayout(gru(2, 3).parameters);
  const x = constant(new Float32Array(4), { shape: [2, 1, 2] });
  const flat = constant(new Float32Array(layout.size));
  expect(() => grad((p: Tensor) => sum(gruWindow(layout.unpack(p), x)))(flat)).toThrowError(
    /NOT_DIFFERENTIABLE.*gruWindow/s,
  );
});

test("keeps the batch open in an exported file", async () => {
  const cell = gru(2, 3);
  const layout = parameterLayout(cell.parameters);
  const file = exportPolicy({
    inputs: { window: spec("f32", [5, -1, 2]) },
    layout,
    slab: initialise(cell.parameters, keyFromSeed(1)),
    apply: (parameters, { window }) => ({ h: gruWindow(parameters, window) }),
    card: { features: {}, schemaVersion: "1", hashes: {} },
  });
  const session = await ort.InferenceSession.create(file);
  const window = new ort.Tensor("float32", new Float32Array(5 * 4 * 2).fill(0.3), [5, 4, 2]);
  const { h } = await session.run({ window });
  expect(h!.dims).toEqual([5, 4, 3]);
  await session.release();
});
