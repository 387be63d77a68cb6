/**
 * @file From uncertainty to action: whether the passes agree enough to act, how large the request may be, and the twelve
 * numbers that a critic is told (networks.md, sections 5 and 6). Pure functions of metrics and limits.
 */
import type { UncertaintyMetrics } from "./passes.kernel.ts";

export interface ConsensusLimits {
  /** Least share of passes that prefer the action; 2/3 by default. */
  readonly agreement: number;
  /** tau: least mean probability of the action; recalibrated on the validation split. */
  readonly threshold: number;
  /** MI_max: largest epistemic uncertainty, the 90th percentile on the validation split (`epistemicLimit`). */
  readonly epistemic: number;
}

export interface Consensus {
  /** False means HOLD with reason `MC_DISAGREEMENT`. */
  readonly execute: boolean;
  /** clip(1 - MI / MI_max, 0, 1): the share of the request that uncertainty leaves. */
  readonly sizeScale: number;
}

export const defaultConsensus: Omit<ConsensusLimits, "epistemic"> = { agreement: 2 / 3, threshold: 0.65 };

export function consensusOf(metrics: UncertaintyMetrics, limits: ConsensusLimits): Consensus {
  const execute =
    metrics.agreement >= limits.agreement &&
    topProbability(metrics) >= limits.threshold &&
    metrics.epistemic <= limits.epistemic;
  return { execute, sizeScale: sizeScale(metrics.epistemic, limits.epistemic) };
}

/** clip(1 - MI / MI_max, 0, 1); a limit of 0 leaves full size only where there is no uncertainty at all. */
export function sizeScale(epistemic: number, limit: number): number {
  if (limit <= 0) return epistemic <= 0 ? 1 : 0;
  return clip(1 - epistemic / limit);
}

/**
 * MI_max: the quantile of the epistemic uncertainties of a validation split, linear between ranks.
 * @param values not empty
 */
export function epistemicLimit(values: ArrayLike<number>, quantile = 0.9): number {
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * quantile;
  const low = Math.floor(place);
  const below = sorted[low] ?? 0;
  return below + (place - low) * ((sorted[low + 1] ?? below) - below);
}

/** Number of features that a critic is told. */
export const MC_FEATURES = 12;

/**
 * The twelve features of the acting policy, averaged over its team, written at `offset`. Constants to the critic: nothing
 * differentiates through them. Machine load, time and the gate's own verdict are left out by rule.
 */
export function writeMcFeatures(
  team: readonly UncertaintyMetrics[],
  limits: ConsensusLimits,
  out: Float32Array,
  offset = 0,
): void {
  out.fill(0, offset, offset + MC_FEATURES);
  for (const metrics of team) {
    for (const [i, value] of featuresOf(metrics, limits).entries()) {
      out[offset + i] = (out[offset + i] ?? 0) + value / team.length;
    }
  }
}

function featuresOf(metrics: UncertaintyMetrics, limits: ConsensusLimits): readonly number[] {
  const largest = Math.log(metrics.mean.length);
  const deviation = metrics.deviation[metrics.action] ?? 0;
  const top = topProbability(metrics);
  return [
    top,
    deviation * deviation,
    metrics.epistemic / largest,
    metrics.aleatoric / largest,
    metrics.total / largest,
    metrics.confidence,
    1 - clip((metrics.rhat - 1) / 0.1),
    top - limits.threshold,
    metrics.aboveThreshold,
    metrics.outliers,
    sizeScale(metrics.epistemic, limits.epistemic),
    metrics.agreement,
  ];
}

function topProbability({ action, mean }: UncertaintyMetrics): number {
  return mean[action] ?? 0;
}

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}
