/** @file Promises of the layers' documentation: causality, starts that depend on key and path, dropout masks. */
import { describe, expect, test } from "vitest";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { conv1d } from "../../src/nn/layers/conv1d.ts";
import { fillDropoutMask } from "../../src/nn/layers/dropout.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { linear } from "../../src/nn/layers/linear.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { evaluateLayer } from "./layer-harness.ts";

test("a causal convolution sees the past only: a changed last row changes the last output alone", async () => {
  const layer = conv1d({ inputs: 2, outputs: 3, kernel: 3, dilation: 2, padding: "causal" });
  const nudge = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
  const run = (scale: number): Promise<Float64Array> =>
    evaluateLayer({
      layer,
      inputs: { x: [1, 2, 6] },
      apply: (p, { x }) =>
        layer.apply(
          p,
          add(
            x!,
            constant(
              nudge.map((n) => n * scale),
              { dtype: "f64", shape: [1, 2, 6] },
            ),
          ),
        ),
    }).then(({ outputs }) => outputs[0]!);
  const [before, after] = [await run(0), await run(1)];
  const changed = [...before.keys()].filter((i) => before[i] !== after[i]);
  expect(changed).toEqual([5, 11, 17]);
});

describe("initialise", () => {
  const actor = mlp({ sizes: [4, 8, 8], head: { size: 2, gain: 0.01 }, normaliseInput: true });
  const layout = parameterLayout({ actor: actor.parameters });

  test("fills the slab in the order of the layout", () => {
    const slab = initialise({ actor: actor.parameters }, keyFromSeed(3));
    expect(slab.length).toBe(layout.size);
    const views = layout.views(slab) as unknown as Record<
      string,
      Record<string, Record<string, Float32Array>>
    >;
    expect(views["actor"]!["inputNorm"]!["scale"]).toEqual(new Float32Array(4).fill(1));
    expect(views["actor"]!["hidden1"]!["bias"]).toEqual(new Float32Array(8));
    const norm = Math.hypot(...views["actor"]!["head"]!["weight"]!);
    expect(norm).toBeCloseTo(0.01 * Math.SQRT2, 6);
  });

  test("a parameter starts the same, whatever stands beside it", () => {
    const alone = initialise({ actor: actor.parameters }, keyFromSeed(3));
    const both = initialise({ actor: actor.parameters, critic: linear(4, 1).parameters }, keyFromSeed(3));
    expect(both.subarray(0, alone.length)).toEqual(alone);
  });
});

describe("dropout masks", () => {
  test("hold 1 / keep with probability keep, and depend on the key alone", () => {
    const mask = new Float32Array(100_000);
    fillDropoutMask(keyFromSeed(5), 0.9, mask);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.9)]));
    const kept = mask.reduce((sum, x) => sum + Number(x > 0), 0) / mask.length;
    expect(Math.abs(kept - 0.9)).toBeLessThan(4 * Math.sqrt((0.9 * 0.1) / mask.length));
    const again = new Float32Array(100_000);
    fillDropoutMask(keyFromSeed(5), 0.9, again);
    expect(again).toEqual(mask);
  });

  test("keep = 1 is dropout off: all ones", () => {
    const mask = new Float32Array(100);
    fillDropoutMask(keyFromSeed(5), 1, mask);
    expect(mask).toEqual(new Float32Array(100).fill(1));
  });

  test("refuses a keep probability of 0", () => {
    expect(() => fillDropoutMask(keyFromSeed(5), 0, new Float32Array(1))).toThrowError(
      /LAYER_OPTION dropout\.keep/,
    );
  });
});
