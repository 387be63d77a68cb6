/**
 * @file The mixture sum_k p_k softmax(z_k) of many rows as products with constant matrices. Softmax, sums and joins over axes
 * of five and eight numbers cost ONNX Runtime more than the trunk before them; a product of two small matrices or an
 * element-wise operator over all rows it runs at full speed. So real and imaginary parts stand side by side from the start,
 * and what does not change a softmax (the mean of its logits) is taken off inside the products.
 * Invariants: rows add up to 1, illegal actions are exactly 0. Logits of a component are held within 60 of their mean, and
 * ln r_k within 40 of its mean: further out (never seen in training) they are flattened.
 */
import { add, div, mul, square } from "../../graph/ops/arithmetic.ts";
import { constant } from "../../graph/ops/constant.ts";
import { exp, sin, tanh } from "../../graph/ops/elementwise.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { linear, matmul } from "../../graph/ops/matmul.ts";
import { clip } from "../../graph/ops/selection.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { LinearParameters } from "../layers/linear.ts";

const logitDepth = 60;
const modulusDepth = 40;
/** As in the logarithmic form: a component may cancel to exactly 0. */
const leastWeight = 1e-8;

export interface MixtureOfRows {
  /** a and phi before `offset`, `[R, 2K]`, A rows per group. */
  readonly raw: Tensor;
  /** `[A, 2K]`. */
  readonly offset: Tensor;
  /** `[R, width]` and what makes logits of it, component by component: `[width, K n]`. */
  readonly trunk: Tensor;
  readonly components: LinearParameters;
  /** theta, `[K]`. */
  readonly phases: Tensor | undefined;
  /** U, `[2K, 2K]`, for rows. */
  readonly mixing: Tensor | undefined;
  /** 1 or 0, `[A, n]`. */
  readonly legal: Tensor;
}

/** @returns pi, `[R, n]` */
export function mixedByProducts(mixture: MixtureOfRows): Tensor {
  const { components, legal, trunk } = mixture;
  const states = (mixture.offset.shape[1] ?? 2) / 2;
  const actions = legal.shape[1] ?? 1;
  const count = states * actions;
  const table = (rows: number, columns: number, at: (row: number, column: number) => number): Tensor =>
    matrix(rows, columns, legal.dtype, at);
  const stateOf = (at: number): number => Math.floor(at / actions);
  const centred = table(count, count, (i, j) => (stateOf(i) === stateOf(j) ? equal(i, j) - 1 / actions : 0));
  const bias = matmul(reshape(components.bias, [1, count]), centred);
  const logits = linear(trunk, matmul(components.weight, centred), reshape(bias, [count]));
  const shown = matmul(
    legal,
    table(actions, count, (i, j) => equal(i, j % actions)),
  );
  const raised = overGroups(mul, exp(clip(logits, -logitDepth, logitDepth)), shown);
  const sums = matmul(
    raised,
    table(count, states, (i, j) => equal(stateOf(i), j)),
  );
  const shares = matmul(
    div(weightsOf(mixture, states), sums),
    table(states, count, (i, j) => equal(i, stateOf(j))),
  );
  const mixed = matmul(
    mul(raised, shares),
    table(count, actions, (i, j) => equal(i % actions, j)),
  );
  return div(
    mixed,
    matmul(
      mixed,
      table(actions, actions, () => 1),
    ),
  );
}

/** |U psi|^2 of every component up to a factor of the row, `[R, K]`. */
function weightsOf({ mixing, offset, phases, raw }: MixtureOfRows, states: number): Tensor {
  const { dtype } = raw;
  const [a, phi] = split(overGroups(add, raw, offset), [states, states], 1) as [Tensor, Tensor];
  const half = (i: number, j: number): number => (equal(i, j % states) - 1 / states) / 2;
  const modulus = exp(clip(matmul(a, matrix(states, 2 * states, dtype, half)), -modulusDepth, modulusDepth));
  // cos x = sin(x + pi/2): one operator for both parts.
  const quarter = constant(
    Array.from({ length: 2 * states }, (_, j) => (j < states ? Math.PI / 2 : 0)),
    { dtype },
  );
  const turn = phases === undefined ? quarter : add(quarter, concat([phases, phases], 0));
  const angle = linear(
    tanh(phi),
    matrix(states, 2 * states, dtype, (i, j) => Math.PI * equal(i, j % states)),
    turn,
  );
  const psi = mul(modulus, sin(angle));
  const mixed = square(mixing === undefined ? psi : matmul(psi, mixing));
  return matmul(
    mixed,
    matrix(2 * states, states, dtype, (i, j) => equal(i % states, j) + leastWeight),
  );
}

/** An operator between rows `[R, n]` and what each group of A rows shares, `[A, n]`. */
function overGroups(operator: (x: Tensor, y: Tensor) => Tensor, rows: Tensor, shared: Tensor): Tensor {
  const [agents = 1, width = 1] = shared.shape;
  const grouped = reshape(rows, [-1, agents * width]);
  return reshape(operator(grouped, reshape(shared, [agents * width])), [-1, width]);
}

function equal(i: number, j: number): number {
  return i === j ? 1 : 0;
}

function matrix(
  rows: number,
  columns: number,
  dtype: Tensor["dtype"],
  at: (row: number, column: number) => number,
): Tensor {
  const values = Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns));
  return constant(values, { dtype, shape: [rows, columns] });
}
