/**
 * @file One minibatch: its rows gathered into the arrays that the compiled update reads, advantages normalised (8),
 * targets brought to the critic's scale (25), weights of counted rows (30). A sample is one decision of one
 * environment with all agents of the learner.
 */
import { rescaleHeadInPlace, scaleOf, updateStatistics } from "../../nn/value-normalisation.ts";
import { logitWidth } from "./action-head.ts";
import { chunkOf, unitsOf } from "./layout.ts";
import type { Learner } from "./learner.ts";
import {
  criticTargets,
  expandSamples,
  meanAndSd,
  normaliseInto,
  standardise,
  writeWeights,
} from "./minibatch.kernel.ts";
import { gatherRows } from "./rows.kernel.ts";

/** Mean to subtract from advantages and factor to multiply them with. */
export interface AdvantageScale {
  readonly mean: number;
  readonly factor: number;
}

/** Fills the update's arrays from samples [from, from + count); the rest of the minibatch gets weight 0. */
export function fillMinibatch(
  learner: Learner,
  from: number,
  count: number,
  batchScale: AdvantageScale,
): void {
  const { layout, decisions, calls, memory, direct } = learner;
  const { agents, criticRows: perSample } = layout;
  const chunk = chunkOf(layout);
  const copies = decisions.closed.length;
  expandSamples(memory.samples, from, count, chunk, copies, agents, memory.rows);
  expandSamples(memory.samples, from, count, chunk, copies, perSample, memory.criticRows);
  const rows = chunk * count * agents;
  if (!direct) copyRows(learner, rows, chunk * count * perSample);
  if (unitsOf(layout) > 0) {
    expandSamples(memory.samples, from, count, 1, copies, agents, memory.sequences);
    copyStarts(learner, count * agents, rows);
  }
  const scale =
    layout.settings.advantageNormalisation === "minibatch" ? minibatchScale(learner, rows) : batchScale;
  const { advantage, weight } = calls.updateArrays;
  const { leniency } = layout.settings;
  // An optimistic learner tells good from bad by the sign, so its advantages are scaled but not centred.
  const centre = leniency < 1 ? 0 : scale.mean;
  normaliseInto(
    decisions.advantages,
    decisions.counted,
    memory.rows,
    rows,
    centre,
    scale.factor,
    leniency,
    advantage,
  );
  if (layout.weighted) writeWeights(decisions.counted, memory.rows, rows, weight);
  fillTargets(learner, chunk * count * perSample);
}

/** Stored first states of the sequences, and where their states were cleared (22). */
function copyStarts({ layout, decisions, calls, memory }: Learner, sequences: number, rows: number): void {
  const { start, keep } = calls.updateArrays;
  gatherRows(decisions.startStates, unitsOf(layout), memory.sequences, sequences, start);
  gatherRows(decisions.keep, 1, memory.rows, rows, keep);
}

/** Plain copies of what was stored at the rollout. */
function copyRows({ layout, decisions, calls, memory }: Learner, rows: number, criticRows: number): void {
  const to = calls.updateArrays;
  const index = memory.rows;
  // On a device they are gathered there, from the whole rollout.
  if (to.observations.length > 0) {
    gatherRows(decisions.observations, layout.features, index, rows, to.observations);
    gatherRows(decisions.criticInputs, layout.criticFeatures, memory.criticRows, criticRows, to.criticInputs);
  }
  gatherRows(decisions.logProb, 1, index, rows, to.oldLogProb);
  if (layout.heads.length > 0) gatherRows(decisions.discrete, layout.heads.length, index, rows, to.discrete);
  if (layout.continuous > 0) gatherRows(decisions.continuous, layout.continuous, index, rows, to.continuous);
  if (layout.mask > 0) gatherRows(decisions.mask, logitWidth(layout), index, rows, to.mask);
}

/** CleanRL's: sample sd (n - 1) of the minibatch, epsilon 1e-8. */
function minibatchScale({ decisions, memory }: Learner, rows: number): AdvantageScale {
  meanAndSd(decisions.advantages, decisions.counted, memory.rows, rows, memory.moments);
  const [mean = 0, sd = 0] = memory.moments;
  return { mean, factor: 1 / (sd * Math.sqrt(rows / Math.max(rows - 1, 1)) + 1e-8) };
}

/** Targets and old values in the critic's scale; statistics move once per minibatch (25). */
function fillTargets(learner: Learner, criticRows: number): void {
  const { layout, decisions, calls, memory, state } = learner;
  const { target, oldValue, criticWeight } = calls.updateArrays;
  const perRow = layout.agents / layout.criticRows;
  const used = criticTargets(
    decisions.targets,
    decisions.advantages,
    layout.settings.leniency,
    decisions.counted,
    memory.rows,
    criticRows,
    perRow,
    memory.targets,
    memory.some,
    memory.live,
  );
  const before = learner.scale;
  const { valueNormalisation } = layout.settings;
  if (valueNormalisation !== "none" && used > 0) {
    state.valueStatistics = updateStatistics(state.valueStatistics, memory.live.subarray(0, used));
    learner.scale = scaleOf(state.valueStatistics);
  }
  const after = learner.scale;
  standardise(memory.targets, criticRows, after.mean, after.sd, target);
  if (oldValue.length > 0) gatherRows(decisions.rawValues, 1, memory.criticRows, criticRows, oldValue);
  if (layout.weighted) {
    const share = used === 0 ? 0 : 1 / used;
    criticWeight.fill(0);
    for (let i = 0; i < criticRows; i += 1) criticWeight[i] = memory.some[i] === 1 ? share : 0;
  }
  if (valueNormalisation !== "popart") return;
  rescaleHeadInPlace(learner.criticHeads[state.current], before, after);
  const { mean, sd } = learner.rolloutScale;
  for (let i = 0; i < oldValue.length; i += 1) {
    oldValue[i] = ((oldValue[i] ?? 0) * sd + mean - after.mean) / after.sd;
  }
}
