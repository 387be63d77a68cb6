/** @file Arithmetic with NumPy broadcasting. Numbers are taken where tensors are. */
import { broadcastShapes } from "../shape.ts";
import { type Attributes, type Operand, type Operator, type Tensor, apply, inputOf } from "../tensor.ts";
import { sumTo } from "./broadcast.ts";
import { liftPair } from "./constant.ts";

type Nothing = Record<never, never> & Attributes;

export const addOperator: Operator<Nothing> = {
  name: "add",
  onnx: () => ({ type: "Add" }),
  vjp: (node, [dy]) => [dy && sumTo(dy, inputOf(node, 0).shape), dy && sumTo(dy, inputOf(node, 1).shape)],
};

export const subOperator: Operator<Nothing> = {
  name: "sub",
  onnx: () => ({ type: "Sub" }),
  vjp: (node, [dy]) => [
    dy && sumTo(dy, inputOf(node, 0).shape),
    dy && neg(sumTo(dy, inputOf(node, 1).shape)),
  ],
};

export const mulOperator: Operator<Nothing> = {
  name: "mul",
  onnx: () => ({ type: "Mul" }),
  vjp(node, [dy]) {
    const x = inputOf(node, 0);
    const y = inputOf(node, 1);
    return [dy && sumTo(mul(dy, y), x.shape), dy && sumTo(mul(dy, x), y.shape)];
  },
};

export const divOperator: Operator<Nothing> = {
  name: "div",
  onnx: () => ({ type: "Div" }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    const y = inputOf(node, 1);
    const [ratio] = node.outputs;
    const dx = div(dy, y);
    return [sumTo(dx, x.shape), ratio && neg(sumTo(mul(dx, ratio), y.shape))];
  },
};

export const negOperator: Operator<Nothing> = {
  name: "neg",
  onnx: () => ({ type: "Neg" }),
  vjp: (_, [dy]) => [dy && neg(dy)],
};

function binary(operator: Operator<Nothing>, x: Operand, y: Operand): Tensor {
  const [left, right] = liftPair(operator.name, x, y);
  const shape = broadcastShapes(operator.name, left.shape, right.shape);
  return apply(operator, [left, right], {}, left.dtype, shape);
}

export function add(x: Operand, y: Operand): Tensor {
  return binary(addOperator, x, y);
}

export function sub(x: Operand, y: Operand): Tensor {
  return binary(subOperator, x, y);
}

export function mul(x: Operand, y: Operand): Tensor {
  return binary(mulOperator, x, y);
}

/** `x / y`; truncates towards zero for integer dtypes. */
export function div(x: Operand, y: Operand): Tensor {
  return binary(divOperator, x, y);
}

export function neg(x: Tensor): Tensor {
  return apply(negOperator, [x], {}, x.dtype, x.shape);
}

/** `x * x`. */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}

/** `1 / x`. */
export function reciprocal(x: Tensor): Tensor {
  return div(1, x);
}
