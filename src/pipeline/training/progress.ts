/** @file One update of the trainer as a row of the history. */
import type { StepResult } from "../../marl/learner/trainer.ts";
import type { TrainingProgress } from "./history.ts";

/** @param total environment steps of the whole run */
export function progressOf({ metrics, state }: StepResult, total: number, level: string): TrainingProgress {
  const [scalars = {}] = Object.values(metrics.learners);
  const of = (name: string): number => scalars[name] ?? 0;
  const { rewards } = state.env.slabs.groups[0] ?? { rewards: new Float32Array(0) };
  const spent = Object.values(metrics.spans).reduce((sum, ms) => sum + ms, 0);
  const { episodes } = metrics;
  return {
    update: metrics.update,
    step: metrics.step,
    total,
    stepsPerSecond: metrics.stepsPerSecond,
    reward: rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length,
    episodeReturn:
      episodes.length === 0
        ? undefined
        : episodes.reduce((sum, { meanReturn }) => sum + meanReturn, 0) / episodes.length,
    kl: of("kl3"),
    entropy: of("entropy"),
    clipFraction: of("clipFraction"),
    explainedVariance: of("explainedVariance"),
    policyLoss: of("policyLoss"),
    valueLoss: of("valueLoss"),
    gradientNorm: of("gradientNorm"),
    firstRatio: of("firstRatio"),
    timeShares: Object.fromEntries(
      Object.entries(metrics.spans).map(([name, ms]) => [name, spent > 0 ? ms / spent : 0]),
    ),
    level,
  };
}
