/** @file Attention against plain loops over samples, heads and places; it never mixes the batch. */
import { describe, expect, test } from "vitest";
import { constant } from "../../src/graph/ops/constant.ts";
import { attentionPooling, multiHeadAttention } from "../../src/nn/layers/attention.ts";
import { evaluateLayer } from "./layer-harness.ts";
import { affine, expectClose, rows } from "./plain.ts";

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
