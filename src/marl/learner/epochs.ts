/**
 * @file Phase 3: E passes over the batch, each shuffled and cut into minibatches (7), one compiled call each; stops
 * after the first epoch whose KL exceeds the target (15).
 */
import type { Stopwatch } from "../logging/spans.ts";
import { learnerError } from "./issues.ts";
import { chunkOf } from "./layout.ts";
import type { Learner } from "./learner.ts";
import { addMinibatchMetrics, type EpochsResult, KL3, METRIC_NAMES, RATIO } from "./metrics.ts";
import { meanAndSd } from "./minibatch.kernel.ts";
import { type AdvantageScale, fillMinibatch } from "./minibatch.ts";
import { scheduledValue } from "./schedule.ts";
import { SCALARS } from "./update-inputs.ts";

/** Position of the run, for the schedules. */
export interface Position {
  readonly update: number;
  readonly updates: number;
}

/** Moves the learner's parameters by one update. */
export async function epochs(learner: Learner, position: Position, watch: Stopwatch): Promise<EpochsResult> {
  const { settings } = learner.layout;
  watch.enter("copy");
  const used = listSamples(learner);
  const scale = batchScale(learner, used);
  const learningRate = setSchedules(learner, position);
  const sums = new Float64Array(METRIC_NAMES.length);
  let calls = 0;
  let firstRatio = 1;
  let epoch = 0;
  let stop = false;
  await learner.calls.update.begin(learner.state.current);
  while (epoch < settings.epochs && !stop) {
    if (!learner.direct) learner.state.shuffling.shuffle(learner.memory.samples.subarray(0, used));
    let kl = 0;
    let parts = 0;
    for (let from = 0; from < used; from += learner.samples) {
      fillMinibatch(learner, from, Math.min(learner.samples, used - from), scale);
      await optimise(learner, learningRate, watch);
      const before = sums[KL3] ?? 0;
      addMinibatchMetrics(learner, sums);
      if (calls === 0) firstRatio = sums[RATIO] ?? 1;
      kl += (sums[KL3] ?? 0) - before;
      calls += 1;
      parts += 1;
    }
    epoch += 1;
    stop = settings.targetKl !== null && kl / parts > settings.targetKl;
  }
  await learner.calls.update.end(learner.state.current);
  requireFinite(learner, sums);
  return { sums, calls, firstRatio, epochs: epoch, learningRate: learningRate.actor };
}

interface LearningRates {
  readonly actor: number;
  readonly critic: number;
}

/** One optimiser step: bias corrections in float64, then the compiled call into the other slabs. */
async function optimise(learner: Learner, rates: LearningRates, watch: Stopwatch): Promise<void> {
  const { state, calls, optimiser } = learner;
  const { scalars } = calls.updateArrays;
  state.optimiserSteps += 1;
  optimiser.coefficients(state.optimiserSteps, rates.actor, scalars, SCALARS.actorAdam);
  optimiser.coefficients(state.optimiserSteps, rates.critic, scalars, SCALARS.criticAdam);
  watch.enter("learn");
  state.current = await calls.update.run(state.current);
  watch.enter("copy");
}

/** Lists the samples that have a counted row; returns how many. */
function listSamples({ layout, decisions, memory }: Learner): number {
  const { samples } = memory;
  const chunk = chunkOf(layout);
  const copies = decisions.closed.length;
  let used = 0;
  for (let sample = 0; sample < samples.length; sample += 1) {
    if (layout.weighted && !isCounted(decisions.counted, sample, chunk, copies, layout.agents)) continue;
    samples[used] = sample;
    used += 1;
  }
  return used;
}

function isCounted(
  counted: Uint8Array,
  sample: number,
  chunk: number,
  copies: number,
  agents: number,
): boolean {
  const b = sample % copies;
  const first = ((sample - b) / copies) * chunk;
  for (let t = 0; t < chunk; t += 1) {
    const row = ((first + t) * copies + b) * agents;
    for (let a = 0; a < agents; a += 1) if (counted[row + a] === 1) return true;
  }
  return false;
}

/** MAPPO's: population sd of the whole batch, epsilon 1e-5, counted rows only. */
function batchScale({ layout, decisions }: Learner, used: number): AdvantageScale {
  if (layout.settings.advantageNormalisation !== "batch" || used === 0) return { mean: 0, factor: 1 };
  const moments = new Float64Array(2);
  const every = Int32Array.from(decisions.advantages.keys());
  meanAndSd(decisions.advantages, decisions.counted, every, every.length, moments);
  const [mean = 0, sd = 0] = moments;
  return { mean, factor: 1 / (sd + 1e-5) };
}

function setSchedules({ layout, calls }: Learner, { update, updates }: Position): LearningRates {
  const { clip, entropy, learningRate, criticLearningRate = learningRate } = layout.settings;
  calls.updateArrays.scalars[SCALARS.clip] = scheduledValue(clip, update, updates);
  calls.updateArrays.scalars[SCALARS.entropyWeight] = scheduledValue(entropy, update, updates);
  return {
    actor: scheduledValue(learningRate, update, updates),
    critic: scheduledValue(criticLearningRate, update, updates),
  };
}

function requireFinite({ layout }: Learner, sums: Float64Array): void {
  const bad = sums.findIndex((sum) => !Number.isFinite(sum));
  if (bad < 0) return;
  throw learnerError("LEARNING_DIVERGED", {
    path: `${layout.name}.${METRIC_NAMES[bad] ?? ""}`,
    value: String(sums[bad]),
    expected: "finite losses and gradients",
    hint: "Lower the learning rate or the gradient norm limit; resume from the last checkpoint.",
  });
}
