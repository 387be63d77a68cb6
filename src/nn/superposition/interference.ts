/**
 * @file Mixing K complex amplitudes by a unitary matrix U that does not depend on the input (networks.md, section 3.3).
 * Real and imaginary parts are separate real tensors; a K x K complex matrix A + iB acts as the real 2K x 2K matrix
 * [[A, -B], [B, A]] on columns [real; imaginary], here transposed because amplitudes are rows.
 * Invariant: the norm of the amplitudes is preserved, so that squared moduli stay a distribution.
 * Sources: Householder, "Unitary triangularization of a nonsymmetric matrix", 1958; the Cayley transform for learned
 * unitary matrices: Helfrich, Willmott, Ye, ICML 2018.
 */
import { add, div, mul, neg, square, sub } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { constant } from "../../graph/ops/constant.ts";
import { cos, sin } from "../../graph/ops/elementwise.ts";
import { concat, split, stack } from "../../graph/ops/joining.ts";
import { matmul } from "../../graph/ops/matmul.ts";
import { expandDims, squeeze, transpose } from "../../graph/ops/shaping.ts";
import { slice } from "../../graph/ops/window.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { type Initialiser, zeros } from "../initialisers/initialiser.ts";
import { requireCount } from "../issues.ts";
import { parameter, type Parameters, type Specs } from "../layers/layer.ts";

/** Complex amplitudes, both parts `[R, K]`. */
export interface Amplitudes {
  readonly real: Tensor;
  readonly imaginary: Tensor;
}

/** Amplitudes by modulus and phase (radians), both `[R, K]`. */
export interface Polar {
  readonly modulus: Tensor;
  readonly phase: Tensor;
}

/** How amplitudes are mixed; `identity` makes the model a plain softmax mixture. */
export type InterferenceKind =
  | { readonly kind: "householder"; readonly reflections: number }
  | { readonly kind: "cayley" }
  | { readonly kind: "identity" };

/** U as a layer: its parameters and psi -> U psi, and its two parts for those who apply them otherwise. */
export interface Interference {
  readonly parameters: Specs;
  apply(parameters: Parameters, polar: Polar): Amplitudes;
  /** Added to the phases first, `[K]`; absent where nothing is. */
  phases?(parameters: Parameters): Tensor;
  /** What multiplies rows `[real, imaginary]`, `[2K, 2K]`; absent where U is only phases. */
  matrix?(parameters: Parameters): Tensor;
}

export function interference(kind: InterferenceKind, states: number): Interference {
  requireCount("superposition.states", states);
  switch (kind.kind) {
    case "householder":
      return householder(states, kind.reflections);
    case "cayley":
      return cayley(states);
    case "identity":
      return { parameters: {}, apply: (_, polar) => cartesian(polar) };
    default:
      return kind satisfies never;
  }
}

/** `r cos(phase) + i r sin(phase)`. */
export function cartesian({ modulus, phase }: Polar): Amplitudes {
  return { real: mul(modulus, cos(phase)), imaginary: mul(modulus, sin(phase)) };
}

/**
 * U = (I - 2 v1 v1^H / |v1|^2) ... (I - 2 vJ vJ^H / |vJ|^2) diag(e^{i theta}). The diagonal only turns phases, so it is
 * added to them. For v = x + iy the projection v v^H is a a^T + b b^T in real form, with a = [x; y] and b = [-y; x].
 * `reflectors` [J, 2K] holds x and y of each v side by side.
 */
function householder(states: number, reflections: number): Interference {
  requireCount("interference.reflections", reflections);
  const phases = (parameters: Parameters): Tensor => parameters["theta"] as Tensor;
  const matrix = (parameters: Parameters): Tensor =>
    reflectionRows(parameters["reflectors"] as Tensor, states);
  return {
    parameters: {
      reflectors: parameter([reflections, 2 * states], pairedReflectors),
      theta: parameter([states], zeros),
    },
    phases,
    matrix,
    apply: (parameters, { modulus, phase }) =>
      transform(cartesian({ modulus, phase: add(phase, phases(parameters)) }), matrix(parameters)),
  };
}

/** The real form of the product of reflections, transposed for rows: H_J ... H_1, each symmetric. */
function reflectionRows(reflectors: Tensor, states: number): Tensor {
  const [x, y] = split(reflectors, [states, states], 1) as [Tensor, Tensor];
  const pairs = stack([reflectors, concat([neg(y), x], 1)], 1);
  const projections = matmul(transpose(pairs, [0, 2, 1]), pairs);
  const squares = sum(square(reflectors), { axes: [1], keepDims: true });
  const scaled = div(mul(projections, 2), expandDims(squares, 2));
  const matrices = sub(identity(2 * states, reflectors.dtype), scaled);
  const count = reflectors.shape[0] ?? 1;
  return split(matrices, Array<number>(count).fill(1), 0)
    .map((matrix) => squeeze(matrix, 0))
    .reduce((product, matrix) => matmul(matrix, product));
}

/**
 * v1 = v2 Gaussian and v3 a basis vector, and so on in pairs: equal neighbours cancel, so U starts as a diagonal of
 * signs, interference changes nothing and all components are in use.
 */
const pairedReflectors: Initialiser = (key, [count = 0, width = 0]) => {
  const generator = Generator.fromKey(key);
  const out = new Float32Array(count * width);
  for (let j = 0; j + 1 < count; j += 2) {
    for (let i = 0; i < width; i += 1) {
      const value = generator.normal();
      out[j * width + i] = value;
      out[(j + 1) * width + i] = value;
    }
  }
  if (count % 2 === 1) out[(count - 1) * width] = 1;
  return out;
};

/**
 * U = (I - iA)(I + iA)^{-1} with A Hermitian: symmetric real part and antisymmetric imaginary part of one real matrix.
 * Starts as the identity.
 */
function cayley(states: number): Interference {
  const matrix = (parameters: Parameters): Tensor => cayleyRows(parameters["generator"] as Tensor, states);
  return {
    parameters: { generator: parameter([states, states], zeros) },
    matrix,
    apply: (parameters, polar) => transform(cartesian(polar), matrix(parameters)),
  };
}

/** (I - S)(I + S)^{-1}, transposed: S^T = -S turns it into (I - S)^{-1} (I + S). */
function cayleyRows(generator: Tensor, states: number): Tensor {
  const mirrored = transpose(generator);
  const symmetric = mul(add(generator, mirrored), 0.5);
  const antisymmetric = mul(sub(generator, mirrored), 0.5);
  const skew = concat(
    [concat([neg(antisymmetric), neg(symmetric)], 1), concat([symmetric, neg(antisymmetric)], 1)],
    0,
  );
  const unit = identity(2 * states, generator.dtype);
  return polished(matmul(inverse(sub(unit, skew)), add(unit, skew)));
}

/**
 * Gauss-Jordan elimination, unrolled. It needs no pivoting here: the symmetric part of I + skew is I, so all leading
 * minors are positive.
 */
function inverse(matrix: Tensor): Tensor {
  const [n = 0] = matrix.shape;
  const unit = identity(n, matrix.dtype);
  let table = concat([matrix, unit], 1);
  for (let i = 0; i < n; i += 1) {
    const row = slice(table, { axis: 0, start: i, end: i + 1 });
    const pivot = slice(row, { axis: 1, start: i, end: i + 1 });
    const column = sub(
      slice(table, { axis: 1, start: i, end: i + 1 }),
      slice(unit, { axis: 1, start: i, end: i + 1 }),
    );
    table = sub(table, matmul(column, div(row, pivot)));
  }
  return slice(table, { axis: 1, start: n, end: 2 * n });
}

/**
 * One Newton-Schulz step towards the nearest orthogonal matrix, (3 M - M M^T M) / 2: elimination with a large A leaves
 * errors of 1e-6 in float32, which the step squares.
 */
function polished(matrix: Tensor): Tensor {
  const gram = matmul(matrix, transpose(matrix));
  return sub(mul(matrix, 1.5), mul(matmul(gram, matrix), 0.5));
}

function transform({ real, imaginary }: Amplitudes, rows: Tensor): Amplitudes {
  const states = real.shape.at(-1) ?? 1;
  const mixed = matmul(concat([real, imaginary], -1), rows);
  const [first, second] = split(mixed, [states, states], -1) as [Tensor, Tensor];
  return { real: first, imaginary: second };
}

function identity(n: number, dtype: Tensor["dtype"]): Tensor {
  const values = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  return constant(Array.from(values), { dtype, shape: [n, n] });
}
