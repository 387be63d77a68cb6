/**
 * @file Agents on their own clocks (docs/mappo.md, multi-rate agents): they decide at some steps and hold the action in
 * between. Slabs are over decisions, so a step without a decision is never padded with a no-op in a loss.
 *   R_n = sum_{j<k} gamma^j r_{t+j}, from the decision to the next one; an episode end closes the interval with its
 *   true k. A reward between two decisions therefore reaches the earlier one only.
 */
import type { VectorEnv } from "../vector/contract.ts";
import { writeCriticRows } from "./critic-inputs.ts";
import type { DecisionRow, Decisions } from "./decisions.ts";
import { powersOf } from "./gae.kernel.ts";
import { learnerError } from "./issues.ts";
import type { LearnerLayout } from "./layout.ts";
import type { Learner } from "./learner.ts";
import { putAside, takeUp } from "./open-decisions.ts";

/** Rows of the learner's agents in a group slab, environment b at step t. */
function groupRow(env: VectorEnv, layout: LearnerLayout, t: number, b: number): number {
  return (t * env.copies + b) * layout.groupAgents + layout.firstAgent;
}

/** True when an agent of the learner decides in environment b at step t. */
export function decidesAt(env: VectorEnv, layout: LearnerLayout, t: number, b: number): boolean {
  const acting = env.slabs.groups[layout.group]?.acting;
  const row = groupRow(env, layout, t, b);
  for (let a = 0; a < layout.agents; a += 1) if (acting?.[row + a] === 1) return true;
  return false;
}

/** Starts a rollout: running decisions become row 0, and `closed` counts the rows in use. */
export function beginClocked({ layout, decisions, state, held }: Learner): void {
  takeUp(layout, decisions, state.waiting);
  decisions.closed.set(state.waiting.open);
  state.waiting.open.forEach((_, b) => copyActions(layout, decisions, b, held, b));
}

/** Stores what was just drawn for the environments that decide at step t, and holds it. */
export function recordDecisions(env: VectorEnv, learner: Learner, drawn: DecisionRow, t: number): void {
  const { layout, decisions, held } = learner;
  for (let b = 0; b < env.copies; b += 1) {
    if (!decidesAt(env, layout, t, b)) continue;
    const n = decisions.closed[b] ?? 0;
    decisions.closed[b] = n + 1;
    copyActions(layout, drawn, b, held, b);
    copyActions(layout, drawn, b, decisions, n * env.copies + b);
  }
}

/** Copies the actions of one environment between rows of [..., A, width] arrays. */
export function copyActions(
  layout: LearnerLayout,
  from: DecisionRow,
  fromRow: number,
  to: DecisionRow,
  toRow: number,
): void {
  const parts = [
    [from.mask, to.mask, layout.mask],
    [from.discrete, to.discrete, layout.heads.length],
    [from.continuous, to.continuous, layout.continuous],
    [from.logProb, to.logProb, 1],
  ] as const;
  for (const [source, target, width] of parts) {
    const size = layout.agents * width;
    for (let i = 0; i < size; i += 1) target[toRow * size + i] = source[fromRow * size + i] ?? 0;
  }
}

/** Closes intervals after the rollout: rewards, lengths, flags, what was seen; puts running decisions aside. */
export function collectClocked(env: VectorEnv, learner: Learner): void {
  const { layout, decisions, state } = learner;
  const powers = powersOf(layout.settings.gamma, layout.every);
  const running = state.waiting.open.slice();
  decisions.counted.fill(0, env.copies * layout.agents);
  decisions.terminated.fill(0);
  decisions.truncated.fill(0);
  state.waiting.open.fill(0);
  for (let b = 0; b < env.copies; b += 1) {
    let n = running[b] === 1 ? 0 : -1;
    if (n < 0) decisions.counted.fill(0, b * layout.agents, (b + 1) * layout.agents);
    for (let t = 0; t < env.horizon; t += 1) {
      if (decidesAt(env, layout, t, b)) {
        n += 1;
        beginInterval(env, layout, decisions, n, t, b);
      }
      extendInterval(env, layout, decisions, powers, n, t, b);
    }
    closeRollout(env, learner, n, b);
  }
}

/** What the agents of environment b see at step t becomes decision row n. */
function beginInterval(
  env: VectorEnv,
  layout: LearnerLayout,
  decisions: Decisions,
  n: number,
  t: number,
  b: number,
): void {
  const slabs = env.slabs.groups[layout.group];
  if (slabs === undefined) return;
  const { agents, features, criticRows, criticFeatures } = layout;
  const row = n * env.copies + b;
  const from = groupRow(env, layout, t, b);
  for (let a = 0; a < agents; a += 1) {
    const i = row * agents + a;
    decisions.counted[i] = slabs.acting[from + a] ?? 0;
    decisions.rewards[i] = 0;
    decisions.elapsed[i] = 0;
    decisions.ended[i] = 0;
  }
  const seen = slabs.observations.subarray(from * features, (from + agents) * features);
  decisions.observations.set(seen, row * agents * features);
  writeCriticRows(layout, env, "current", t, b, decisions.criticInputs, row * criticRows * criticFeatures);
}

/** Adds step t to the running decisions of environment b. */
function extendInterval(
  env: VectorEnv,
  layout: LearnerLayout,
  decisions: Decisions,
  powers: Float64Array,
  n: number,
  t: number,
  b: number,
): void {
  const slabs = env.slabs.groups[layout.group];
  if (slabs === undefined) return;
  const from = groupRow(env, layout, t, b);
  for (let a = 0; a < layout.agents; a += 1) {
    const i = (n * env.copies + b) * layout.agents + a;
    if (decisions.counted[i] === 0 || decisions.ended[i] === 1) continue;
    const reward = slabs.rewards[from + a] ?? 0;
    if (!Number.isFinite(reward)) throw rewardError(layout.name, t, b);
    const k = decisions.elapsed[i] ?? 0;
    decisions.rewards[i] = (decisions.rewards[i] ?? 0) + (powers[k] ?? 0) * reward;
    decisions.elapsed[i] = k + 1;
    decisions.lastStep[i] = t;
    decisions.terminated[i] = slabs.terminated[from + a] ?? 0;
    decisions.truncated[i] = slabs.truncated[from + a] ?? 0;
    decisions.ended[i] = decisions.terminated[i] === 1 || decisions.truncated[i] === 1 ? 1 : 0;
  }
}

/** The last row of environment b: closed by a decision at the border, or put aside until the next rollout. */
function closeRollout(env: VectorEnv, { layout, decisions, state }: Learner, n: number, b: number): void {
  const { criticRows, criticFeatures, agents } = layout;
  if (decidesAt(env, layout, env.horizon, b)) {
    decisions.closed[b] = n + 1;
    const row = ((n + 1) * env.copies + b) * criticRows * criticFeatures;
    writeCriticRows(layout, env, "current", env.horizon, b, decisions.criticInputs, row);
    return;
  }
  decisions.closed[b] = n;
  putAside(layout, decisions, state.waiting, n, b);
  const row = (n * env.copies + b) * agents;
  decisions.counted.fill(0, row, row + agents);
}

/** A reward that is not a number, with its place. */
export function rewardError(name: string, t: number, copy: number): Error {
  return learnerError("REWARD_NOT_FINITE", {
    path: `${name}, copy ${copy}, step ${t} of the rollout`,
    expected: "a finite reward",
    hint: "Find the division or logarithm in the environment's reward; `checkParallelEnv` row C6 shows it.",
  });
}
