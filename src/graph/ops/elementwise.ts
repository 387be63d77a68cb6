/**
 * @file Functions of one element. Derivatives are written in terms of the output where that is cheaper: the forward
 * pre-activation then has one reader, and ONNX Runtime fuses Gemm with its activation.
 */
import { traceError } from "../issues.ts";
import {
  type Attributes,
  type Operand,
  type Operator,
  type Tensor,
  apply,
  expectDtype,
  inputOf,
} from "../tensor.ts";
import { withGradient } from "../custom-gradient.ts";
import { broadcastShapes } from "../shape.ts";
import { add, div, mul, neg, square, sub } from "./arithmetic.ts";
import { sumTo } from "./broadcast.ts";
import { greater } from "./comparison.ts";
import { liftPair, ones, uniformValue } from "./constant.ts";
import { clip, where } from "./selection.ts";

type Nothing = Record<never, never> & Attributes;
type Derivative = (dy: Tensor, x: Tensor, y: Tensor) => Tensor;

function unary(name: string, type: string, derivative: Derivative): Operator<Nothing> {
  return {
    name,
    onnx: () => ({ type }),
    vjp: (node, [dy]) => [dy && derivative(dy, inputOf(node, 0), node.outputs[0] as Tensor)],
  };
}

function elementwise(operator: Operator<Nothing>, x: Tensor): Tensor {
  expectDtype(operator.name, x, ["f32", "f64"]);
  return apply(operator, [x], {}, x.dtype, x.shape);
}

const expOperator = unary("exp", "Exp", (dy, _, y) => mul(dy, y));
const logOperator = unary("log", "Log", (dy, x) => div(dy, x));
export const sqrtOperator: Operator<Nothing> = unary("sqrt", "Sqrt", (dy, _, y) => div(mul(dy, 0.5), y));
const tanhOperator = unary("tanh", "Tanh", (dy, _, y) => mul(dy, sub(1, square(y))));
const sigmoidOperator = unary("sigmoid", "Sigmoid", (dy, _, y) => mul(dy, mul(y, sub(1, y))));
const reluOperator = unary("relu", "Relu", (dy, _, y) => where(greater(y, 0), dy, 0));
export const softplusOperator: Operator<Nothing> = {
  ...unary("softplus", "Softplus", (dy, x) => mul(dy, sigmoid(x))),
  expand: ({ inputs: [x] }) => (x?.dtype === "f64" ? add(relu(x), log(add(exp(neg(abs(x))), 1))) : undefined),
};
const sinOperator = unary("sin", "Sin", (dy, x) => mul(dy, cos(x)));
const cosOperator = unary("cos", "Cos", (dy, x) => neg(mul(dy, sin(x))));
export const absOperator: Operator<Nothing> = unary("abs", "Abs", (dy, x) => mul(dy, sign(x)));
const signOperator: Operator<Nothing> = { name: "sign", onnx: () => ({ type: "Sign" }) };

export function exp(x: Tensor): Tensor {
  return elementwise(expOperator, x);
}

export function log(x: Tensor): Tensor {
  return elementwise(logOperator, x);
}

export function sqrt(x: Tensor): Tensor {
  return elementwise(sqrtOperator, x);
}

export function tanh(x: Tensor): Tensor {
  return elementwise(tanhOperator, x);
}

export function sigmoid(x: Tensor): Tensor {
  return elementwise(sigmoidOperator, x);
}

/** `max(x, 0)`; the derivative at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return elementwise(reluOperator, x);
}

/** `log(1 + exp(x))` without overflow. */
export function softplus(x: Tensor): Tensor {
  return elementwise(softplusOperator, x);
}

export function sin(x: Tensor): Tensor {
  return elementwise(sinOperator, x);
}

export function cos(x: Tensor): Tensor {
  return elementwise(cosOperator, x);
}

/** `|x|`; the derivative at 0 is 0. */
export function abs(x: Tensor): Tensor {
  return elementwise(absOperator, x);
}

/** -1, 0 or 1. */
export function sign(x: Tensor): Tensor {
  return elementwise(signOperator, x);
}

const powOperator: Operator<Nothing> = {
  name: "pow",
  onnx: () => ({ type: "Pow" }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const x = inputOf(node, 0);
    const exponent = inputOf(node, 1);
    const dx = sumTo(mul(dy, mul(exponent, pow(x, sub(exponent, 1)))), x.shape);
    if (uniformValue(exponent) !== undefined) return [dx];
    return [dx, sumTo(mul(dy, mul(node.outputs[0] as Tensor, log(x))), exponent.shape)];
  },
};

/**
 * `x` to the power `exponent`; small whole exponents and one half become products and a square root.
 * @throws GrandModelError `DTYPE_MISMATCH` for integer tensors.
 */
export function pow(x: Tensor, exponent: Operand): Tensor {
  expectDtype("pow", x, ["f32", "f64"]);
  if (exponent === 2) return square(x);
  if (exponent === 0.5) return sqrt(x);
  const [base, power] = liftPair("pow", x, exponent);
  if (uniformValue(power) === 0) {
    throw traceError({
      code: "NOT_DIFFERENTIABLE",
      path: "pow",
      value: 0,
      expected: "an exponent other than 0",
      hint: "x to the power 0 is 1: use ones(dtype, shape).",
    });
  }
  return apply(powOperator, [base, power], {}, x.dtype, broadcastShapes("pow", base.shape, power.shape));
}

export const erfOperator: Operator<Nothing> = {
  ...unary("erf", "Erf", (dy, x) => mul(dy, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  expand: ({ inputs: [x] }) => (x?.dtype === "f64" ? erfSeries(x) : undefined),
};

/**
 * erf in float64, where ONNX Runtime has none: 2/sqrt(pi) x exp(-x^2) sum_n (2 x^2)^n / (2n+1)!!, all terms positive
 * (Abramowitz and Stegun 7.1.6). 100 terms reach 1e-15 for |x| <= 5, and erf(5) = 1 - 1.5e-12. It is slow and only
 * gradient checks use it.
 */
function erfSeries(x: Tensor): Tensor {
  const held = clip(x, -5, 5);
  const doubled = mul(square(held), 2);
  let total: Tensor = ones(x.dtype, []);
  for (let n = 100; n >= 1; n -= 1) total = add(mul(mul(doubled, 1 / (2 * n + 1)), total), 1);
  return mul(mul(held, mul(exp(neg(square(held))), 2 / Math.sqrt(Math.PI))), total);
}

/** Gauss's error function. */
export function erf(x: Tensor): Tensor {
  return elementwise(erfOperator, x);
}

/** Derivative of x Phi(x): Phi(x) + x phi(x). */
function geluSlope(x: Tensor): Tensor {
  const cumulative = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(cumulative, mul(x, density));
}

export const geluOperator: Operator<Nothing> = {
  ...unary("gelu", "Gelu", (dy, x) => mul(dy, geluSlope(x))),
  // The standard operator is younger than the operator set we write; ONNX Runtime has had its own for longer.
  onnx: () => ({ type: "Gelu", domain: "com.microsoft" }),
  expand: ({ inputs: [x] }) =>
    x?.dtype === "f64" ? mul(mul(x, 0.5), add(erfSeries(mul(x, Math.SQRT1_2)), 1)) : undefined,
};

/** `x Phi(x)` with the exact (erf) normal distribution. */
export function gelu(x: Tensor): Tensor {
  return elementwise(geluOperator, x);
}

/**
 * `t (1 + erf t)`, which is sqrt 2 gelu(sqrt 2 t): a layer that folds the two factors into the weights around it shares the
 * error function between value and slope, (1 + erf t) + t 2/sqrt(pi) exp(-t^2).
 */
export function errorGate(t: Tensor): Tensor {
  const open = add(erf(t), 1);
  const [value] = withGradient([mul(t, open)], [t], ([dy]) => {
    // The factor 2/sqrt(pi) stands in the exponent, where it costs nothing.
    const bell = exp(sub(Math.log(2 / Math.sqrt(Math.PI)), square(t)));
    return [dy && mul(dy, add(open, mul(t, bell)))];
  });
  return value as Tensor;
}
