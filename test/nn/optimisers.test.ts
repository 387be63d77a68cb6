/** @file Adam, AdamW and clipping against hand computation and plain loops. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { spec } from "../../src/graph/spec.ts";
import { ADAM_COEFFICIENTS, type AdamOptions, adam, adamState } from "../../src/nn/optimisers/adam.ts";
import { clipByGlobalNorm } from "../../src/nn/optimisers/clip.ts";

/** Runs the compiled update over a list of gradients; returns the parameters after each. */
async function run(
  options: AdamOptions,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  learningRate: number,
): Promise<Float32Array[]> {
  const optimiser = adam(options);
  const slab = spec("f32", [start.length]);
  await using step = await compile(
    ({ parameters, gradient, first, second, coefficients }) => {
      const next = optimiser.update({ parameters, gradient, state: { first, second }, coefficients });
      return { parameters: next.parameters, ...next.state };
    },
    {
      parameters: slab,
      gradient: slab,
      first: slab,
      second: slab,
      coefficients: spec("f32", [ADAM_COEFFICIENTS]),
    },
  );
  let parameters: Float32Array = Float32Array.from(start);
  let state = adamState(start.length);
  const coefficients = new Float32Array(ADAM_COEFFICIENTS);
  const path: Float32Array[] = [];
  for (const [i, gradient] of gradients.entries()) {
    optimiser.coefficients(i + 1, learningRate, coefficients);
    const next = await step.call({
      parameters,
      gradient: Float32Array.from(gradient),
      ...state,
      coefficients,
    });
    parameters = next.parameters as Float32Array;
    state = { first: next.first as Float32Array, second: next.second as Float32Array };
    path.push(parameters);
  }
  return path;
}

/** Algorithm 1 of the paper, in float64, as written there; decay as in algorithm 2 of the AdamW paper. */
function published(
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-5, weightDecay = 0 }: AdamOptions,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  learningRate: number,
): number[][] {
  const p = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  let [power1, power2] = [1, 1];
  return gradients.map((gradient) => {
    power1 *= beta1;
    power2 *= beta2;
    gradient.forEach((g, i) => {
      const first = beta1 * m[i]! + (1 - beta1) * g;
      const second = beta2 * v[i]! + (1 - beta2) * g * g;
      [m[i], v[i]] = [first, second];
      const step = first / (1 - power1) / (Math.sqrt(second / (1 - power2)) + epsilon);
      p[i] = p[i]! * (1 - learningRate * weightDecay) - learningRate * step;
    });
    return [...p];
  });
}

test("three steps computed by hand, within 1e-7", async () => {
  // g = 0.1, -0.2, 0.3; lr 1e-3; epsilon 1e-5; beta 0.9, 0.999.
  // t = 1: m = .01, v = 1e-5; m^ = .1, v^ = .01;                      p = .5 - 1e-3 .1 / (.1 + 1e-5) = .4990000999900010
  // t = 2: m = -.011, v = 4.999e-5; m^ = -.0578947368, v^ = .0250075038; p += 1e-3 .0578947368 / (.1581376 + 1e-5)
  // t = 3: m = .0201, v = 1.3994001e-4; m^ = .0741697417, v^ = .0466933; p -= 1e-3 .0741697417 / (.2160862 + 1e-5)
  const path = await run({}, [0.5], [[0.1], [-0.2], [0.3]], 1e-3);
  const byHand = [0.499000099990001, 0.4993661804, 0.4990229552];
  path.forEach((parameters, i) => expect(Math.abs(parameters[0]! - byHand[i]!)).toBeLessThan(1e-7));
});

test("the first step has the size of the learning rate, whatever the scale of the gradient", async () => {
  const [first] = await run({ epsilon: 1e-12 }, [0, 0, 0], [[1e-4, -3, 1000]], 0.01);
  expect([...first!].map((x) => Number(x.toFixed(6)))).toEqual([-0.01, 0.01, -0.01]);
});

test("Adam and AdamW equal the published algorithms over many steps", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        epsilon: fc.constantFrom(1e-5, 1e-8),
        weightDecay: fc.constantFrom(0, 0.1),
        beta2: fc.constantFrom(0.999, 0.95),
      }),
      fc.array(fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }), {
        minLength: 30,
        maxLength: 30,
      }),
      async (options, gradients) => {
        // Gradients below float32's normal range would compare rounding, not Adam.
        const used = gradients.map((row) => row.map((g) => Math.fround(Math.abs(g) < 1e-6 ? 0 : g)));
        const start = [0.3, -1, 2];
        const found = await run(options, start, used, 3e-4);
        const expected = published(options, start, used, 3e-4);
        found.at(-1)!.forEach((x, i) => expect(Math.abs(x - expected.at(-1)![i]!)).toBeLessThan(2e-6));
      },
    ),
    { numRuns: 10 },
  ));

describe("clipByGlobalNorm", () => {
  const clip = async (
    gradient: readonly number[],
    limit: number,
  ): Promise<{ gradient: number[]; norm: number }> => {
    await using compiled = await compile(({ g }) => ({ ...clipByGlobalNorm(g, limit) }), {
      g: spec("f64", [gradient.length]),
    });
    const found = await compiled.call({ g: Float64Array.from(gradient) });
    return { gradient: Array.from(found.gradient, Number), norm: Number(found.norm[0]) };
  };

  test("keeps the direction and brings the norm to the limit, or leaves the gradient alone", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        async (gradient, limit) => {
          const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
          const found = await clip(gradient, limit);
          expect(found.norm).toBeCloseTo(norm, 9);
          const after = Math.sqrt(found.gradient.reduce((sum, g) => sum + g * g, 0));
          expect(after).toBeLessThanOrEqual(limit);
          const scale = Math.min(1, limit / (norm + 1e-6));
          found.gradient.forEach((g, i) => expect(g).toBeCloseTo(gradient[i]! * scale, 9));
        },
      ),
      { numRuns: 20 },
    ));

  test("a zero gradient stays zero", async () => {
    expect(await clip([0, 0], 0.5)).toEqual({ gradient: [0, 0], norm: 0 });
  });
});
