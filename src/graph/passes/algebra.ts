/**
 * @file Algebraic simplification: identities of arithmetic and moves that cancel. Results may differ from the traced
 * order of operations by rounding (two constant factors become one), never in which inputs are non-finite.
 */
import { sameShape } from "../shape.ts";
import { type Node, type Tensor, applyMany, inputOf, madeBy } from "../tensor.ts";
import {
  add,
  addOperator,
  divOperator,
  mul,
  mulOperator,
  negOperator,
  sub,
  subOperator,
} from "../ops/arithmetic.ts";
import { broadcastOperator } from "../ops/broadcast.ts";
import { constant, uniformValue } from "../ops/constant.ts";
import { concat, concatOperator, splitOperator } from "../ops/joining.ts";
import { reshape, reshapeOperator, transpose, transposeOperator } from "../ops/shaping.ts";
import type { Rule, Rules } from "./rewrite.ts";

/** The other operand, when one is a constant of `value` everywhere and the result keeps the other's shape. */
function withoutNeutral(value: number, sides: readonly (0 | 1)[]): Rule {
  return (node) => {
    for (const side of sides) {
      const kept = inputOf(node, 1 - side);
      if (uniformValue(inputOf(node, side)) === value && sameShape(kept.shape, shapeOf(node))) return kept;
    }
    return undefined;
  };
}

function shapeOf(node: Node): readonly number[] {
  return node.outputs[0]?.shape ?? [];
}

/** `(x * a) * b` as `x * (a b)`, and `-(x * a)` as `x * (-a)`. */
const joinFactors: Rule = (node) => {
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  const [scaled, factor] = scalar(left) === undefined ? [left, scalar(right)] : [right, scalar(left)];
  const inner = factor === undefined ? undefined : factorOf(scaled);
  return inner && factor !== undefined ? mul(inner.x, inner.factor * factor) : undefined;
};

/** The value of a constant scalar `[]`. */
function scalar(x: Tensor): number | undefined {
  return x.shape.length === 0 ? uniformValue(x) : undefined;
}

/** `x` and the factor of `x * factor` or of `-x`. */
function factorOf({ node }: Tensor): { readonly x: Tensor; readonly factor: number } | undefined {
  if (node.operator.name === negOperator.name) return { x: inputOf(node, 0), factor: -1 };
  if (node.operator.name !== mulOperator.name) return undefined;
  const [left, right] = [inputOf(node, 0), inputOf(node, 1)];
  const [x, factor] = scalar(left) === undefined ? [left, scalar(right)] : [right, scalar(left)];
  return factor === undefined ? undefined : { x, factor };
}

const negateFactor: Rule = (node) => {
  const inner = factorOf(inputOf(node, 0));
  if (inner === undefined) return undefined;
  return inner.factor === -1 ? inner.x : mul(inner.x, -inner.factor);
};

/** `x + (-y)` as `x - y`, `x - (-y)` as `x + y`. */
const addNegative: Rule = (node) => {
  const [x, y] = [inputOf(node, 0), inputOf(node, 1)];
  if (madeBy(y, negOperator)) return sub(x, inputOf(y.node, 0));
  return madeBy(x, negOperator) ? sub(y, inputOf(x.node, 0)) : undefined;
};

const subtractNegative: Rule = (node) => {
  const y = inputOf(node, 1);
  return madeBy(y, negOperator) ? add(inputOf(node, 0), inputOf(y.node, 0)) : undefined;
};

/** Element-wise operators broadcast by themselves: an operand need not be repeated first. */
const dropBroadcast: Rule = (node) => {
  const inputs = node.inputs.map((x) => (madeBy(x, broadcastOperator) ? inputOf(x.node, 0) : x));
  if (inputs.every((x, i) => x === node.inputs[i])) return undefined;
  for (const [i, input] of inputs.entries()) {
    const candidate = node.inputs.with(i, input);
    if (input !== node.inputs[i] && broadcastsTo(candidate, shapeOf(node))) {
      return applyMany(node.operator, candidate, node.attributes, node.outputs, node.site)[0];
    }
  }
  return undefined;
};

/** A constant that is the same everywhere serves as a scalar. */
const shrinkConstants: Rule = (node) => {
  for (const [i, x] of node.inputs.entries()) {
    const value = x.shape.length > 0 ? uniformValue(x) : undefined;
    if (value === undefined) continue;
    const candidate = node.inputs.with(i, constant(value, { dtype: x.dtype }));
    if (broadcastsTo(candidate, shapeOf(node))) {
      return applyMany(node.operator, candidate, node.attributes, node.outputs, node.site)[0];
    }
  }
  return undefined;
};

function broadcastsTo(inputs: readonly Tensor[], shape: readonly number[]): boolean {
  const hasRank = inputs.some((x) => x.shape.length === shape.length);
  return (
    hasRank &&
    shape.every((length, axis) =>
      inputs.some((x) => (x.shape[axis - shape.length + x.shape.length] ?? 1) === length),
    )
  );
}

const joinTransposes: Rule = (node) => {
  const x = inputOf(node, 0);
  if (!madeBy(x, transposeOperator)) return undefined;
  const outer = node.attributes["permutation"] as readonly number[];
  return transpose(
    inputOf(x.node, 0),
    outer.map((axis) => x.node.attributes.permutation[axis] ?? 0),
  );
};

const joinReshapes: Rule = (node) => {
  const x = inputOf(node, 0);
  return madeBy(x, reshapeOperator) ? reshape(inputOf(x.node, 0), shapeOf(node)) : undefined;
};

/** The parts of a Concat that is split again, where the cuts fall between parts. */
const splitConcat: Rule = (node) => {
  const x = inputOf(node, 0);
  const { axis, sizes } = node.attributes as { readonly axis: number; readonly sizes: readonly number[] };
  if (!madeBy(x, concatOperator) || x.node.attributes.axis !== axis) return undefined;
  const parts = [...x.node.inputs];
  const groups = sizes.map((size) => {
    const group: Tensor[] = [];
    let length = 0;
    for (let next = parts[0]; next !== undefined && length < size; next = parts[0]) {
      group.push(next);
      length += next.shape[axis] ?? 0;
      parts.shift();
    }
    return { group, exact: length === size };
  });
  return groups.every(({ exact }) => exact) ? groups.map(({ group }) => concat(group, axis)) : undefined;
};

/** Arithmetic on constants that are the same everywhere. */
function fold(evaluate: (x: number, y: number) => number): Rule {
  return (node) => {
    const values = node.inputs.map((x) => scalar(x));
    const [x, y = 0] = values;
    const [output] = node.outputs;
    if (x === undefined || values.includes(undefined) || output?.dtype !== "f32") return undefined;
    return constant(Math.fround(evaluate(x, y)), { dtype: output.dtype });
  };
}

export const algebraRules: Rules = {
  [addOperator.name]: [
    fold((x, y) => x + y),
    withoutNeutral(0, [0, 1]),
    addNegative,
    dropBroadcast,
    shrinkConstants,
  ],
  [subOperator.name]: [
    fold((x, y) => x - y),
    withoutNeutral(0, [1]),
    subtractNegative,
    dropBroadcast,
    shrinkConstants,
  ],
  [mulOperator.name]: [
    fold((x, y) => x * y),
    withoutNeutral(1, [0, 1]),
    joinFactors,
    dropBroadcast,
    shrinkConstants,
  ],
  [divOperator.name]: [fold((x, y) => x / y), withoutNeutral(1, [1]), dropBroadcast, shrinkConstants],
  [negOperator.name]: [fold((x) => -x), negateFactor],
  minimum: [dropBroadcast, shrinkConstants],
  maximum: [dropBroadcast, shrinkConstants],
  where: [dropBroadcast, shrinkConstants],
  less: [dropBroadcast, shrinkConstants],
  lessEqual: [dropBroadcast, shrinkConstants],
  greater: [dropBroadcast, shrinkConstants],
  greaterEqual: [dropBroadcast, shrinkConstants],
  equal: [dropBroadcast, shrinkConstants],
  [splitOperator.name]: [splitConcat],
  [transposeOperator.name]: [joinTransposes],
  [reshapeOperator.name]: [joinReshapes],
};
