/**
 * @file Phase 2: values of all rows in one call, denormalised; values of final observations where time ran out (6);
 * generalised advantages in float64 (`gae.kernel.ts`).
 */
import type { VectorEnv } from "../vector/contract.ts";
import { collectClocked, rewardError } from "./clocked-rollout.ts";
import { writeCriticRows } from "./critic-inputs.ts";
import { generalisedAdvantages, powersOf } from "./gae.kernel.ts";
import { type Learner, scaleInForce } from "./learner.ts";
import { scaleRewards } from "./reward-scaling.ts";
import { takeAgents } from "./rows.kernel.ts";
import { spreadValues, takeRewards, truncationsEnd } from "./transitions.kernel.ts";

export type TimeLimit = "bootstrap" | "terminal";

/** Fills rewards, values, advantages and targets of a learner's decisions. */
export async function advantages(env: VectorEnv, learner: Learner, timeLimit: TimeLimit): Promise<void> {
  const { layout, decisions, calls, state } = learner;
  const { agents, criticRows, settings } = layout;
  if (decisions.everyStep) {
    collectTransitions(env, learner);
    joinCriticInputs(env, learner);
  } else {
    collectClocked(env, learner);
  }
  await calls.logProb?.[state.current].run();
  await calls.value[state.current].run();
  learner.scale = scaleInForce(learner);
  learner.rolloutScale = learner.scale;
  const { mean, sd } = learner.scale;
  const { rawValues, values, nextValues } = decisions;
  spreadValues(rawValues, decisions.capacity, env.copies, agents, criticRows, mean, sd, values, nextValues);
  if (timeLimit === "terminal") truncationsEnd(decisions.truncated, decisions.terminated);
  else await bootstrapTruncated(env, learner);
  generalisedAdvantages(
    {
      steps: decisions.capacity,
      rows: env.copies * agents,
      rewards: decisions.rewards,
      values,
      nextValues,
      terminated: decisions.terminated,
      truncated: decisions.truncated,
      alive: decisions.counted,
      elapsed: decisions.elapsed,
      gammaPowers: powersOf(settings.gamma, layout.every),
      lambda: settings.lambda,
    },
    decisions.advantages,
    decisions.targets,
  );
}

/** Rewards (scaled where the config asks for it) and flags of agents that decide at every step. */
function collectTransitions(env: VectorEnv, { layout, decisions, state }: Learner): void {
  const slabs = env.slabs.groups[layout.group];
  if (slabs === undefined) return;
  const { agents, groupAgents, firstAgent, settings } = layout;
  const rows = env.copies * agents;
  const flags = [
    [slabs.terminated, decisions.terminated],
    [slabs.truncated, decisions.truncated],
    [slabs.acting, decisions.counted],
  ] as const;
  for (let t = 0; t < env.horizon; t += 1) {
    const from = t * env.copies * groupAgents;
    const faulty = takeRewards(
      slabs.rewards,
      from,
      groupAgents,
      firstAgent,
      agents,
      env.copies,
      decisions.rewards,
      t * rows,
    );
    if (faulty >= 0) throw rewardError(layout.name, t, Math.floor(faulty / agents));
    for (const [source, target] of flags) {
      takeAgents(source, from, groupAgents, firstAgent, agents, 1, env.copies, target, t * rows);
    }
    if (settings.rewardScaling) scaleStep(state.rewardScaling, decisions, t, rows, settings.gamma);
  }
  if (decisions.observationsInPlace) return;
  const { observations } = decisions;
  for (let t = 0; t <= env.horizon; t += 1) {
    const from = t * env.copies * groupAgents * layout.features;
    const to = t * rows * layout.features;
    takeAgents(
      slabs.observations,
      from,
      groupAgents,
      firstAgent,
      agents,
      layout.features,
      env.copies,
      observations,
      to,
    );
  }
}

function scaleStep(
  scaling: Learner["state"]["rewardScaling"],
  decisions: Learner["decisions"],
  t: number,
  rows: number,
  gamma: number,
): void {
  const [from, to] = [t * rows, (t + 1) * rows];
  const ended = decisions.terminated.slice(from, to);
  decisions.truncated.subarray(from, to).forEach((flag, i) => {
    if (flag !== 0) ended[i] = 1;
  });
  scaleRewards(scaling, decisions.rewards.subarray(from, to), ended, gamma);
}

/** Fills the critic's rows where no slab of the environment holds them already. */
function joinCriticInputs(env: VectorEnv, { layout, decisions }: Learner): void {
  if (decisions.criticInPlace) return;
  const width = layout.criticRows * layout.criticFeatures;
  for (let t = 0; t <= env.horizon; t += 1) {
    for (let b = 0; b < env.copies; b += 1) {
      writeCriticRows(layout, env, "current", t, b, decisions.criticInputs, (t * env.copies + b) * width);
    }
  }
}

/**
 * Values of final observations, for the decisions that a time limit cut. Final observations are gathered until a call
 * is full: agents of one environment and step share a slot.
 */
async function bootstrapTruncated(env: VectorEnv, learner: Learner): Promise<void> {
  const { layout, decisions } = learner;
  const { agents } = layout;
  const width = layout.criticRows * layout.criticFeatures;
  const perStep = env.copies * agents;
  let cuts: Cut[] = [];
  let slot = -1;
  let place = -1;
  for (let row = 0; row < decisions.rewards.length; row += 1) {
    if (decisions.truncated[row] === 0 || decisions.terminated[row] !== 0) continue;
    const t = decisions.everyStep ? Math.floor(row / perStep) : (decisions.lastStep[row] ?? 0);
    const b = Math.floor((row % perStep) / agents);
    if (t * env.copies + b !== place) {
      if (slot + 1 === env.copies) {
        await valueFinals(learner, cuts);
        cuts = [];
        slot = -1;
      }
      slot += 1;
      place = t * env.copies + b;
      writeCriticRows(layout, env, "final", t, b, learner.calls.finalInputs, slot * width);
    }
    cuts.push({ row, slot });
  }
  if (cuts.length > 0) await valueFinals(learner, cuts);
}

/** A truncated decision row and the slot of its final observation. */
interface Cut {
  readonly row: number;
  readonly slot: number;
}

async function valueFinals(
  { layout, decisions, calls, state, scale }: Learner,
  cuts: readonly Cut[],
): Promise<void> {
  const { agents, criticRows } = layout;
  await calls.finalValue[state.current].run();
  for (const { row, slot } of cuts) {
    const value = calls.finalValues[slot * criticRows + (criticRows === 1 ? 0 : row % agents)] ?? 0;
    decisions.nextValues[row] = value * scale.sd + scale.mean;
  }
}
