/**
 * @file Gauss-Hermite quadrature for expectations under the standard normal: E f(Z) = sum of weight_i f(node_i), exact
 * for polynomials of degree 2n - 1. Nodes are the roots of the orthonormal Hermite polynomials by Newton's method
 * (Golub, Welsch 1969; starting values from Press et al., "Numerical recipes", section 4.6).
 */

/** Nodes and weights, in decreasing order of nodes; the weights add up to 1. */
export interface Quadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** The rule with `n` nodes, 2 <= n <= 64. */
export function gaussHermite(n: number): Quadrature {
  const nodes: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < (n + 1) >> 1; i += 1) {
    const { root, slope } = newton(firstGuess(i, n, nodes), n);
    // Abscissas for exp(-x^2) become those of the standard normal by a factor sqrt 2; the weights by 1 / sqrt pi.
    const node = Math.SQRT2 * root;
    const weight = 2 / (slope * slope * Math.sqrt(Math.PI));
    nodes[i] = node;
    nodes[n - 1 - i] = -node;
    weights[i] = weight;
    weights[n - 1 - i] = weight;
  }
  return { nodes, weights };
}

function firstGuess(i: number, n: number, found: readonly number[]): number {
  const root = (k: number): number => (found[k] ?? 0) / Math.SQRT2;
  const width = Math.sqrt(2 * n + 1);
  if (i === 0) return width - 1.85575 * Math.exp(-0.16667 * Math.log(2 * n + 1));
  if (i === 1) return root(0) - (1.14 * Math.exp(0.426 * Math.log(n))) / root(0);
  if (i === 2) return 1.86 * root(1) - 0.86 * root(0);
  if (i === 3) return 1.91 * root(2) - 0.91 * root(1);
  return 2 * root(i - 1) - root(i - 2);
}

/** Root near `x` of the orthonormal Hermite polynomial of degree n, and its derivative there. */
function newton(start: number, n: number): { root: number; slope: number } {
  let x = start;
  let slope = 1;
  for (let iteration = 0; iteration < 20; iteration += 1) {
    let value = Math.sqrt(1 / Math.sqrt(Math.PI));
    let previous = 0;
    for (let j = 1; j <= n; j += 1) {
      const before = previous;
      previous = value;
      value = x * Math.sqrt(2 / j) * previous - Math.sqrt((j - 1) / j) * before;
    }
    slope = Math.sqrt(2 * n) * previous;
    x -= value / slope;
  }
  return { root: x, slope };
}
