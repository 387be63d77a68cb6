/** @file Calling compiled functions: arrays in and out, bound calls, windows of slabs, both ways into the runtime, release. */
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { add, mul, sub } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { tanh } from "../../src/graph/ops/elementwise.ts";
import { linear } from "../../src/graph/ops/matmul.ts";
import { reshape } from "../../src/graph/ops/shaping.ts";
import { slice } from "../../src/graph/ops/window.ts";
import { ParameterLayout } from "../../src/graph/slab.ts";
import { specialise } from "../../src/graph/specialise.ts";
import { type TensorSpec, spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { residentRun } from "./support/resident.ts";
import { relativeError } from "./support/run.ts";

const ramp = (length: number, step = 0.01): Float32Array =>
  Float32Array.from({ length }, (_, i) => step * (i % 97) - 0.3);

test("a call takes a tree of arrays and gives a tree of new ones", async () => {
  const specs = { a: { x: spec("f32", [2]) }, y: spec("f32", [2]) } as const;
  await using compiled = await compile(({ a, y }) => ({ sums: { xy: add(a.x, y) }, x: a.x }), specs);
  const result = await compiled.call({ a: { x: Float32Array.of(1, 2) }, y: Float32Array.of(10, 20) });
  expect(result).toEqual({ sums: { xy: Float32Array.of(11, 22) }, x: Float32Array.of(1, 2) });
});

test("a function may return its input, a constant, and one result twice", async () => {
  await using compiled = await compile(
    ({ x }) => {
      const y = tanh(x);
      return { x, y, again: y, one: add(mul(x, 0), 1) };
    },
    { x: spec("f32", [2]) },
  );
  const { x, y, again, one } = await compiled.call({ x: Float32Array.of(0, 1) });
  expect(again).toEqual(y);
  expect([x, one]).toEqual([Float32Array.of(0, 1), Float32Array.of(1, 1)]);
});

test("a tree may be one tensor", async () => {
  await using compiled = await compile((x: Tensor) => mul(x, 2), spec("f32", [2]));
  expect(await compiled.call(Float32Array.of(1, 2))).toEqual(Float32Array.of(2, 4));
});

test.each([64, 20_000])("a bound call double-buffers a slab of %i", async (size) => {
  await using step = await compile(({ slab, rate }) => ({ slab: sub(slab, mul(slab, rate)) }), {
    slab: spec("f32", [size]),
    rate: spec("f32", [1]),
  });
  const [a, b] = [new Float32Array(size).fill(1), new Float32Array(size)];
  const rate = Float32Array.of(0.5);
  const [there, back] = [
    step.bind({ slab: a, rate }, { slab: b }),
    step.bind({ slab: b, rate }, { slab: a }),
  ];
  for (let i = 0; i < 4; i += 1) await (i % 2 === 0 ? there : back).run();
  expect([a[0], b[0], a[size - 1], b[size - 1]]).toEqual([0.0625, 0.125, 0.0625, 0.125]);
});

describe("windows of slabs", () => {
  const layout = new ParameterLayout({
    large: { weight: [100, 120], bias: [120] },
    small: { weight: [120, 3], bias: [3] },
  });
  const specs = { flat: spec("f32", [layout.size]), x: spec("f32", [4, 100]) } as const;
  const inputs = { flat: ramp(layout.size), x: ramp(400, 0.003) };

  test("parameters are read where they lie, and results are written where they belong", async () => {
    const fn = ({ flat, x }: { flat: Tensor; x: Tensor }): { y: Tensor; next: Tensor } => {
      const { large, small } = layout.unpack(flat);
      const y = linear(tanh(linear(x, large.weight, large.bias)), small.weight, small.bias);
      const next = layout.pack({
        large: { weight: tanh(large.weight), bias: tanh(large.bias) },
        small: { weight: tanh(small.weight), bias: small.bias },
      });
      return { y, next };
    };
    await using cut = await compile(fn, specs);
    await using whole = await compile(fn, specs, { optimise: false });
    const [found, expected] = [await cut.call(inputs), await whole.call(inputs)];
    expect(found).toEqual(expected);
  });

  test("several steps in one call read their minibatches from one slab", async () => {
    const batches = { rows: spec("f32", [3 * 256, 64]), weight: spec("f32", [64, 2]) } as const;
    await using compiled = await compile(({ rows, weight }) => {
      let current = weight;
      for (let k = 0; k < 3; k += 1) {
        const batch = slice(rows, { axis: 0, start: 256 * k, end: 256 * (k + 1) });
        current = add(current, reshape(sum(linear(batch, current)), []));
      }
      return { weight: current };
    }, batches);
    const rows = ramp(3 * 256 * 64, 0.0001);
    const { weight } = await compiled.call({ rows, weight: ramp(128) });
    const expected = ramp(128);
    for (let k = 0; k < 3; k += 1) {
      let total = 0;
      for (let row = 256 * k; row < 256 * (k + 1); row += 1) {
        for (let i = 0; i < 64; i += 1) {
          total += rows[row * 64 + i]! * (expected[2 * i]! + expected[2 * i + 1]!);
        }
      }
      expected.forEach((value, i) => (expected[i] = value + total));
    }
    expect(Math.abs(weight[0]! / expected[0]! - 1)).toBeLessThan(1e-4);
  });
});

test("the native and the documented way into ONNX Runtime give equal bytes", async () => {
  const specs = { x: spec("f32", [8, 16]), w: spec("f32", [16, 4]) } as const;
  const fn = ({ x, w }: { x: Tensor; w: Tensor }): { y: Tensor } => ({ y: tanh(linear(x, w)) });
  const inputs = { x: ramp(128), w: ramp(64) };
  await using native = await compile(fn, specs, { path: "native" });
  await using documented = await compile(fn, specs, { path: "documented" });
  expect(await documented.call(inputs)).toEqual(await native.call(inputs));
});

test("a specialised function is compiled once per set of shapes", async () => {
  let traces = 0;
  await using double = specialise(({ x }: { readonly x: Tensor }) => {
    traces += 1;
    return { y: mul(x, 2) };
  });
  const at = (length: number): { readonly x: TensorSpec } => ({ x: spec("f32", [length]) });
  const [one, two, again] = [await double.at(at(1)), await double.at(at(2)), await double.at(at(1))];
  expect(again).toBe(one);
  expect(traces).toBe(2);
  expect(await two.call({ x: Float32Array.of(3, 4) })).toEqual({ y: Float32Array.of(6, 8) });
});

test("state that stays on the device follows the recurrence, and comes back when it is read", async () => {
  const state = [1, 2, 3];
  const expected: number[] = [];
  for (let step = 1; step <= 20; step += 1) {
    const x = [0.1 * step, 0.2, 0.3];
    state.forEach((value, i) => (state[i] = Math.tanh(0.5 * value + x[i]!)));
    expected.push(state.reduce((total, value) => total + value));
    if (step % 10 === 0) expected.push(...state);
  }
  expect(relativeError(await residentRun("cpu"), expected)).toBeLessThan(1e-6);
});
