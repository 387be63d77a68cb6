/**
 * @file How a quantity is cut: equal slices, slices along a volume curve, scale-outs of a target, iceberg displays.
 * Invariants: parts are whole units, sum to the quantity and none is negative. `floor(qty / n)` alone would be 0 for
 * small sizes and lose the remainder.
 */

/** At most `count` equal parts, remainder to the earliest; no part is empty. */
export function equalSlices(units: number, count: number): readonly number[] {
  const n = Math.min(count, units);
  return Array.from({ length: n }, (_, i) => Math.floor(units / n) + (i < units % n ? 1 : 0));
}

/**
 * Parts along a volume curve (weights >= 0, at least one > 0): cumulative shares rounded to the nearest unit, so that
 * the schedule is never more than half a unit from the curve. Parts may be 0.
 */
export function curveSlices(units: number, curve: readonly number[]): readonly number[] {
  const total = curve.reduce((sum, weight) => sum + weight, 0);
  let weightSoFar = 0;
  let sent = 0;
  return curve.map((weight) => {
    weightSoFar += weight;
    const due = Math.round((units * weightSoFar) / total);
    const part = due - sent;
    sent = due;
    return part;
  });
}

/** Whole lots floor(units x share) for each target, remainder on the first. Shares sum to 1. */
export function scaleOutUnits(units: number, shares: readonly number[]): readonly number[] {
  const floors = shares.map((share) => Math.floor(units * share + 1e-9));
  const rest = units - floors.reduce((sum, part) => sum + part, 0);
  return floors.map((part, i) => (i === 0 ? part + rest : part));
}

/** Visible size of an iceberg: `share` of the whole, at least one unit. */
export function icebergDisplay(units: number, share: number): number {
  return Math.min(units, Math.max(1, Math.floor(units * share)));
}

/** Units of an approved size that a sizing action keeps: 100, 66, 33 or 0 percent, floored. */
export function sizedUnits(approved: number, action: 0 | 1 | 2 | 3): number {
  const percent = [100, 66, 33, 0][action] ?? 0;
  return Math.floor((approved * percent) / 100);
}
