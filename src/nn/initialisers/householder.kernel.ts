/**
 * @file Thin QR factorisation by Householder reflections in float64, returning Q in place.
 * Source: Golub, Van Loan, "Matrix computations", algorithms 5.2.1 and 5.1.5 (backward accumulation).
 * Layout: `frame` holds `count` vectors of `length` numbers, one after the other (a column-major [length, count]).
 * Complexity: 4 length count^2 - 4/3 count^3 floating-point operations. NaN in, NaN out.
 */

/** Replaces `count <= length` independent vectors by the orthonormal ones of QR with a positive diagonal of R. */
export function orthonormalise(frame: Float64Array, length: number, count: number): void {
  const reflectors = frame.slice();
  const scales = new Float64Array(count);
  const signs = new Float64Array(count);
  for (let j = 0; j < count; j += 1) {
    makeReflector(reflectors, scales, signs, length, j);
    for (let k = j + 1; k < count; k += 1) {
      reflect(reflectors, j * length, scales[j]!, reflectors, k * length, length, j);
    }
  }
  frame.fill(0);
  for (let k = 0; k < count; k += 1) {
    frame[k * length + k] = signs[k]!;
    for (let j = k; j >= 0; j -= 1) reflect(reflectors, j * length, scales[j]!, frame, k * length, length, j);
  }
}

/** Turns vector `j`, from element `j` on, into v of I - scale v v^T, which maps it onto a multiple of e_j. */
function makeReflector(
  vectors: Float64Array,
  scales: Float64Array,
  signs: Float64Array,
  length: number,
  j: number,
): void {
  const start = j * length;
  let squares = 0;
  for (let i = j; i < length; i += 1) squares += vectors[start + i]! * vectors[start + i]!;
  const norm = Math.sqrt(squares);
  const head = vectors[start + j]!;
  // The diagonal of R becomes -norm for a positive head: the opposite sign would cancel.
  const diagonal = head > 0 ? -norm : norm;
  vectors[start + j] = head - diagonal;
  signs[j] = diagonal < 0 ? -1 : 1;
  scales[j] = norm === 0 ? 0 : 1 / (norm * (norm + Math.abs(head)));
}

/** target -= scale v (v . target), over elements `from..length`. */
function reflect(
  v: Float64Array,
  vStart: number,
  scale: number,
  target: Float64Array,
  targetStart: number,
  length: number,
  from: number,
): void {
  let dot = 0;
  for (let i = from; i < length; i += 1) dot += v[vStart + i]! * target[targetStart + i]!;
  const factor = scale * dot;
  for (let i = from; i < length; i += 1) target[targetStart + i]! -= factor * v[vStart + i]!;
}
