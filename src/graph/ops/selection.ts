/**
 * @file Choosing between values: where, minimum, maximum, clip. At a tie `minimum` and `maximum` pass half of the
 * gradient to each side, and `clip` passes it whole inside the closed interval, as PyTorch does.
 */
import { broadcastShapes } from "../shape.ts";
import {
  type Attributes,
  type Operand,
  type Operator,
  type Tensor,
  apply,
  expectDtype,
  inputOf,
} from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { sumTo } from "./broadcast.ts";
import { greaterEqual, lessEqual, logicalAnd } from "./comparison.ts";
import { constant, liftPair } from "./constant.ts";

type Nothing = Record<never, never> & Attributes;

export const whereOperator: Operator<Nothing> = {
  name: "where",
  onnx: () => ({ type: "Where" }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const condition = inputOf(node, 0);
    return [
      undefined,
      sumTo(where(condition, dy, 0), inputOf(node, 1).shape),
      sumTo(where(condition, 0, dy), inputOf(node, 2).shape),
    ];
  },
};

/** `x` where `condition` holds, else `y`; all three broadcast. A NaN in the branch not taken does not leak into values. */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  expectDtype("where", condition, ["bool"]);
  const [left, right] = liftPair("where", x, y);
  const shape = broadcastShapes("where", broadcastShapes("where", left.shape, right.shape), condition.shape);
  return apply(whereOperator, [condition, left, right], {}, left.dtype, shape);
}

function extremum(name: string, type: string, wins: (x: Tensor, y: Tensor) => Tensor): Operator<Nothing> {
  return {
    name,
    onnx: () => ({ type }),
    vjp(node, [dy]) {
      if (dy === undefined) return [];
      const x = inputOf(node, 0);
      const y = inputOf(node, 1);
      const half = mul(dy, 0.5);
      const toX = where(wins(x, y), where(wins(y, x), half, dy), 0);
      const toY = where(wins(y, x), where(wins(x, y), half, dy), 0);
      return [sumTo(toX, x.shape), sumTo(toY, y.shape)];
    },
  };
}

export const minimumOperator: Operator<Nothing> = extremum("minimum", "Min", lessEqual);
export const maximumOperator: Operator<Nothing> = extremum("maximum", "Max", greaterEqual);

function extreme(operator: Operator<Nothing>, x: Operand, y: Operand): Tensor {
  const [left, right] = liftPair(operator.name, x, y);
  const shape = broadcastShapes(operator.name, left.shape, right.shape);
  return apply(operator, [left, right], {}, left.dtype, shape);
}

export function minimum(x: Operand, y: Operand): Tensor {
  return extreme(minimumOperator, x, y);
}

export function maximum(x: Operand, y: Operand): Tensor {
  return extreme(maximumOperator, x, y);
}

const clipOperator: Operator<Nothing> = {
  name: "clip",
  onnx: () => ({ type: "Clip" }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    return [where(logicalAnd(greaterEqual(x, inputOf(node, 1)), lessEqual(x, inputOf(node, 2))), dy, 0)];
  },
};

/** `x` held inside `[low, high]`, two numbers known at trace time. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const bounds = [constant(low, { dtype: x.dtype }), constant(high, { dtype: x.dtype })];
  return apply(clipOperator, [x, ...bounds], {}, x.dtype, x.shape);
}
