/**
 * @file Mean block length of the stationary bootstrap by the rule of Politis and White, "Automatic block-length selection for
 * the dependent bootstrap", Econometric Reviews 23 (2004), with the correction of Patton, Politis, White, ER 28 (2009).
 */
import { centralSum, mean } from "../returns/sums.kernel.ts";

/** Mean block length in rows for the stationary bootstrap; at least 1, at most ceil(min(3 sqrt n, n / 3)). */
export function politisWhiteBlockLength(series: Float64Array): number {
  const n = series.length;
  if (n < 8) return 1;
  const centre = mean(series);
  const variance = centralSum(series, centre, 2) / n;
  if (variance === 0) return 1;
  const quietRun = Math.max(5, Math.ceil(Math.sqrt(Math.log10(n))));
  const maxLag = Math.ceil(Math.sqrt(n)) + quietRun;
  const autocovariance = Float64Array.from({ length: maxLag + 1 }, (_, lag) => lagged(series, centre, lag));
  const band = 2 * Math.sqrt(Math.log10(n) / n);
  const lag = firstQuietLag(autocovariance, band, quietRun, maxLag);
  const half = Math.min(2 * lag, maxLag);
  let spectrum = autocovariance[0] ?? 0;
  let curvature = 0;
  for (let k = 1; k <= half; k += 1) {
    const weight = k / half <= 0.5 ? 1 : 2 * (1 - k / half);
    spectrum += 2 * weight * (autocovariance[k] ?? 0);
    curvature += 2 * weight * k * (autocovariance[k] ?? 0);
  }
  if (spectrum === 0) return 1;
  // The stationary bootstrap's constant: D = 2 g(0)^2, b = (2 G^2 / D)^(1/3) n^(1/3).
  const length = Math.cbrt((curvature * curvature * n) / (spectrum * spectrum));
  return Math.min(Math.max(1, length), Math.ceil(Math.min(3 * Math.sqrt(n), n / 3)));
}

function lagged(series: Float64Array, centre: number, lag: number): number {
  let total = 0;
  for (let t = lag; t < series.length; t += 1) {
    total += ((series[t] ?? 0) - centre) * ((series[t - lag] ?? 0) - centre);
  }
  return total / series.length;
}

/** Smallest lag after which `quietRun` autocorrelations in a row lie inside the band. */
function firstQuietLag(autocovariance: Float64Array, band: number, quietRun: number, maxLag: number): number {
  const quiet = (lag: number): boolean =>
    Math.abs((autocovariance[lag] ?? 0) / (autocovariance[0] ?? 1)) < band;
  for (let lag = 1; lag + quietRun - 1 <= maxLag; lag += 1) {
    if (Array.from({ length: quietRun }, (_, i) => lag + i).every(quiet)) return Math.max(1, lag - 1);
  }
  return Math.max(1, maxLag - quietRun);
}
