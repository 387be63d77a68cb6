/**
 * @file Orthogonal initialisation (Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning
 * in deep linear neural networks", 2014): the Q factor of a Gaussian matrix, made unique by a positive diagonal of R
 * and therefore uniform over all orthonormal frames (Mezzadri 2007).
 * Invariant: rows (if the matrix is wide) or columns (if it is tall) are orthogonal with norm `gain`, within 1e-5 in
 * float32, because the factorisation runs in float64.
 */
import { sizeOf } from "../../graph/shape.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { refuseOption } from "../issues.ts";
import { orthonormalise } from "./householder.kernel.ts";
import type { Initialiser } from "./initialiser.ts";

/**
 * A parameter of shape `[n, ...]` is filled as the matrix [n, product of the rest].
 * @param gain sqrt 2 for hidden layers, 0.01 for policy heads, 1 for value heads and recurrent weights
 */
export function orthogonal(gain = 1): Initialiser {
  return (key, shape) => {
    const [rows, ...rest] = shape;
    if (rows === undefined || rest.length === 0) {
      return refuseOption({
        path: "orthogonal",
        value: `[${shape.join(", ")}]`,
        expected: "a parameter with two or more axes",
        hint: "Use zeros, constant or normal for vectors.",
      });
    }
    return orthogonalMatrix(Generator.fromKey(key), { rows, columns: sizeOf(rest), gain });
  };
}

/**
 * Square blocks side by side, each orthogonal by itself: the recurrent weights of the gates of a GRU or an LSTM.
 * Shape `[n, blocks * n]`.
 */
export function orthogonalBlocks(blocks: number, gain = 1): Initialiser {
  return (key, shape) => {
    const [rows = 0, columns = 0] = shape;
    const width = columns / blocks;
    const generator = Generator.fromKey(key);
    const out = new Float32Array(rows * columns);
    for (let block = 0; block < blocks; block += 1) {
      const square = orthogonalMatrix(generator, { rows, columns: width, gain });
      for (let row = 0; row < rows; row += 1) {
        out.set(square.subarray(row * width, (row + 1) * width), row * columns + block * width);
      }
    }
    return out;
  };
}

interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
  readonly gain: number;
}

/** Row-major [rows, columns]. */
function orthogonalMatrix(generator: Generator, { rows, columns, gain }: MatrixSize): Float32Array {
  const tall = rows >= columns;
  const length = Math.max(rows, columns);
  const count = Math.min(rows, columns);
  const frame = Float64Array.from({ length: length * count }, () => generator.normal());
  orthonormalise(frame, length, count);
  const out = new Float32Array(rows * columns);
  for (let vector = 0; vector < count; vector += 1) {
    for (let i = 0; i < length; i += 1) {
      const index = tall ? i * columns + vector : vector * columns + i;
      out[index] = gain * (frame[vector * length + i] ?? 0);
    }
  }
  return out;
}
