/**
 * @file Sums over return series: compensated (Neumaier 1974), fixed order, missing values (NaN) left out, so that
 * serial and parallel runs agree bit for bit. O(n), no allocation.
 */

/** Neumaier sum of the values that are not NaN. */
export function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value !== value) continue;
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

/** Number of values that are not NaN. */
export function count(values: Float64Array): number {
  let n = 0;
  for (let i = 0; i < values.length; i += 1) if (!Number.isNaN(values[i])) n += 1;
  return n;
}

/** Mean of the values that are not NaN; NaN when there are none. */
export function mean(values: Float64Array): number {
  return sum(values) / count(values);
}

/** Sum of (value - centre)^power over the values that are not NaN, power 2, 3 or 4. */
export function centralSum(values: Float64Array, centre: number, power: 2 | 3 | 4): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i += 1) {
    const deviation = values[i]! - centre;
    if (deviation !== deviation) continue;
    const square = deviation * deviation;
    const term = power === 2 ? square : power === 3 ? square * deviation : square * square;
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return total + lost;
}

/** Sum of min(value - required, 0)^2 over the values that are not NaN. */
export function shortfallSum(values: Float64Array, required: number): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i += 1) {
    const shortfall = values[i]! - required;
    if (!(shortfall < 0)) continue;
    const term = shortfall * shortfall;
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return total + lost;
}

/** Sum of ln(1 + value), missing as 0; -Infinity once a value is -1 or less. */
export function logGrowth(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value !== value) continue;
    if (value <= -1) return -Infinity;
    const term = Math.log1p(value);
    const next = total + term;
    lost += Math.abs(total) >= Math.abs(term) ? total - next + term : term - next + total;
    total = next;
  }
  return total + lost;
}

/** Smallest wealth / running maximum - 1 (at most 0); wealth starts at 1, a missing return is 0. */
export function deepestDrawdown(values: Float64Array): number {
  let wealth = 1;
  let peak = 1;
  let deepest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value !== value) continue;
    wealth *= 1 + value;
    if (wealth > peak) peak = wealth;
    const drawdown = wealth / peak - 1;
    if (drawdown < deepest) deepest = drawdown;
  }
  return deepest;
}

/** True when all values that are not NaN are equal: dispersion is exactly zero, whatever rounding says. */
export function isConstant(values: Float64Array): boolean {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low === high;
}
