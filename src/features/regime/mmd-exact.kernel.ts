/**
 * @file The exact unbiased maximum mean discrepancy (Gretton et al., "A kernel two-sample test", JMLR 13, 2012, eq. 3):
 * MMD2_u = sum_{i != j} k(x_i, x_j) / (m (m - 1)) + sum_{i != j} k(y_i, y_j) / (n (n - 1)) - 2 sum k(x_i, y_j) / (m n)
 * with k = exp(-|x - y|^2 / (2 s^2)). May be negative; no root is taken. O((m + n)^2 d); no state.
 */

/**
 * @param x `[m, width]` row-major, m >= 2
 * @param y `[n, width]` row-major, n >= 2
 * @param scale bandwidth s > 0
 */
export function mmdUnbiased(x: Float64Array, y: Float64Array, width: number, scale: number): number {
  const m = x.length / width;
  const n = y.length / width;
  const within = pairSum(x, m, width, scale) / (m * (m - 1)) + pairSum(y, n, width, scale) / (n * (n - 1));
  let across = 0;
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) across += gaussian(x, i, y, j, width, scale);
  }
  return within - (2 * across) / (m * n);
}

/** Sum of k over ordered pairs of different rows. */
function pairSum(x: Float64Array, rows: number, width: number, scale: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < i; j += 1) sum += 2 * gaussian(x, i, x, j, width, scale);
  }
  return sum;
}

function gaussian(
  x: Float64Array,
  i: number,
  y: Float64Array,
  j: number,
  width: number,
  scale: number,
): number {
  let squared = 0;
  for (let k = 0; k < width; k += 1) {
    const d = x[i * width + k]! - y[j * width + k]!;
    squared += d * d;
  }
  return Math.exp(-squared / (2 * scale * scale));
}
