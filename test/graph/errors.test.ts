/** @file Each fault says which operator, what was found, on which line of the caller, and what to do; every code has a page. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { grad } from "../../src/graph/autodiff.ts";
import { compile } from "../../src/graph/compile.ts";
import type { GraphIssueCode } from "../../src/graph/issues.ts";
import { findNonFinite } from "../../src/graph/nonfinite.ts";
import { exportModel } from "../../src/graph/onnx/export.ts";
import { add, neg, sub } from "../../src/graph/ops/arithmetic.ts";
import { broadcastTo, sum } from "../../src/graph/ops/broadcast.ts";
import { constant, zeros } from "../../src/graph/ops/constant.ts";
import { conv1d } from "../../src/graph/ops/convolution.ts";
import { log, pow, sqrt } from "../../src/graph/ops/elementwise.ts";
import { gatherElements, scatterAdd } from "../../src/graph/ops/indexing.ts";
import { concat, split } from "../../src/graph/ops/joining.ts";
import { linear, matmul } from "../../src/graph/ops/matmul.ts";
import { layerNorm } from "../../src/graph/ops/normalisation.ts";
import { max } from "../../src/graph/ops/reduction.ts";
import { where } from "../../src/graph/ops/selection.ts";
import { reshape, transpose } from "../../src/graph/ops/shaping.ts";
import { pad, slice } from "../../src/graph/ops/window.ts";
import { compileResident } from "../../src/graph/resident.ts";
import { ParameterLayout } from "../../src/graph/slab.ts";
import { spec } from "../../src/graph/spec.ts";
import { unflatten } from "../../src/graph/tree.ts";
import { type GrandModelError, isGrandModelError } from "../../src/runtime/errors.ts";

/** The error that `act` throws or rejects with. */
async function faultOf(act: () => unknown): Promise<GrandModelError> {
  try {
    await act();
  } catch (error) {
    if (isGrandModelError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const f32 = (...shape: number[]) => zeros("f32", shape);
const i32 = (...shape: number[]) => zeros("i32", shape);

describe("a shape that does not fit names the operator and both shapes", () => {
  test.each<[string, () => unknown, readonly string[]]>([
    ["add", () => add(f32(2, 3), f32(2, 4)), ["[2, 3] and [2, 4]"]],
    ["matmul", () => matmul(f32(2, 3), f32(4, 5)), ["[2, 3] and [4, 5]"]],
    ["linear", () => linear(f32(2, 3), f32(4, 5)), ["[2, 3] and [4, 5]"]],
    ["linear", () => linear(f32(2, 4), f32(4, 5), f32(4)), ["[4, 5] and [4]"]],
    ["reshape", () => reshape(f32(2, 3), [4, -1]), ["[2, 3] to [4, -1]"]],
    ["transpose", () => transpose(f32(2, 3), [0, 0]), ["permutation [0, 0] of [2, 3]"]],
    ["broadcastTo", () => broadcastTo(f32(2, 3), [3]), ["[2, 3] to [3]"]],
    ["concat", () => concat([f32(2, 3), f32(2, 4)], 0), ["[2, 3] and [2, 4]"]],
    ["concat", () => concat([], 0), ["no tensors"]],
    ["split", () => split(f32(5), [2, 2], 0), ["sizes [2, 2] of [5]"]],
    ["slice", () => slice(f32(5), { axis: 0, end: 6 }), ["[0, 6) step 1"]],
    ["pad", () => pad(f32(5), { axis: 0, before: -1, after: 0 }), ["before -1"]],
    ["layerNorm", () => layerNorm(f32(2, 3), f32(2), f32(3)), ["[2, 3]", "[2]"]],
    ["conv1d", () => conv1d(f32(1, 2, 4), f32(3, 1, 2)), ["[1, 2, 4] and [3, 1, 2]"]],
    ["scatterAdd", () => scatterAdd([4, 3], i32(2), f32(2, 2), 0), ["updates [2, 2]", "updates [2, 3]"]],
    ["gatherElements", () => gatherElements(f32(2, 3), i32(3, 1), 1), ["[2, 3] and indices [3, 1]"]],
    ["max", () => max(f32(0, 3)), ["[0, 3]"]],
    ["constant", () => constant([1, 2], { shape: [3] }), ["2 values", "[3]"]],
    ["unpack", () => new ParameterLayout({ a: [3] }).unpack(f32(4)), ["[4]", "[3]"]],
  ])("%s", async (operator, act, texts) => {
    const fault = await faultOf(act);
    expect(fault.code).toBe("SHAPE_MISMATCH");
    for (const text of [operator, ...texts]) expect(fault.message).toContain(text);
  });
});

test("the line is the caller's", async () => {
  const fault = await faultOf(() => add(f32(2), f32(3))); // this line
  const source = readFileSync(new URL(import.meta.url), "utf8").split("\n");
  const [issue] = fault.issues;
  expect(issue?.file).toMatch(/errors\.test\.ts$/);
  expect(source[(issue?.line ?? 0) - 1]).toContain("// this line");
});

describe("other faults of tracing", () => {
  test.each<[GraphIssueCode, string, () => unknown]>([
    ["DTYPE_MISMATCH", 'cast(x, "i32")', () => add(f32(2), i32(2))],
    ["DTYPE_MISMATCH", "dtype bool", () => where(f32(2), f32(2), f32(2))],
    ["DTYPE_MISMATCH", "dtype f32 or f64", () => sqrt(i32(2))],
    ["AXIS_OUT_OF_RANGE", "an axis in [-2, 2)", () => sum(f32(2, 3), { axes: [2] })],
    ["NOT_DIFFERENTIABLE", "a loss of type f32[]", () => grad((x) => neg(x as never))(f32(2))],
    ["NOT_DIFFERENTIABLE", "an exponent other than 0", () => pow(f32(2), 0)],
    [
      "TREE_MISMATCH",
      "as many values as the tree has leaves",
      () => unflatten<number, number>({ a: 1, b: 2 }, (x): x is number => typeof x === "number", [1]),
    ],
    [
      "TREE_MISMATCH",
      "a leaf or a record of leaves",
      async () => compile(() => ({ y: undefined as never }), {}),
    ],
    [
      "SHAPE_MISMATCH",
      "whole lengths >= 0",
      async () => compile(({ x }) => ({ y: neg(x) }), { x: spec("f32", [-1]) }),
    ],
    [
      "BATCH_NOT_SYMBOLIC",
      "every length of the open dimension",
      () =>
        exportModel(({ x }) => ({ y: slice(x, { axis: 0, start: (x.shape[0] ?? 1) - 2 }) }), {
          x: spec("f32", [-1, 2]),
        }),
    ],
  ])("%s: %s", async (code, text, act) => {
    const fault = await faultOf(act);
    expect(fault.code).toBe(code);
    expect(fault.message).toContain(text);
  });
});

describe("faults of calls", () => {
  const doubled = async () => compile(({ x }) => ({ y: add(x, x) }), { x: spec("f32", [2]) });

  test("an array of another length", async () => {
    await using compiled = await doubled();
    const fault = await faultOf(async () => compiled.call({ x: new Float32Array(3) }));
    expect(fault.code).toBe("ARRAY_MISMATCH");
    expect(fault.message).toContain("Float32Array(2) for f32[2]");
    expect(fault.message).toContain("Float32Array(3)");
  });

  test("an array of another type, or none", async () => {
    await using compiled = await doubled();
    expect((await faultOf(async () => compiled.call({ x: new Float64Array(2) as never }))).code).toBe(
      "ARRAY_MISMATCH",
    );
    expect((await faultOf(async () => compiled.call({} as never))).message).toContain('got "nothing"');
  });

  test("an output over an input", async () => {
    await using compiled = await doubled();
    const x = new Float32Array(2);
    const fault = await faultOf(() => compiled.bind({ x }, { y: x }));
    expect(fault.code).toBe("ARRAY_MISMATCH");
    expect(fault.message).toContain('the memory of \\"x\\"');
  });

  test("a call after the release, bound before it or not", async () => {
    const compiled = await doubled();
    const bound = compiled.bind({ x: new Float32Array(2) }, { y: new Float32Array(2) });
    await compiled.release();
    await compiled.release();
    expect((await faultOf(async () => bound.run())).code).toBe("RELEASED");
    expect((await faultOf(async () => compiled.call({ x: new Float32Array(2) }))).code).toBe("RELEASED");
  });

  test("an operator that the runtime does not have for a dtype", async () => {
    const fault = await faultOf(async () => compile(({ x }) => ({ y: neg(x) }), { x: spec("u8", [2]) }));
    expect(fault.code).toBe("RUNTIME_FAILED");
    expect(fault.message).toContain("Neg");
  });

  test("a carried path that is no output", async () => {
    const start = async () =>
      compileResident(({ x }) => ({ y: neg(x) }), { x: spec("f32", [2]) }, { carry: ["x"] });
    const fault = await faultOf(start);
    expect(fault.code).toBe("TREE_MISMATCH");
    expect(fault.message).toContain("no such output");
  });

  test("a held path that is no input", async () => {
    const start = async () =>
      compileResident(({ x }) => ({ x: neg(x) }), { x: spec("f32", [2]) }, { carry: ["x"], hold: ["w"] });
    const fault = await faultOf(start);
    expect(fault.code).toBe("TREE_MISMATCH");
    expect(fault.message).toContain("no such input");
  });

  test("a device that is not there", async (context) => {
    const opened = compile(({ x }) => ({ y: neg(x) }), { x: spec("f32", [2]) }, { device: "cuda" });
    const fault = await opened.then(
      async (compiled) => compiled.release(),
      (error: unknown) => error,
    );
    if (fault === undefined) context.skip("CUDA is present on this machine");
    expect(fault).toMatchObject({ code: "DEVICE_UNAVAILABLE" });
  });
});

describe("the non-finite trap", () => {
  const specs = { x: spec("f32", [3]) } as const;

  test("names the first offending operator and its line", async () => {
    const issue = await findNonFinite(
      ({ x }) => ({
        y: sum(
          log(sub(x, 1)), // the offending line
        ),
      }),
      specs,
      { x: Float32Array.of(3, 1, 2) },
    );
    expect(issue).toMatchObject({ code: "NON_FINITE", path: "log", value: "element 1 of f32[3]" });
    const source = readFileSync(new URL(import.meta.url), "utf8").split("\n");
    expect(source[(issue?.line ?? 0) - 1]).toContain("// the offending line");
  });

  test("finds the gradient that is not finite where the value is", async () => {
    const loss = (x: Parameters<typeof sqrt>[0]) => sum(sqrt(x));
    const issue = await findNonFinite(({ x }) => ({ loss: loss(x), slope: grad(loss)(x) }), specs, {
      x: Float32Array.of(1, 0, 4),
    });
    expect(issue).toMatchObject({ code: "NON_FINITE", path: "div" });
    expect(issue?.file).toMatch(/errors\.test\.ts$/);
  });

  test("names the input that was not finite to begin with", async () => {
    expect(
      await findNonFinite(({ x }) => ({ y: neg(x) }), specs, { x: Float32Array.of(1, Number.NaN, 1) }),
    ).toMatchObject({
      path: "x",
      hint: "The input itself is not finite.",
    });
  });

  test("finds nothing where all is finite", async () => {
    expect(
      await findNonFinite(({ x }) => ({ y: neg(x) }), specs, { x: new Float32Array(3) }),
    ).toBeUndefined();
  });
});

test("every code has a page", () => {
  const codes: Record<GraphIssueCode, true> = {
    SHAPE_MISMATCH: true,
    DTYPE_MISMATCH: true,
    AXIS_OUT_OF_RANGE: true,
    NOT_DIFFERENTIABLE: true,
    TREE_MISMATCH: true,
    ARRAY_MISMATCH: true,
    NON_FINITE: true,
    DEVICE_UNAVAILABLE: true,
    BATCH_NOT_SYMBOLIC: true,
    RUNTIME_FAILED: true,
    RELEASED: true,
  };
  for (const code of Object.keys(codes)) {
    const page = readFileSync(new URL(`../../docs/errors/${code}.md`, import.meta.url), "utf8");
    for (const part of [`# ${code}`, "**Cause.**", "**Example.**", "**Remedy.**"])
      expect(page, code).toContain(part);
  }
});
