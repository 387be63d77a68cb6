/** @file Comparisons and logic: boolean results, no derivatives. */
import { broadcastShapes } from "../shape.ts";
import { type Attributes, type Operand, type Operator, type Tensor, apply, expectDtype } from "../tensor.ts";
import { liftPair } from "./constant.ts";

type Nothing = Record<never, never> & Attributes;

function predicate(name: string, type: string): Operator<Nothing> {
  return { name, onnx: () => ({ type }) };
}

const lessOperator = predicate("less", "Less");
const lessEqualOperator = predicate("lessEqual", "LessOrEqual");
const greaterOperator = predicate("greater", "Greater");
const greaterEqualOperator = predicate("greaterEqual", "GreaterOrEqual");
const equalOperator = predicate("equal", "Equal");
const andOperator = predicate("logicalAnd", "And");
const orOperator = predicate("logicalOr", "Or");
const notOperator = predicate("logicalNot", "Not");

function compare(operator: Operator<Nothing>, x: Operand, y: Operand): Tensor {
  const [left, right] = liftPair(operator.name, x, y);
  return apply(operator, [left, right], {}, "bool", broadcastShapes(operator.name, left.shape, right.shape));
}

function combine(operator: Operator<Nothing>, x: Tensor, y: Tensor): Tensor {
  expectDtype(operator.name, x, ["bool"]);
  expectDtype(operator.name, y, ["bool"]);
  return compare(operator, x, y);
}

export function less(x: Operand, y: Operand): Tensor {
  return compare(lessOperator, x, y);
}

export function lessEqual(x: Operand, y: Operand): Tensor {
  return compare(lessEqualOperator, x, y);
}

export function greater(x: Operand, y: Operand): Tensor {
  return compare(greaterOperator, x, y);
}

export function greaterEqual(x: Operand, y: Operand): Tensor {
  return compare(greaterEqualOperator, x, y);
}

export function equal(x: Operand, y: Operand): Tensor {
  return compare(equalOperator, x, y);
}

export function logicalAnd(x: Tensor, y: Tensor): Tensor {
  return combine(andOperator, x, y);
}

export function logicalOr(x: Tensor, y: Tensor): Tensor {
  return combine(orOperator, x, y);
}

export function logicalNot(x: Tensor): Tensor {
  expectDtype("logicalNot", x, ["bool"]);
  return apply(notOperator, [x], {}, "bool", x.shape);
}
