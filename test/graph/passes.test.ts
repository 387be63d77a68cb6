/** @file Passes, the cut border and the fused loops change how a graph runs, never what it computes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valueAndGrad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import { executionOrder } from "../../src/graph/graph.ts";
import { add, mul, neg, square, sub } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { tanh } from "../../src/graph/ops/elementwise.ts";
import { concat, split } from "../../src/graph/ops/joining.ts";
import { linear, matmul } from "../../src/graph/ops/matmul.ts";
import { mean } from "../../src/graph/ops/reduction.ts";
import { reshape, transpose } from "../../src/graph/ops/shaping.ts";
import { optimise } from "../../src/graph/passes/optimise.ts";
import { ParameterLayout } from "../../src/graph/slab.ts";
import { type TensorSpec, type Traced, spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { trace } from "../../src/graph/trace.ts";
import { randomFunction, vectorLength } from "./support/random-graphs.ts";
import { relativeError } from "./support/run.ts";

const wave = (length: number, frequency: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(frequency * i + 0.3));

describe("random functions", () => {
  const specs = {
    x: spec("f32", [vectorLength]),
    y: spec("f32", [vectorLength]),
    step: spec("f32", [3]),
  } as const;
  const inputs = { x: wave(vectorLength, 0.7), y: wave(vectorLength, 1.9), step: wave(3, 1) };

  test("have the values of the graph as traced", async () => {
    await fc.assert(
      fc.asyncProperty(randomFunction, async (fn) => {
        await using fast = await compile(fn, specs);
        await using plain = await compile(fn, specs, { optimise: false });
        const [found, expected] = [await fast.call(inputs), await plain.call(inputs)];
        for (const name of Object.keys(expected)) {
          expect(relativeError(found[name]!, expected[name]!), name).toBeLessThan(2e-6);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });

  test("have the gradient of the graph as traced", async () => {
    await fc.assert(
      fc.asyncProperty(randomFunction, async (fn) => {
        const step = ({ x, y, step }: Traced<typeof specs>): Record<"x" | "next", Tensor> => {
          const loss = valueAndGrad((x: Tensor) => {
            const { joined, loss } = fn({ x, y, step });
            return add(mean(square(joined!)), loss!);
          });
          const { gradient } = loss(x);
          return { x: gradient, next: sub(x, mul(gradient, 0.1)) };
        };
        await using fast = await compile(step, specs);
        await using plain = await compile(step, specs, { optimise: false });
        const [found, expected] = [await fast.call(inputs), await plain.call(inputs)];
        expect(relativeError(found.x, expected.x)).toBeLessThan(1e-5);
        expect(relativeError(found.next, expected.next)).toBeLessThan(1e-6);
      }),
      { numRuns: 25, seed: 8 },
    );
  });
});

/** Names of the operators that a function needs after the passes. */
function operatorsOf<S extends { readonly [name: string]: TensorSpec }>(
  specs: S,
  fn: (inputs: Traced<S>) => Tensor,
): string[] {
  const { graph } = trace((inputs: Traced<S>) => ({ y: fn(inputs) }), specs);
  const nodes = executionOrder(optimise(graph).outputs.map(({ tensor }) => tensor));
  return nodes.map(({ operator }) => operator.name).filter((name) => name !== "input" && name !== "constant");
}

describe("each rule", () => {
  const square34 = { x: spec("f32", [3, 4]), w: spec("f32", [5, 4]), b: spec("f32", [5]) } as const;

  test.each<[string, (inputs: Traced<typeof square34>) => Tensor, string[]]>([
    ["x * 1 + 0 - 0 is x", ({ x }) => neg(sub(add(mul(x, 1), 0), 0)), ["neg"]],
    ["two negations cancel", ({ x }) => tanh(neg(neg(x))), ["tanh"]],
    ["two factors become one", ({ x }) => mul(mul(x, 2), 3), ["mul"]],
    ["the transpose of a transpose vanishes", ({ x }) => tanh(transpose(transpose(x))), ["tanh"]],
    ["a reshape of a reshape is one", ({ x }) => reshape(reshape(x, [12]), [4, 3]), ["reshape"]],
    ["equal operators are computed once", ({ x }) => mul(tanh(x), tanh(x)), ["tanh", "mul"]],
    ["a transposed operand is a flag of Gemm", ({ x, w }) => matmul(x, transpose(w)), ["gemm"]],
    ["product and bias are one Gemm", ({ x, w, b }) => add(matmul(x, transpose(w)), b), ["gemm"]],
    ["a sum of squares is one pass", ({ x }) => sum(square(x)), ["sumOfSquares"]],
    [
      "what nobody reads is dropped",
      ({ x, w }) => split(concat([neg(x), tanh(w)], 0), [3, 5], 0)[0]!,
      ["neg"],
    ],
    ["arithmetic on numbers is done here", ({ x }) => mul(x, add(mul(2, 3), 1)), ["mul"]],
  ])("%s", (_, fn, expected) => {
    expect(operatorsOf(square34, fn)).toEqual(expected);
  });

  test("a layer and its gradient need no Transpose", () => {
    const layout = new ParameterLayout({ weight: [4, 5], bias: [5] });
    const names = operatorsOf({ flat: spec("f32", [layout.size]), x: spec("f32", [3, 4]) }, ({ flat, x }) => {
      const { gradient } = valueAndGrad((flat: Tensor) => {
        const { weight, bias } = layout.unpack(flat);
        return sum(square(tanh(linear(x, weight, bias))));
      })(flat);
      return gradient;
    });
    expect(names).not.toContain("transpose");
    // The product, the gradient of the weight, and the sum of rows that is the gradient of the bias.
    expect(names.filter((name) => name === "gemm")).toHaveLength(3);
    expect(names.filter((name) => name === "split" || name === "concat")).toHaveLength(2);
  });
});
