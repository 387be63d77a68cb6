/** @file Layers against independent plain loops in float64, and the promises of their documentation. */
import { describe, expect, test } from "vitest";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { attentionPooling, multiHeadAttention } from "../../src/nn/layers/attention.ts";
import { conv1d } from "../../src/nn/layers/conv1d.ts";
import { fillDropoutMask } from "../../src/nn/layers/dropout.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { linear } from "../../src/nn/layers/linear.ts";
import { lstm } from "../../src/nn/layers/lstm.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { unroll } from "../../src/nn/layers/recurrent.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { evaluateLayer } from "./layer-harness.ts";

type Matrix = readonly (readonly number[])[];

/** `values` as rows of `width`. */
function rows(values: Float64Array, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => [
    ...values.subarray(i * width, (i + 1) * width),
  ]);
}

function affine(x: readonly number[], weight: Matrix, bias: ArrayLike<number>): number[] {
  return Array.from({ length: bias.length }, (_, o) =>
    x.reduce((sum, value, i) => sum + value * weight[i]![o]!, bias[o]!),
  );
}

function expectClose(found: Iterable<number>, expected: Iterable<number>): void {
  const [a, b] = [[...found], [...expected]];
  expect(a.length).toBe(b.length);
  expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(1e-12);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe("gru", () => {
  const [T, B, I, H] = [5, 3, 2, 4];
  const cell = gru(I, H);
  const keep = Float64Array.from({ length: T * B }, (_, i) => (i === 4 || i === 9 || i === 10 ? 0 : 1));
  const run = (flags: Float64Array) =>
    evaluateLayer({
      layer: cell,
      inputs: { x: [T, B, I], start: [B, H] },
      apply(p, { x, start }) {
        const flagTensor = constant([...flags], { dtype: "f64", shape: [T, B] });
        const { outputs, final } = unroll(cell, p, { inputs: x!, start: { h: start! }, keep: flagTensor });
        return [outputs, final.h];
      },
    });

  /** The published equations, one sample and one unit at a time. */
  function plainStep(
    p: Readonly<Record<string, Float64Array>>,
    x: readonly number[],
    h: readonly number[],
  ): number[] {
    const fromInput = affine(x, rows(p["parameters/inputWeight"]!, 3 * H), p["parameters/inputBias"]!);
    const fromState = affine(h, rows(p["parameters/stateWeight"]!, 3 * H), p["parameters/stateBias"]!);
    return h.map((old, unit) => {
      const r = sigmoid(fromInput[unit]! + fromState[unit]!);
      const z = sigmoid(fromInput[H + unit]! + fromState[H + unit]!);
      const n = Math.tanh(fromInput[2 * H + unit]! + r * fromState[2 * H + unit]!);
      return (1 - z) * n + z * old;
    });
  }

  test("unrolled with resets equals a plain loop", async () => {
    const { values, outputs } = await run(keep);
    const x = rows(values["x"]!, I);
    let h = rows(values["start"]!, H);
    const expected: number[] = [];
    for (let t = 0; t < T; t += 1) {
      h = h.map((state, b) =>
        plainStep(
          values,
          x[t * B + b]!,
          state.map((s) => s * keep[t * B + b]!),
        ),
      );
      expected.push(...h.flat());
    }
    expectClose(outputs[0]!, expected);
    expectClose(outputs[1]!, h.flat());
  });

  test("a reset inside a chunk equals two sequences", async () => {
    const flags = new Float64Array(T * B).fill(1).fill(0, 2 * B, 3 * B);
    const { values, outputs } = await run(flags);
    const x = rows(values["x"]!, I);
    let h: number[][] = Array.from({ length: B }, () => Array<number>(H).fill(0));
    for (let t = 2; t < T; t += 1) h = h.map((state, b) => plainStep(values, x[t * B + b]!, state));
    expectClose(outputs[1]!, h.flat());
  });

  test("one step is the first of the unroll", async () => {
    const single = await evaluateLayer({
      layer: cell,
      inputs: { x: [B, I], start: [B, H] },
      apply: (p, { x, start }) => cell.apply(p, { input: x!, state: { h: start! } }).h,
    });
    const x = rows(single.values["x"]!, I);
    const h = rows(single.values["start"]!, H);
    expectClose(
      single.outputs[0]!,
      h.flatMap((state, b) => plainStep(single.values, x[b]!, state)),
    );
  });
});

test("lstm, unrolled with resets, equals a plain loop", async () => {
  const [T, B, I, H] = [4, 2, 3, 2];
  const cell = lstm(I, H);
  const flags = [1, 1, 1, 0, 0, 1, 1, 1];
  const { values, outputs } = await evaluateLayer({
    layer: cell,
    inputs: { x: [T, B, I], h: [B, H], c: [B, H] },
    apply(p, { x, h, c }) {
      const keep = constant(flags, { dtype: "f64", shape: [T, B] });
      const { outputs: all, final } = unroll(cell, p, { inputs: x!, start: { h: h!, c: c! }, keep });
      return [all, final.c];
    },
  });
  const x = rows(values["x"]!, I);
  const h = rows(values["h"]!, H);
  const c = rows(values["c"]!, H);
  const expected: number[] = [];
  for (let t = 0; t < T; t += 1) {
    for (let b = 0; b < B; b += 1) {
      const flag = flags[t * B + b]!;
      const input = affine(
        x[t * B + b]!,
        rows(values["parameters/inputWeight"]!, 4 * H),
        values["parameters/bias"]!,
      );
      const sums = affine(
        h[b]!.map((s) => s * flag),
        rows(values["parameters/stateWeight"]!, 4 * H),
        input,
      );
      c[b] = c[b]!.map(
        (old, u) => sigmoid(sums[H + u]!) * old * flag + sigmoid(sums[u]!) * Math.tanh(sums[3 * H + u]!),
      );
      h[b] = c[b]!.map((next, u) => sigmoid(sums[2 * H + u]!) * Math.tanh(next));
      expected.push(...h[b]!);
    }
  }
  expectClose(outputs[0]!, expected);
  expectClose(outputs[1]!, c.flat());
});

describe("attention", () => {
  const [B, T, S, W, heads] = [2, 3, 4, 6, 2];
  const layer = multiHeadAttention(W, heads);
  const visible = [1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1];

  test("equals plain loops over samples, heads and places", async () => {
    const { values, outputs } = await evaluateLayer({
      layer,
      inputs: { query: [B, T, W], memory: [B, S, W] },
      apply: (p, { query, memory }) =>
        layer.apply(p, {
          query: query!,
          memory: memory!,
          visible: constant(visible, { dtype: "f64", shape: [T, S] }),
        }),
    });
    const project = (name: string, x: Float64Array): number[][] =>
      rows(x, W).map((row) =>
        affine(row, rows(values[`parameters/${name}.weight`]!, W), values[`parameters/${name}.bias`]!),
      );
    const q = project("query", values["query"]!);
    const k = project("key", values["memory"]!);
    const v = project("value", values["memory"]!);
    const size = W / heads;
    const expected: number[] = [];
    for (let b = 0; b < B; b += 1) {
      for (let t = 0; t < T; t += 1) {
        const mixed: number[] = [];
        for (let head = 0; head < heads; head += 1) {
          const part = (row: readonly number[]): readonly number[] =>
            row.slice(head * size, (head + 1) * size);
          const places = [...Array(S).keys()].filter((s) => visible[t * S + s] === 1);
          const score = places.map((s) => {
            const key = part(k[b * S + s]!);
            return part(q[b * T + t]!).reduce((sum, x, i) => sum + x * key[i]!, 0) / Math.sqrt(size);
          });
          const total = score.reduce((sum, x) => sum + Math.exp(x), 0);
          for (let i = 0; i < size; i += 1) {
            mixed.push(
              places.reduce((sum, s, n) => sum + (Math.exp(score[n]!) / total) * part(v[b * S + s]!)[i]!, 0),
            );
          }
        }
        expected.push(
          ...affine(mixed, rows(values["parameters/output.weight"]!, W), values["parameters/output.bias"]!),
        );
      }
    }
    expectClose(outputs[0]!, expected);
  });

  test("a sample does not see its companions in the batch", async () => {
    const run = (batch: number): Promise<Float64Array> =>
      evaluateLayer({
        layer,
        // Inputs are drawn last, so that the first sample is the same in every batch.
        inputs: { query: [batch, T, W] },
        apply: (p, { query }) => layer.apply(p, { query: query! }),
      }).then(({ outputs }) => outputs[0]!);
    const alone = await run(1);
    const together = await run(5);
    expectClose(together.subarray(0, T * W), alone);
  });

  test("refuses heads that do not divide the width", () => {
    expect(() => multiHeadAttention(6, 4)).toThrowError(
      /LAYER_OPTION attention\.heads.*divisor of the width 6.*got 4/,
    );
  });

  test("pooling weights visible rows by the softmax of their scores", async () => {
    const pooling = attentionPooling(W);
    const seen = [1, 1, 0, 0, 1, 1];
    const { values, outputs } = await evaluateLayer({
      layer: pooling,
      inputs: { sequence: [B, T, W] },
      apply: (p, { sequence }) =>
        pooling.apply(p, {
          sequence: sequence!,
          visible: constant(seen, { dtype: "f64", shape: [B, T] }),
        }),
    });
    const sequence = rows(values["sequence"]!, W);
    const weight = rows(values["parameters/score.weight"]!, 1);
    const expected: number[] = [];
    for (let b = 0; b < B; b += 1) {
      const places = [...Array(T).keys()].filter((t) => seen[b * T + t] === 1);
      const scores = places.map((t) =>
        Math.exp(affine(sequence[b * T + t]!, weight, values["parameters/score.bias"]!)[0]!),
      );
      const total = scores.reduce((sum, x) => sum + x, 0);
      for (let i = 0; i < W; i += 1) {
        expected.push(places.reduce((sum, t, n) => sum + (scores[n]! / total) * sequence[b * T + t]![i]!, 0));
      }
    }
    expectClose(outputs[0]!, expected);
  });
});

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
