/** @file Upper tail of the chi-square distribution, for tests of sampling frequencies. */

/** P(X > statistic) by the series of the regularised lower incomplete gamma function (Abramowitz, Stegun 6.5.29). */
export function chiSquareUpper(statistic: number, degrees: number): number {
  const a = degrees / 2;
  const x = statistic / 2;
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 1000; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return 1 - sum * Math.exp(-x + a * Math.log(x) - logGammaHalf(degrees));
}

/** ln Gamma(degrees / 2) by the recurrence from 1 or 1/2. */
function logGammaHalf(degrees: number): number {
  let result = degrees % 2 === 0 ? 0 : 0.5 * Math.log(Math.PI);
  for (let z = degrees % 2 === 0 ? 1 : 0.5; z < degrees / 2; z += 1) result += Math.log(z);
  return result;
}
