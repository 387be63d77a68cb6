/** @file Binary search in sorted numbers. O(log n). */

/** First index in `sorted[0..count)` whose number is >= x; `count` when none is. */
export function lowerBound(sorted: Float64Array, count: number, x: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
