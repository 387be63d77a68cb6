/** @file A number with its 95 % interval, and the interval of a mean over few seeds (Student's t). */

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 5 % points of Student's t for 2 to 10 seeds. */
const seedPoints = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;

/** Mean over seeds, plus and minus t times its standard error. */
export function seedEstimate(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const error = n < 2 ? Infinity : Math.sqrt(squares / (n - 1) / n);
  const point = seedPoints[n - 2] ?? 1.96;
  return { value: mean, low: mean - point * error, high: mean + point * error };
}
