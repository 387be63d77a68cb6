/**
 * @file One learner of a run: its shape, its state, its slabs and its bound programs, put together. The four phases
 * (rollout, advantages, epochs, metrics) are functions over this record.
 */
import { scaleOf, type ValueScale } from "../../nn/value-normalisation.ts";
import type { Device } from "../../graph/ort.adapter.ts";
import type { Key } from "../../runtime/random/key.ts";
import type { VectorEnv } from "../vector/contract.ts";
import { bindCalls, type Calls, compilePrograms, type Programs } from "./calls.ts";
import { actionRow, allocateDecisions, decisionRows, type DecisionRow, type Decisions } from "./decisions.ts";
import { chunkOf, type LearnerLayout, unitsOf } from "./layout.ts";
import { initialLearnerState, type LearnerState } from "./learner-state.ts";
import { allocateEpochMemory, type EpochMemory } from "./epoch-memory.ts";
import type { Model } from "./programs.ts";
import type { ActionSource } from "./sampling.ts";
import { optimiserOf } from "./update-program.ts";
import type { Adam } from "../../nn/optimisers/adam.ts";

export interface Learner extends Model {
  readonly state: LearnerState;
  readonly decisions: Decisions;
  readonly rows: readonly DecisionRow[];
  readonly calls: Calls;
  readonly memory: EpochMemory;
  readonly optimiser: Adam;
  /** What actions are drawn from, under each slab of the pair. */
  readonly source: readonly [ActionSource, ActionSource];
  /** The actions that agents on slow clocks hold between decisions, [B, A, ...]. */
  readonly held: DecisionRow;
  /** What was drawn for all rows of a step, before those that decide are picked. */
  readonly drawn: DecisionRow;
  /** [B, A, D] continuous actions inside their bounds. */
  readonly sent: Float32Array;
  /** The value head in each slab of the pair: PopArt writes it. */
  readonly criticHeads: readonly [CriticHead, CriticHead];
  /** The critic's scale in force, and the one under which the rollout's values were computed. */
  scale: ValueScale;
  rolloutScale: ValueScale;
  /** Environment-time samples of one minibatch; each holds all of the learner's agents. */
  readonly samples: number;
  /** The one minibatch of an epoch is the whole batch, read in place. */
  readonly direct: boolean;
}

/** Windows into a parameter slab. */
export interface CriticHead {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** The scale of a critic without value normalisation. */
const UNSCALED: ValueScale = { mean: 0, sd: 1 };

/** The scale that a learner's statistics stand for. */
export function scaleInForce({ layout, state }: Pick<Learner, "layout" | "state">): ValueScale {
  return layout.settings.valueNormalisation === "none" ? UNSCALED : scaleOf(state.valueStatistics);
}

/** Sizes that depend on the plan. */
interface BatchPlan {
  readonly samples: number;
  readonly direct: boolean;
}

export function batchPlan(layout: LearnerLayout, env: VectorEnv): BatchPlan {
  const perRollout = Math.ceil(env.horizon / layout.every) / chunkOf(layout);
  const samples = Math.ceil((env.copies * perRollout) / layout.settings.minibatches);
  const whole = layout.settings.minibatches === 1 && !layout.weighted && unitsOf(layout) === 0;
  return { samples, direct: whole };
}

/** Compiles what every seed of a configuration shares. */
export async function programsOf(model: Model, env: VectorEnv, device: Device): Promise<Programs> {
  const decisions = allocateDecisions(model.layout, env);
  return compilePrograms(model, env, decisions, batchPlan(model.layout, env).samples, device);
}

/** A learner that has learned nothing. */
export function createLearner(model: Model, programs: Programs, env: VectorEnv, key: Key): Learner {
  const { layout, networks } = model;
  const state = initialLearnerState(layout, networks, key, env.copies);
  const decisions = allocateDecisions(layout, env);
  const plan = batchPlan(layout, env);
  const memory = allocateEpochMemory({ layout, decisions, samples: plan.samples }, env.copies);
  const calls = bindCalls(programs, model, { state, decisions, memory, copies: env.copies, ...plan });
  const heads = (slot: 0 | 1): CriticHead => {
    const views = networks.all.views(state.parameters[slot]) as unknown as { critic: { head: CriticHead } };
    return views.critic.head;
  };
  const headSizes = Int32Array.from(layout.heads);
  const source = (slot: 0 | 1): ActionSource => {
    const views = networks.all.views(state.parameters[slot]) as unknown as {
      actor: { logSd?: Float32Array };
    };
    return { layout, arrays: calls.policyArrays, headSizes, logSd: views.actor.logSd ?? new Float32Array(0) };
  };
  return {
    ...model,
    ...plan,
    state,
    decisions,
    calls,
    rows: decisionRows(layout, decisions, env.copies),
    optimiser: optimiserOf(layout.settings),
    memory,
    held: actionRow(layout, env.copies),
    drawn: actionRow(layout, env.copies),
    source: [source(0), source(1)],
    sent: new Float32Array(env.copies * layout.agents * layout.continuous),
    criticHeads: [heads(0), heads(1)],
    scale: UNSCALED,
    rolloutScale: UNSCALED,
  };
}
