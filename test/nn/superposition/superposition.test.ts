/**
 * @file The superposition block: conservation laws, reduction to a softmax mixture, golden values, gradients, masks, start.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/graph/compile.ts";
import { grad } from "../../../src/graph/autodiff.ts";
import { sum } from "../../../src/graph/ops/broadcast.ts";
import { slice } from "../../../src/graph/ops/window.ts";
import { constant } from "../../../src/graph/ops/constant.ts";
import { concat } from "../../../src/graph/ops/joining.ts";
import { add, mul } from "../../../src/graph/ops/arithmetic.ts";
import { spec } from "../../../src/graph/spec.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { initialise, parameterLayout } from "../../../src/nn/layers/layer.ts";
import { interference, type InterferenceKind } from "../../../src/nn/superposition/interference.ts";
import { loadBalance } from "../../../src/nn/superposition/load-balance.ts";
import { superpositionMetrics } from "../../../src/nn/superposition/metrics.kernel.ts";
import { superposition, type SuperpositionOptions } from "../../../src/nn/superposition/superposition.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { evaluate } from "../evaluate.ts";
import { expectLayerGradients } from "../layer-harness.ts";

const householder: InterferenceKind = { kind: "householder", reflections: 3 };
const kinds: readonly InterferenceKind[] = [householder, { kind: "cayley" }, { kind: "identity" }];
const whole: SuperpositionOptions = { width: 16, roles: 4, states: 8, actions: 5, features: 32 };

const normals = (count: number, seed: number, scale = 1): Float32Array => {
  const random = Generator.fromKey(keyFromSeed(seed));
  return Float32Array.from({ length: count }, () => scale * random.normal());
};

/** A block with random parameters, run on random rows; every third action of a row is illegal, HOLD (2) never. */
async function runBlock(options: SuperpositionOptions, rows: number, seed: number, scale: number) {
  const block = superposition(options);
  const layout = parameterLayout(block.parameters);
  await using compiled = await compile(
    ({ flat, trunk, role, legal }) => {
      const out = block.apply(layout.unpack(flat), { trunk, role, legal });
      return { ...out, amplitudes: { ...out.amplitudes } };
    },
    {
      flat: spec("f32", [layout.size]),
      trunk: spec("f32", [rows, options.width]),
      role: spec("f32", [rows, options.roles]),
      legal: spec("f32", [rows, options.actions]),
    },
  );
  const legal = Float32Array.from({ length: rows * options.actions }, (_, i) =>
    i % options.actions === 2 || (i * 7 + seed) % 3 > 0 ? 1 : 0,
  );
  const outputs = await compiled.call({
    flat: normals(layout.size, seed, scale),
    trunk: normals(rows * options.width, seed + 1),
    role: Float32Array.from({ length: rows * options.roles }, (_, i) =>
      i % options.roles === Math.floor(i / options.roles) % options.roles ? 1 : 0,
    ),
    legal,
  });
  return { outputs: outputs as unknown as Record<string, Float32Array>, legal };
}

describe("laws", () => {
  test("weights and policy add up to 1, illegal actions have probability exactly 0, metrics stay in bounds", () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...kinds),
        fc.nat(1000),
        fc.constantFrom(0.1, 1, 3),
        async (kind, seed, scale) => {
          const rows = 6;
          const { outputs, legal } = await runBlock({ ...whole, interference: kind }, rows, seed, scale);
          const { weights, bareWeights, components, logProbs } = outputs;
          for (let row = 0; row < rows; row += 1) {
            const p = weights!.subarray(row * 8, row * 8 + 8);
            const pi = logProbs!.subarray(row * 5, row * 5 + 5).map(Math.exp);
            expect(Math.abs(p.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
            expect(Math.abs(pi.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-6);
            pi.forEach((probability, a) => {
              if (legal[row * 5 + a] === 0) expect(probability).toBe(0);
            });
            const metrics = superpositionMetrics({
              weights: p,
              bareWeights: bareWeights!.subarray(row * 8, row * 8 + 8),
              components: components!.subarray(row * 40, row * 40 + 40),
            });
            const slack = 1e-5;
            expect(metrics.entropy).toBeGreaterThanOrEqual(0);
            expect(metrics.entropy).toBeLessThanOrEqual(Math.log(8) + slack);
            expect(metrics.purity).toBeLessThanOrEqual(1 + slack);
            expect(metrics.participation).toBeGreaterThanOrEqual(1 - slack);
            expect(metrics.participation).toBeLessThanOrEqual(8 + slack);
            expect(metrics.coherence).toBeGreaterThanOrEqual(-slack);
            expect(metrics.coherence).toBeLessThanOrEqual(1 + slack);
            expect(metrics.disagreement).toBeGreaterThanOrEqual(0);
            expect(metrics.interferenceGain).toBeLessThanOrEqual(1 + slack);
            if (kind.kind === "identity") expect(metrics.interferenceGain).toBeLessThan(1e-6);
          }
        },
      ),
      { numRuns: 12 },
    ));

  test("illegal logits of every component get no gradient at all", async () => {
    const block = superposition({ width: 3, roles: 1, states: 2, actions: 3, features: 8 });
    const layout = parameterLayout(block.parameters);
    const at = layout.entries.find(({ path }) => path === "components.bias")!;
    await using compiled = await compile(
      ({ flat, trunk }) => ({
        slope: grad((parameters: Tensor) => {
          const legal = constant([1, 0, 1], { dtype: "f32", shape: [1, 3] });
          const role = constant([1], { dtype: "f32", shape: [1, 1] });
          const { logProbs } = block.apply(layout.unpack(parameters), { trunk, role, legal });
          return sum(mul(slice(logProbs, { axis: 1, start: 0, end: 1 }), 1));
        })(flat),
      }),
      { flat: spec("f32", [layout.size]), trunk: spec("f32", [1, 3]) },
    );
    const { slope } = await compiled.call({ flat: normals(layout.size, 3), trunk: normals(3, 4) });
    const bias = Array.from(slope.subarray(at.offset, at.offset + 6), Number);
    expect([bias[1], bias[4]]).toEqual([0, 0]);
    expect(Math.min(...[0, 2, 3, 5].map((i) => Math.abs(bias[i]!)))).toBeGreaterThan(0);
    expect(slope.every((x) => Number.isFinite(x))).toBe(true);
  });
});

/** U as 2K rows of amplitudes: the images of e_k and of i e_k. */
async function unitary(kind: InterferenceKind, states: number, flat: Float32Array): Promise<Float32Array> {
  const mixing = interference(kind, states);
  const layout = parameterLayout(mixing.parameters);
  const unit = Float32Array.from({ length: 2 * states * states }, (_, i) =>
    Math.floor(i / states) % states === i % states ? 1 : 0,
  );
  const phase = Float32Array.from({ length: 2 * states * states }, (_, i) =>
    i < states * states ? 0 : Math.PI / 2,
  );
  await using compiled = await compile(
    (inputs) => {
      const parameters = layout.unpack(inputs.flat);
      const { real, imaginary } = mixing.apply(parameters, inputs);
      return { image: concat([real, imaginary], 1) };
    },
    {
      flat: spec("f32", [layout.size]),
      modulus: spec("f32", [2 * states, states]),
      phase: spec("f32", [2 * states, states]),
    },
  );
  return (await compiled.call({ flat, modulus: unit, phase })).image as Float32Array;
}

/** Largest |M M^T - I| of a square matrix. */
function distanceFromOrthogonal(matrix: Float32Array, n: number): number {
  let worst = 0;
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      let dot = 0;
      for (let k = 0; k < n; k += 1) dot += matrix[i * n + k]! * matrix[j * n + k]!;
      worst = Math.max(worst, Math.abs(dot - (i === j ? 1 : 0)));
    }
  }
  return worst;
}

describe("interference", () => {
  test("U is unitary to 1e-6 in float32, whatever its parameters", () =>
    fc.assert(
      fc.asyncProperty(fc.constantFrom(...kinds.slice(0, 2)), fc.nat(1000), async (kind, seed) => {
        const layout = parameterLayout(interference(kind, 8).parameters);
        const image = await unitary(kind, 8, normals(layout.size, seed));
        expect(distanceFromOrthogonal(image, 16)).toBeLessThan(1e-6);
      }),
      { numRuns: 12 },
    ));

  test("it starts as a diagonal of signs (Householder) and as the identity (Cayley)", async () => {
    for (const kind of kinds.slice(0, 2)) {
      const image = await unitary(kind, 8, initialise(interference(kind, 8).parameters, keyFromSeed(5)));
      image.forEach((value, i) => {
        const expected = i % 17 === 0 ? (kind.kind === "householder" && i % 8 === 0 ? -1 : 1) : 0;
        expect(value).toBeCloseTo(expected, 5);
      });
    }
  });

  test("two states, one real reflection: phases decide which component is left", async () => {
    const mixing = interference({ kind: "householder", reflections: 1 }, 2);
    const root = Math.SQRT1_2;
    const run = async (phase: readonly number[]): Promise<number[]> =>
      evaluate(
        ({ phase, modulus, reflectors, theta }) => {
          const { real, imaginary } = mixing.apply(
            { reflectors: reflectors!, theta: theta! },
            { modulus: modulus!, phase: phase! },
          );
          return add(mul(real, real), mul(imaginary, imaginary));
        },
        { phase: [phase], modulus: [[root, root]], reflectors: [[1 - root, -root, 0, 0]], theta: [0, 0] },
      );
    const cases = [
      { phase: [0, 0], weights: [1, 0], gain: 0.5, coherence: 0 },
      { phase: [0, Math.PI], weights: [0, 1], gain: 0.5, coherence: 0 },
      { phase: [0, Math.PI / 2], weights: [0.5, 0.5], gain: 0, coherence: 1 },
    ];
    for (const { phase, weights, gain, coherence } of cases) {
      const found = await run(phase);
      found.forEach((p, k) => expect(p).toBeCloseTo(weights[k]!, 12));
      const metrics = superpositionMetrics({ weights: found, bareWeights: [0.5, 0.5], components: [0, 0] });
      expect(metrics.interferenceGain).toBeCloseTo(gain, 12);
      expect(metrics.coherence).toBeCloseTo(coherence, 6);
    }
  });
});

test("U = I gives the real softmax mixture, whatever the phases", async () => {
  const options = { ...whole, interference: { kind: "identity" } as const };
  const { outputs } = await runBlock(options, 6, 11, 1);
  const { bareWeights, components, logProbs, weights } = outputs;
  weights!.forEach((p, i) => expect(p).toBeCloseTo(bareWeights![i]!, 6));
  for (let row = 0; row < 6; row += 1) {
    for (let a = 0; a < 5; a += 1) {
      let mixed = 0;
      for (let k = 0; k < 8; k += 1)
        mixed += bareWeights![row * 8 + k]! * Math.exp(components![(row * 8 + k) * 5 + a]!);
      expect(Math.exp(logProbs![row * 5 + a]!)).toBeCloseTo(mixed, 6);
    }
  }
});

test("gradients of the whole block, of every kind of U, against central differences", async () => {
  for (const kind of kinds) {
    const layer = superposition({
      width: 3,
      roles: 2,
      states: 3,
      actions: 3,
      features: 10,
      interference: kind,
    });
    await expectLayerGradients({
      layer,
      inputs: { trunk: [2, 3] },
      apply: (parameters, { trunk }) => {
        const role = constant([1, 0, 0, 1], { dtype: "f64", shape: [2, 2] });
        const legal = constant([1, 1, 1, 1, 1, 1], { dtype: "f64", shape: [2, 3] });
        const { logProbs, features, weights } = layer.apply(parameters, { trunk: trunk!, role, legal });
        return [logProbs, features, weights];
      },
    });
  }
});

test("at the start every component is in use and the policy is nearly uniform", async () => {
  const options = { ...whole, width: 128, features: 256 };
  const block = superposition(options);
  const layout = parameterLayout(block.parameters);
  const rows = 200;
  await using compiled = await compile(
    ({ flat, trunk, role, legal }) => {
      const { weights, bareWeights, logProbs, components } = block.apply(layout.unpack(flat), {
        trunk,
        role,
        legal,
      });
      return { weights, bareWeights, logProbs, components };
    },
    {
      flat: spec("f32", [layout.size]),
      trunk: spec("f32", [rows, 128]),
      role: spec("f32", [rows, 4]),
      legal: spec("f32", [rows, 5]),
    },
  );
  const out = (await compiled.call({
    flat: initialise(block.parameters, keyFromSeed(1)),
    trunk: normals(rows * 128, 2),
    role: Float32Array.from({ length: rows * 4 }, (_, i) => (i % 4 === 0 ? 1 : 0)),
    legal: new Float32Array(rows * 5).fill(1),
  })) as unknown as Record<string, Float32Array>;
  for (let row = 0; row < rows; row += 1) {
    const metrics = superpositionMetrics({
      weights: out["weights"]!.subarray(row * 8, row * 8 + 8),
      bareWeights: out["bareWeights"]!.subarray(row * 8, row * 8 + 8),
      components: out["components"]!.subarray(row * 40, row * 40 + 40),
    });
    expect(metrics.participation).toBeGreaterThanOrEqual(0.9 * 8);
    expect(metrics.interferenceGain).toBeLessThan(1e-5);
    const entropy = out["logProbs"]!.subarray(row * 5, row * 5 + 5).reduce((h, x) => h - Math.exp(x) * x, 0);
    expect(entropy).toBeGreaterThan(0.99 * Math.log(5));
  }
});

describe("golden values", () => {
  const p = [0.75, 0.25];
  const heads = [0.7, 0.1, 0.1, 0.05, 0.05, 0.1, 0.7, 0.1, 0.05, 0.05];

  test("disagreement of two components", () => {
    const { disagreement } = superpositionMetrics({
      weights: p,
      bareWeights: p,
      components: heads.map(Math.log),
    });
    expect(disagreement).toBeCloseTo(0.1954529706, 10);
  });

  test("uniform weights", () => {
    const quarter = [0.25, 0.25, 0.25, 0.25];
    const metrics = superpositionMetrics({
      weights: quarter,
      bareWeights: quarter,
      components: [0, 0, 0, 0],
    });
    expect(metrics.entropy).toBeCloseTo(1.3862943611, 10);
    expect(metrics.purity).toBeCloseTo(0.25, 12);
    expect(metrics.participation).toBeCloseTo(4, 12);
  });

  test("load balance is 0 for weights that are uniform on average, ln K when one component has all", async () => {
    const balanced = await evaluate(({ w }) => loadBalance(w!), {
      w: [
        [1, 0],
        [0, 1],
      ],
    });
    const collapsed = await evaluate(({ w }) => loadBalance(w!), {
      w: [
        [1, 0],
        [1, 0],
      ],
    });
    expect(balanced[0]).toBeCloseTo(0, 10);
    expect(collapsed[0]).toBeCloseTo(Math.log(2), 10);
  });
});
