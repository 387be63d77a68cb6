/** @file Wide splits and joins as trees of narrow ones: the same parts, in the same order, never more than 7 at once. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emit } from "../../src/graph/onnx/emit.ts";
import { narrowed } from "../../src/graph/onnx/narrow.ts";
import type { OnnxModel } from "../../src/graph/onnx/writer.ts";
import { mul } from "../../src/graph/ops/arithmetic.ts";
import { concat, split } from "../../src/graph/ops/joining.ts";
import { spec } from "../../src/graph/spec.ts";
import { trace } from "../../src/graph/trace.ts";

/** Runs the splits and joins of a model on a vector; every other operator scales by two, as the test's graph does. */
function moved(model: OnnxModel, input: readonly number[]): readonly number[] {
  const values = new Map<string, readonly number[]>([[model.inputs[0]?.name ?? "", input]]);
  const lists = new Map(model.initializers.map(({ name, values: list }) => [name, Array.from(list, Number)]));
  for (const { type, inputs, outputs } of model.nodes) {
    const given = inputs.map((name) => values.get(name) ?? lists.get(name) ?? []);
    if (type === "Split") {
      let from = 0;
      for (const [i, size] of (given[1] ?? []).entries()) {
        values.set(outputs[i] ?? "", (given[0] ?? []).slice(from, from + size));
        from += size;
      }
    } else
      values.set(outputs[0] ?? "", type === "Concat" ? given.flat() : (given[0] ?? []).map((x) => 2 * x));
  }
  return values.get(model.outputs[0]?.name ?? "") ?? [];
}

test("any number of parts: the same numbers come out, through nodes of at most 7 parts", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 130 }), (sizes) => {
      const length = sizes.reduce((sum, size) => sum + size, 0);
      const { graph } = trace(
        ({ x }) =>
          concat(
            split(x, sizes, 0).map((part) => mul(part, 2)),
            0,
          ),
        {
          x: spec("f32", [length]),
        },
      );
      const model = narrowed(emit(graph).model);
      for (const { type, inputs, outputs } of model.nodes) {
        if (type === "Split") expect(outputs.length).toBeLessThanOrEqual(7);
        if (type === "Concat") expect(inputs.length).toBeLessThanOrEqual(7);
      }
      expect(new Set(model.nodes.map(({ name }) => name)).size).toBe(model.nodes.length);
      const input = Array.from({ length }, (_, i) => i + 1);
      expect(moved(model, input)).toEqual(input.map((x) => 2 * x));
    }),
    { numRuns: 60 },
  );
});
