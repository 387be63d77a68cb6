/** @file The objectives against the losses as they are published: values by hand, gradients by central differences. */
import { describe, expect, it } from "vitest";
import { grad } from "../../../src/graph/autodiff.ts";
import { compile } from "../../../src/graph/compile.ts";
import { spec } from "../../../src/graph/spec.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { policyObjective, valueObjective } from "../../../src/marl/learner/loss.ts";
import { addPolicyMetrics, valueLossOf } from "../../../src/marl/learner/update-metrics.kernel.ts";

const CLIP = 0.2;
const rows = 6;
const vector = spec("f32", [rows]);

/** Log-ratios well inside, below and above the clip range, with both signs of the advantage. */
const oldLogProb = Float32Array.from([-1, -1, -1, -1, -1, -1]);
const logProb = Float32Array.from([-0.95, -0.5, -1.5, -0.5, -1.5, -1.05]);
const advantage = Float32Array.from([1, 2, 3, -2, -3, -1]);

function policyLoss(at: Float32Array): number {
  const out = new Float64Array(5);
  const logRatio = at.map((value, i) => value - oldLogProb[i]!);
  addPolicyMetrics(logRatio, advantage, new Float32Array(0), CLIP, out);
  return out[0]!;
}

function differences(at: Float32Array, loss: (x: Float32Array) => number): number[] {
  return [...at.keys()].map((i) => {
    const move = (by: number): Float32Array => at.map((value, j) => (i === j ? value + by : value));
    return (loss(move(1e-3)) - loss(move(-1e-3))) / 2e-3;
  });
}

describe("the policy objective", () => {
  it("has the gradient of the clipped surrogate, 0 on the clipped side", async () => {
    const gradient = await compile(
      ({ x, old, a, clip }) => ({
        g: grad(
          (y: Tensor) => policyObjective({ logProb: y, oldLogProb: old, advantage: a }, clip).objective,
        )(x),
      }),
      { x: vector, old: vector, a: vector, clip: spec("f32", []) },
    );
    const { g } = await gradient.call({
      x: logProb,
      old: oldLogProb,
      a: advantage,
      clip: Float32Array.of(CLIP),
    });
    differences(logProb, policyLoss).forEach((slope, i) => expect(g[i]).toBeCloseTo(slope, 3));
    // Rows 1 (ratio above, gain wanted) and 4 (ratio below, loss avoided) are clipped.
    expect(Math.abs(g[1]!) + Math.abs(g[4]!)).toBe(0);
    expect(Math.abs(g[2]!)).toBeGreaterThan(0.1);
    await gradient.release();
  });

  it("reports loss, KL and clip fraction as by hand", () => {
    const out = new Float64Array(5);
    const logRatio = Float32Array.of(Math.log(1.5), Math.log(0.5));
    addPolicyMetrics(logRatio, Float32Array.of(1, 1), new Float32Array(0), CLIP, out);
    const k3 = (0.5 - Math.log(1.5) + (-0.5 - Math.log(0.5))) / 2;
    const k1 = -(Math.log(1.5) + Math.log(0.5)) / 2;
    [-(1.2 + 0.5) / 2, k3, k1, 1, 1].forEach((value, i) => expect(out[i]).toBeCloseTo(value, 6));
  });

  it("leaves rows of weight 0 out", () => {
    const out = new Float64Array(5);
    addPolicyMetrics(Float32Array.of(0, 5), Float32Array.of(1, 100), Float32Array.of(1, 0), CLIP, out);
    expect([...out]).toEqual([-1, 0, 0, 0, 1]);
  });
});

describe("the value objective", () => {
  const value = Float32Array.from([0, 0.5, -0.5, 3, -3, 20]);
  const oldValue = Float32Array.from([0, 0, 0, 0.1, 0.1, 0]);
  const target = Float32Array.from([1, 0.4, -1, -1, 1, 0]);

  it.each([
    ["squared", { kind: "squared" }, false],
    ["squared, clipped", { kind: "squared" }, true],
    ["Huber", { kind: "huber", delta: 2 }, false],
    ["Huber, clipped", { kind: "huber", delta: 2 }, true],
  ] as const)("%s: has the gradient of the published loss", async (_, kind, clips) => {
    const loss = (at: Float32Array): number =>
      valueLossOf(
        at,
        clips ? oldValue : new Float32Array(0),
        target,
        new Float32Array(0),
        CLIP,
        kind.kind === "huber" ? kind.delta : Infinity,
      );
    const gradient = await compile(
      ({ v, old, t, clip }) => ({
        g: grad((y: Tensor) =>
          valueObjective({ value: y, oldValue: clips ? old : undefined, target: t }, kind, clip),
        )(v),
      }),
      { v: vector, old: vector, t: vector, clip: spec("f32", []) },
    );
    const { g } = await gradient.call({ v: value, old: oldValue, t: target, clip: Float32Array.of(CLIP) });
    differences(value, loss).forEach((slope, i) => expect(g[i]).toBeCloseTo(slope, 2));
    await gradient.release();
  });

  it("has both of Huber's branches", () => {
    const of = (error: number): number =>
      valueLossOf(
        Float32Array.of(error),
        new Float32Array(0),
        Float32Array.of(0),
        new Float32Array(0),
        CLIP,
        2,
      );
    expect(of(1)).toBe(0.5);
    expect(of(5)).toBe(2 * (5 - 1));
  });
});
