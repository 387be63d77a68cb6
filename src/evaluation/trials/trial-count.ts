/**
 * @file How many configurations have been tried on these data, and how far their Sharpe ratios spread: what the deflated
 * Sharpe ratio asks for (Bailey and Lopez de Prado, "The deflated Sharpe ratio", J. Portfolio Management 40, 2014).
 *
 * A trial is a configuration whose result was seen on some data. The same configuration on the same data is one trial
 * however often it runs; a deleted run stays one, because rows are only ever appended.
 */
import { trialVariance } from "../inference/sharpe-inference.ts";

/** One evaluated configuration. */
export interface Trial {
  /** What a person calls it. */
  readonly name: string;
  /** Hash of everything that was chosen: strategy, its seed, rules, costs, range. */
  readonly configHash: string;
  /** Hashes of the files of bars. */
  readonly dataHashes: readonly string[];
  /** Of daily net returns, not annualised; null when it is not finite. */
  readonly sharpePerDay: number | null;
}

/** Trials on some data, as the gates take them. */
export interface TrialCount {
  readonly count: number;
  /** Population variance of the Sharpe ratios per day; 0 while fewer than two are known. */
  readonly variance: number;
}

/**
 * Counts the different configurations that saw any of the given data. Where a configuration has several rows, as after a
 * change of code, its last Sharpe ratio counts.
 * @param priorTrials trials on these data that no registry saw.
 */
export function countTrials(
  trials: readonly Trial[],
  dataHashes: readonly string[],
  priorTrials = 0,
): TrialCount {
  const sharpes = new Map<string, number | null>();
  for (const trial of trials) {
    if (!trial.dataHashes.some((hash) => dataHashes.includes(hash))) continue;
    sharpes.set(trial.configHash, trial.sharpePerDay);
  }
  const known = Float64Array.from([...sharpes.values()].filter((value) => value !== null));
  return {
    count: sharpes.size + priorTrials,
    variance: known.length < 2 ? 0 : trialVariance(known),
  };
}
