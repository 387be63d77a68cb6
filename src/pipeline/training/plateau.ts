/**
 * @file Has a series of evaluations stopped moving? The slope of a straight line through the last points, by a t-test at
 * 5 % (training.md section 5). A coefficient of variation is not used: it is undefined near a mean of zero.
 */

/** Two-sided 5 % points of Student's t by degrees of freedom 1 .. 30 (NIST/SEMATECH e-Handbook, table 1.3.6.7.2). */
const critical: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** True when there are `points` values and the slope of the last of them is not significant. */
export function slopeIsFlat(values: readonly number[], points: number): boolean {
  if (values.length < points || points < 3) return false;
  const y = values.slice(-points);
  const centre = (points - 1) / 2;
  const mean = y.reduce((sum, value) => sum + value, 0) / points;
  let xy = 0;
  let xx = 0;
  for (const [x, value] of y.entries()) {
    xy += (x - centre) * (value - mean);
    xx += (x - centre) * (x - centre);
  }
  const slope = xy / xx;
  const residual = y.reduce((sum, value, x) => {
    const error = value - mean - slope * (x - centre);
    return sum + error * error;
  }, 0);
  const standardError = Math.sqrt(residual / (points - 2) / xx);
  const limit = critical[Math.min(points - 2, critical.length) - 1] ?? 2;
  return Math.abs(slope) <= limit * standardError;
}
