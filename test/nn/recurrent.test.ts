/** @file GRU and LSTM against independent plain loops over samples and units, with resets inside the unroll. */
import { describe, test } from "vitest";
import { constant } from "../../src/graph/ops/constant.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { lstm } from "../../src/nn/layers/lstm.ts";
import { unroll } from "../../src/nn/layers/recurrent.ts";
import { evaluateLayer } from "./layer-harness.ts";
import { affine, expectClose, rows, sigmoid } from "./plain.ts";

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
