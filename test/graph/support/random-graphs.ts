/**
 * @file Random functions over vectors, matrices and scalars, written as instruction lists: what the passes, the border
 * and the fused loops must leave the values of.
 */
import fc from "fast-check";
import { add, div, mul, neg, square, sub } from "../../../src/graph/ops/arithmetic.ts";
import { broadcastTo, sum } from "../../../src/graph/ops/broadcast.ts";
import { constant } from "../../../src/graph/ops/constant.ts";
import { abs, relu, sqrt, tanh } from "../../../src/graph/ops/elementwise.ts";
import { concat, split } from "../../../src/graph/ops/joining.ts";
import { linear } from "../../../src/graph/ops/matmul.ts";
import { mean } from "../../../src/graph/ops/reduction.ts";
import { maximum, minimum } from "../../../src/graph/ops/selection.ts";
import { reshape, transpose } from "../../../src/graph/ops/shaping.ts";
import { slice } from "../../../src/graph/ops/window.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";

/** All vectors have this length: above the shortest that a fused loop takes, and no multiple of four. */
export const vectorLength = 306;

/** One step: makes a new vector or scalar from earlier ones, chosen by number. */
export interface Instruction {
  readonly make: (vectors: readonly Tensor[], scalars: readonly Tensor[]) => Tensor;
  readonly kind: "vector" | "scalar";
}

const pick = (from: readonly Tensor[], n: number): Tensor => from[n % from.length]!;

const matrix = (x: Tensor): Tensor => reshape(x, [18, 17]);
const lengthChanging: readonly ((x: Tensor) => Tensor)[] = [
  neg,
  abs,
  tanh,
  relu,
  (x) => sqrt(add(abs(x), 0.5)),
  (x) => square(mul(x, 0.5)),
  (x) => mul(mul(x, 3), 0.25),
  (x) => neg(neg(x)),
  (x) => add(x, 0),
  (x) => reshape(reshape(x, [17, 18]), [-1]),
  (x) => reshape(transpose(transpose(matrix(x))), [-1]),
  (x) => reshape(linear(matrix(x), transpose(matrix(x))), [-1]),
  (x) => concat(split(x, [100, 6, 200], 0), 0),
  (x) => concat([slice(x, { axis: 0, start: 6 }), slice(x, { axis: 0, end: 6 })], 0),
];

const unary = lengthChanging.map((fn) => (x: Tensor): Tensor => {
  const y = fn(x);
  return y.shape[0] === vectorLength ? y : slice(y, { axis: 0, end: vectorLength });
});
const binary: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  add,
  sub,
  mul,
  minimum,
  maximum,
  (x, y) => div(x, add(abs(y), 1)),
  (x, y) => add(x, neg(y)),
  (x, y) => sub(x, neg(y)),
  (x, y) => mul(x, broadcastTo(mean(y), [vectorLength])),
];
const reductions: readonly ((x: Tensor) => Tensor)[] = [
  (x) => sum(square(x)),
  (x) => sum(x, { keepDims: true }),
  (x) => mean(x),
];

/** Gradients of half vectors, clipped by their own norms, joined and used: what an optimiser with groups does. */
function clippedHalves(x: Tensor): Tensor {
  const halves = split(x, [40, vectorLength - 40], 0);
  return concat(
    halves.map((half) => mul(half, minimum(div(1, add(sqrt(sum(square(half))), 1e-6)), 1))),
    0,
  );
}

const number = fc.nat(1000);
const instruction: fc.Arbitrary<Instruction> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...unary), number)
    .map(([fn, i]): Instruction => ({ kind: "vector", make: (v) => fn(pick(v, i)) })),
  fc
    .tuple(fc.constantFrom(...binary), number, number)
    .map(([fn, i, j]): Instruction => ({ kind: "vector", make: (v) => fn(pick(v, i), pick(v, j)) })),
  fc
    .tuple(fc.constantFrom(add, mul, minimum), number, number)
    .map(([fn, i, j]): Instruction => ({ kind: "vector", make: (v, s) => fn(pick(v, i), pick(s, j)) })),
  number.map((i): Instruction => ({ kind: "vector", make: (v) => clippedHalves(pick(v, i)) })),
  fc
    .tuple(fc.constantFrom(...reductions), number)
    .map(([fn, i]): Instruction => ({ kind: "scalar", make: (v) => reshape(fn(pick(v, i)), []) })),
  fc
    .tuple(fc.constantFrom(add, mul), number, number)
    .map(([fn, i, j]): Instruction => ({ kind: "scalar", make: (_, s) => fn(pick(s, i), pick(s, j)) })),
);

/** A function of `x`, `y` (vectors) and `step` (three scalars in one input); it returns its last results. */
export type RandomFunction = (inputs: { readonly [name: string]: Tensor }) => {
  readonly [name: string]: Tensor;
};

export const randomFunction: fc.Arbitrary<RandomFunction> = fc
  .array(instruction, { minLength: 1, maxLength: 20 })
  .map((instructions) => (inputs) => {
    const steps = split(inputs["step"]!, [1, 1, 1], 0);
    const vectors: Tensor[] = [inputs["x"]!, inputs["y"]!];
    const scalars: Tensor[] = [constant(0.75), ...steps.map((x) => reshape(x, []))];
    for (const { kind, make } of instructions) {
      // Squashed where values could grow without bound over twenty steps.
      if (kind === "vector") vectors.push(mul(tanh(mul(make(vectors, scalars), 0.1)), 2));
      else scalars.push(tanh(mul(make(vectors, scalars), 0.01)));
    }
    const last = vectors.at(-1)!;
    const other = vectors.at(-2)!;
    return {
      last,
      parameters: sub(inputs["x"]!, mul(clippedHalves(last), steps[0]!)),
      moment: add(mul(inputs["y"]!, 0.9), last),
      joined: concat([last, other], 0),
      loss: scalars.at(-1)!,
      norm: concat([reshape(sum(square(last)), [1]), reshape(sum(other), [1])], 0),
    };
  });
