/**
 * @file A whole training step of layers, loss, clipping and Adam: it learns, it is the same bytes on one and two threads,
 * and n steps equal k steps, a safetensors file, a new process's worth of fresh objects, and n - k steps.
 */
import { expect, test } from "vitest";
import { valueAndGrad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import { square, sub } from "../../src/graph/ops/arithmetic.ts";
import { mean } from "../../src/graph/ops/reduction.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { ADAM_COEFFICIENTS, adam, adamState } from "../../src/nn/optimisers/adam.ts";
import { clipByGlobalNorm } from "../../src/nn/optimisers/clip.ts";
import { linearSchedule } from "../../src/nn/schedules.ts";
import { slabOf, weightsOf } from "../../src/nn/weights/parameters.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/nn/weights/safetensors.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

const [rows, inputs, steps] = [64, 3, 40];
const network = mlp({ sizes: [inputs, 32, 32], head: { size: 1, gain: 1 }, normaliseInput: true });
const layout = parameterLayout(network.parameters);
const learningRate = linearSchedule(0.01, 0.001, steps);
const x = Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * 1.7));
const target = Float32Array.from(
  { length: rows },
  (_, i) => Math.sin(3 * x[i * inputs]!) * x[i * inputs + 1]!,
);

/** All that a run is between two steps. */
interface Run {
  readonly slab: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  readonly step: number;
  readonly losses: readonly number[];
}

const start = (): Run => ({
  slab: initialise(network.parameters, keyFromSeed(1)),
  ...adamState(layout.size),
  step: 0,
  losses: [],
});

async function train(run: Run, until: number, threads: number): Promise<Run> {
  const optimiser = adam();
  const slab = spec("f32", [layout.size]);
  await using update = await compile(
    (given) => {
      const { value, gradient } = valueAndGrad((flat: Tensor) =>
        mean(square(sub(network.apply(layout.unpack(flat), given.x), given.target))),
      )(given.slab);
      const clipped = clipByGlobalNorm(gradient, 0.5);
      const { first, second, coefficients } = given;
      const state = { first, second };
      const next = optimiser.update({
        parameters: given.slab,
        gradient: clipped.gradient,
        state,
        coefficients,
      });
      return { slab: next.parameters, ...next.state, loss: value };
    },
    {
      slab,
      first: slab,
      second: slab,
      coefficients: spec("f32", [ADAM_COEFFICIENTS]),
      x: spec("f32", [rows, inputs]),
      target: spec("f32", [rows, 1]),
    },
    { threads },
  );
  const coefficients = new Float32Array(ADAM_COEFFICIENTS);
  let now = run;
  while (now.step < until) {
    optimiser.coefficients(now.step + 1, learningRate(now.step), coefficients);
    const { slab: parameters, first, second } = now;
    const next = await update.call({ slab: parameters, first, second, coefficients, x, target });
    now = {
      slab: next.slab as Float32Array,
      first: next.first as Float32Array,
      second: next.second as Float32Array,
      step: now.step + 1,
      losses: [...now.losses, Number(next.loss[0])],
    };
  }
  return now;
}

test("forty steps cut the loss to a tenth", async () => {
  const { losses } = await train(start(), steps, 1);
  expect(losses.at(-1)!).toBeLessThan(0.1 * losses[0]!);
});

test("one and two threads give the same bytes", async () => {
  expect(await train(start(), steps, 2)).toEqual(await train(start(), steps, 1));
});

test("a run that went through a file continues bit for bit", async () => {
  const whole = await train(start(), steps, 1);
  for (const k of [1, 17, 39]) {
    const half = await train(start(), k, 1);
    const files = [half.slab, half.first, half.second].map((slab) =>
      encodeSafetensors({
        tensors: weightsOf(layout, slab),
        metadata: new Map([["step", String(half.step)]]),
      }),
    );
    const [slab, first, second] = files.map((file) => slabOf(layout, decodeSafetensors(file)));
    const step = Number(decodeSafetensors(files[0]!).metadata.get("step"));
    const resumed = { slab: slab!, first: first!, second: second!, step, losses: half.losses };
    expect(await train(resumed, steps, 1)).toEqual(whole);
  }
});
