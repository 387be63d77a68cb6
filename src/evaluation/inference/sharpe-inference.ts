/**
 * @file How sure a Sharpe ratio is: standard error, probabilistic Sharpe ratio, minimum track record, deflation by the
 * number of trials. Sources: Bailey and Lopez de Prado, "The Sharpe ratio efficient frontier", J. Risk 15 (2012) (SE, PSR,
 * minTRL); the same, "The deflated Sharpe ratio", J. Portfolio Management 40 (2014) (E[max], DSR); Bailey, Borwein, Lopez de
 * Prado, Zhu, "Pseudo-mathematics and financial charlatanism", Notices AMS 61 (2014) (minimum back-test length).
 * All Sharpe ratios here are per period, NOT annualised. Kurtosis is raw (normal = 3): see `RawKurtosis`.
 * Assumes independent returns; set a stationary-bootstrap interval beside it.
 */
import {
  rawKurtosis,
  type RawKurtosis,
  rawKurtosisOf,
  skewness,
  standardDeviation,
} from "../returns/moments.ts";
import { count, mean, sum } from "../returns/sums.kernel.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

const EULER_GAMMA = 0.5772156649015329;

/** What the formulas need to know of a return series. */
export interface SharpeSample {
  /** mean / sample sd, per period. */
  readonly sharpe: number;
  readonly skewness: number;
  readonly kurtosis: RawKurtosis;
  readonly observations: number;
}

/** Estimates from a return series, NaN rows left out. */
export function sharpeSample(returns: Float64Array): SharpeSample {
  return {
    sharpe: mean(returns) / standardDeviation(returns),
    skewness: skewness(returns),
    kurtosis: rawKurtosis(returns),
    observations: count(returns),
  };
}

/** 1 - g3 SR + (g4 - 1)/4 SR^2. @throws `KURTOSIS_NOT_RAW` when the kurtosis cannot be a raw one. */
function varianceFactor({ sharpe, skewness: g3, kurtosis }: Omit<SharpeSample, "observations">): number {
  const g4 = rawKurtosisOf(kurtosis, g3);
  return 1 - g3 * sharpe + ((g4 - 1) / 4) * sharpe * sharpe;
}

/** sqrt(variance factor / (T - 1)). */
export function sharpeStandardError(sample: SharpeSample): number {
  return Math.sqrt(varianceFactor(sample) / (sample.observations - 1));
}

/** Probability that the true Sharpe ratio exceeds `benchmark`: Phi((SR - SR*) / SE). */
export function probabilisticSharpe(sample: SharpeSample, benchmark = 0): number {
  return normalCdf((sample.sharpe - benchmark) / sharpeStandardError(sample));
}

/**
 * Observations after which SR exceeds `benchmark` at the given confidence; Infinity when SR <= benchmark.
 * Divide by periods per year for years.
 */
export function minimumTrackRecord(
  sample: Omit<SharpeSample, "observations">,
  benchmark = 0,
  confidence = 0.95,
): number {
  if (sample.sharpe <= benchmark) return Infinity;
  const z = normalQuantile(confidence) / (sample.sharpe - benchmark);
  return 1 + varianceFactor(sample) * z * z;
}

/** Expected maximum of N independent standard normal trials; 0 for N = 1. */
export function expectedMaximum(trials: number): number {
  if (trials <= 1) return 0;
  return (
    (1 - EULER_GAMMA) * normalQuantile(1 - 1 / trials) +
    EULER_GAMMA * normalQuantile(1 - 1 / (trials * Math.E))
  );
}

/** Variance of the trials' per-period Sharpe ratios by the population formula: the trials are all there were. */
export function trialVariance(sharpes: Float64Array): number {
  const centre = mean(sharpes);
  return sum(sharpes.map((value) => (value - centre) * (value - centre))) / count(sharpes);
}

/** Deflated Sharpe ratio and the Sharpe ratio that luck alone was expected to reach. */
export interface DeflatedSharpe {
  /** sqrt(variance of trials) x E[max_N], per period. */
  readonly luckSharpe: number;
  /** PSR against `luckSharpe`. */
  readonly probability: number;
  readonly trials: number;
}

/** DSR = PSR(SR0). @param variance of the trials' per-period Sharpe ratios, see {@link trialVariance}. */
export function deflatedSharpe(sample: SharpeSample, trials: number, variance: number): DeflatedSharpe {
  const luckSharpe = Math.sqrt(variance) * expectedMaximum(trials);
  return { luckSharpe, probability: probabilisticSharpe(sample, luckSharpe), trials };
}

/** Trials that count when returns of trials correlate on average by rho: rho + (1 - rho) N. Gates use the raw N. */
export function effectiveTrials(trials: number, meanCorrelation: number): number {
  return meanCorrelation + (1 - meanCorrelation) * trials;
}

/** Years of data below which N trials are expected to show the target annual Sharpe ratio by luck alone. */
export function minimumBacktestYears(trials: number, targetAnnualSharpe: number): number {
  const ratio = expectedMaximum(trials) / targetAnnualSharpe;
  return ratio * ratio;
}
