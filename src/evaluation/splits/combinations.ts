/** @file Subsets of {0, ..., n-1} in lexicographic order, and their number. */

/** n over k, exact while the result is a safe integer. */
export function binomial(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) result = (result * (n - Math.min(k, n - k) + i)) / i;
  return Math.round(result);
}

/** All k-subsets of 0..n-1 as ascending arrays, in lexicographic order. */
export function* combinations(n: number, k: number): Generator<number[], void, void> {
  const pick = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield [...pick];
    let i = k - 1;
    while (i >= 0 && pick[i] === n - k + i) i -= 1;
    if (i < 0) return;
    let next = (pick[i] ?? 0) + 1;
    for (; i < k; i += 1) pick[i] = next++;
  }
}
