/**
 * @file Is a VaR model right? Likelihood ratios of the exception rate (Kupiec 1995) and of independence (Christoffersen
 * 1998), the Basel traffic light, and the expected-shortfall statistic Z2 of Acerbi and Szekely (2014).
 * "1 - |rate - 5 %| / 5 %" is no test: it punishes prudence. Source: risk.md section 11.
 */

/** 5 % critical values of chi-squared with one and two degrees of freedom. */
export const criticalValue: Readonly<Record<1 | 2, number>> = { 1: 3.841, 2: 5.991 };

/** LR_uc ~ chi2(1): exceptions `x` of `n` against the rate `alpha`. */
export function kupiec(n: number, x: number, alpha: number): number {
  const rate = x / n;
  return -2 * (logLikelihood(n - x, x, alpha) - logLikelihood(n - x, x, rate));
}

/** LR_ind ~ chi2(1): do exceptions follow exceptions? @param exceptions one flag a day, in order */
export function christoffersen(exceptions: readonly boolean[]): number {
  const counts = { calmCalm: 0, calmHit: 0, hitCalm: 0, hitHit: 0 };
  for (let t = 1; t < exceptions.length; t += 1) {
    const from = exceptions[t - 1] === true ? "hit" : "calm";
    counts[`${from}${exceptions[t] === true ? "Hit" : "Calm"}`] += 1;
  }
  const { calmCalm, calmHit, hitCalm, hitHit } = counts;
  const calm = calmCalm + hitCalm;
  const hits = calmHit + hitHit;
  const joint = logLikelihood(calm, hits, hits / (calm + hits));
  const split =
    logLikelihood(calmCalm, calmHit, calmHit / (calmCalm + calmHit)) +
    logLikelihood(hitCalm, hitHit, hitHit / (hitCalm + hitHit));
  return -2 * (joint - split);
}

/** (1 - p)^calm p^hits, logarithm; 0^0 = 1. */
function logLikelihood(calm: number, hits: number, p: number): number {
  return (calm === 0 ? 0 : calm * Math.log1p(-p)) + (hits === 0 ? 0 : hits * Math.log(p));
}

/** Basel zone of the exceptions of 250 days at 99 %. */
export function trafficLight(exceptions: number): "green" | "yellow" | "red" {
  if (exceptions <= 4) return "green";
  return exceptions <= 9 ? "yellow" : "red";
}

/**
 * Z2 = 1 + sum(r_t I_t / ES_t) / (n alpha): about 0 when the shortfall is right, negative when it is too small.
 * @param days realised return, VaR and ES of the day as positive log returns
 */
export function acerbiSzekely(
  days: readonly { readonly return: number; readonly valueAtRisk: number; readonly shortfall: number }[],
  alpha: number,
): number {
  const sum = days.reduce(
    (total, day) => (day.return < -day.valueAtRisk ? total + day.return / day.shortfall : total),
    0,
  );
  return 1 + sum / (days.length * alpha);
}
