/**
 * @file The mixture sum_k p_k softmax(z_k) as products with constant 0/1 matrices. Softmax, masks and log-sum-exp over axes of
 * five and eight numbers cost ONNX Runtime more than the trunk before them; rows of forty numbers it handles at full speed.
 * Logits are held within 60 of the row's largest: a component that lies wholly below (never seen in training) is flattened.
 */
import { add, div, mul, sub } from "../../graph/ops/arithmetic.ts";
import { constant } from "../../graph/ops/constant.ts";
import { exp } from "../../graph/ops/elementwise.ts";
import { matmul } from "../../graph/ops/matmul.ts";
import { max } from "../../graph/ops/reduction.ts";
import { maximum } from "../../graph/ops/selection.ts";
import type { Tensor } from "../../graph/tensor.ts";

const depth = 60;
/** As in the logarithmic form: a component may cancel to exactly 0. */
const leastWeight = 1e-8;

/**
 * @param logits z, `[R, K n]`, component by component
 * @param weights p, `[R, K]`
 * @param legal 1 or 0, `[R, n]`
 * @returns pi, `[R, n]`; illegal actions exactly 0
 */
export function mixedByProducts(logits: Tensor, weights: Tensor, legal: Tensor): Tensor {
  const states = weights.shape.at(-1) ?? 1;
  const actions = legal.shape.at(-1) ?? 1;
  const top = max(logits, { axes: [1], keepDims: true });
  const shown = matmul(legal, actionColumns(states, actions, legal.dtype));
  const raised = mul(exp(maximum(sub(logits, top), -depth)), shown);
  const sums = matmul(raised, stateRows(states, actions, legal.dtype));
  const shares = matmul(div(add(weights, leastWeight), sums), stateColumns(states, actions, legal.dtype));
  return matmul(mul(raised, shares), actionRows(states, actions, legal.dtype));
}

type Dtype = Tensor["dtype"];

/** `[n, K n]`: copies an action's number to every component. */
function actionColumns(states: number, actions: number, dtype: Dtype): Tensor {
  return indicator(actions, states * actions, dtype, (action, at) => at % actions === action);
}

/** `[K n, n]`: adds over the components. */
function actionRows(states: number, actions: number, dtype: Dtype): Tensor {
  return indicator(states * actions, actions, dtype, (at, action) => at % actions === action);
}

/** `[K n, K]`: adds over the actions of a component. */
function stateRows(states: number, actions: number, dtype: Dtype): Tensor {
  return indicator(states * actions, states, dtype, (at, state) => Math.floor(at / actions) === state);
}

/** `[K, K n]`: copies a component's number to its actions. */
function stateColumns(states: number, actions: number, dtype: Dtype): Tensor {
  return indicator(states, states * actions, dtype, (state, at) => Math.floor(at / actions) === state);
}

function indicator(
  rows: number,
  columns: number,
  dtype: Dtype,
  one: (row: number, column: number) => boolean,
): Tensor {
  const values = Array.from({ length: rows * columns }, (_, i) =>
    one(Math.floor(i / columns), i % columns) ? 1 : 0,
  );
  return constant(values, { dtype, shape: [rows, columns] });
}
