/**
 * @file A learner's programs bound to its arrays: every call of the hot path is `run()` on one of these, with nothing
 * allocated. Each exists twice, once per parameter slab, because the update alternates between two.
 */
import type { BoundCall } from "../../graph/compile.ts";
import type { Device } from "../../graph/ort.adapter.ts";
import type { ResidentRun } from "../../graph/resident.ts";
import type { NumberArray } from "../../graph/spec.ts";
import type { VectorEnv } from "../vector/contract.ts";
import { logitWidth } from "./action-head.ts";
import type { Decisions } from "./decisions.ts";
import { chunkOf, unitsOf } from "./layout.ts";
import type { LearnerState } from "./learner-state.ts";
import { compilePolicy, compileValue, type Model, type Program } from "./programs.ts";
import { SCALARS } from "./update-inputs.ts";
import { compileDeviceUpdate, type DeviceProgram } from "./device-update.ts";
import type { EpochMemory } from "./epoch-memory.ts";
import { compileLogProb, compileUpdate } from "./update-program.ts";

/** Compiled once per configuration; sessions hold no state, so trainers of several seeds share them. */
export interface Programs {
  readonly policy: Program;
  readonly value: Program;
  /** The critic over the final observations of one step. */
  readonly finalValue: Program;
  readonly update: Program | DeviceProgram;
  /** Log-probabilities of a whole rollout; absent where they come with the draw. */
  readonly logProb?: Program;
}

/** Which of the pair to run: the one that reads the slab in force. */
export type CallPair = readonly [BoundCall, BoundCall];

/** The optimiser steps of one update, between `begin` and `end`; the slab in force is read and told at each. */
export interface UpdateCalls {
  begin(slot: 0 | 1): Promise<void>;
  /** One step; returns the slab that is in force after it. */
  run(slot: 0 | 1): Promise<0 | 1>;
  end(slot: 0 | 1): Promise<void>;
}

/** What the policy call reads and writes, one step of all environments. */
export interface PolicyArrays {
  /** [B * A, F]. */
  readonly observations: Float32Array;
  /** [B * A, logits]; length 0 without discrete heads. */
  readonly logits: Float32Array;
  /** [B * A, D] each; length 0 where the distribution has no such parameter. */
  readonly mean: Float32Array;
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  /** [B * A, U] out, of recurrent policies. */
  readonly nextState: Float32Array;
}

/** The rows of one minibatch, and the scalars of one optimiser step. */
export interface UpdateArrays {
  /** This and `criticInputs` have length 0 where the device gathers them. */
  readonly observations: Float32Array;
  readonly discrete: Int32Array;
  readonly continuous: Float32Array;
  readonly mask: Uint8Array;
  /** [samples x A, U] and [chunk, samples x A] of recurrent policies. */
  readonly start: Float32Array;
  readonly keep: Float32Array;
  readonly oldLogProb: Float32Array;
  readonly advantage: Float32Array;
  readonly weight: Float32Array;
  readonly criticInputs: Float32Array;
  readonly oldValue: Float32Array;
  readonly target: Float32Array;
  readonly criticWeight: Float32Array;
  /** At the places of SCALARS. */
  readonly scalars: Float32Array;
}

/** What an update puts out besides the next slabs: the metrics are computed from these. */
export interface UpdateOutputs {
  /** ln of new over old probability, [rows]. */
  readonly logRatio: Float32Array;
  /** The critic's predictions, [critic rows]. */
  readonly value: Float32Array;
  /** [1]. */
  readonly entropy: Float32Array;
  /** Of the gradient before clipping: [actor, critic], or [both]. */
  readonly gradientNorms: Float32Array;
}

export interface Calls {
  readonly policy: CallPair;
  readonly policyArrays: PolicyArrays;
  readonly value: CallPair;
  readonly finalValue: CallPair;
  /** [B * C, S] in, [B * C] out, of `finalValue`. */
  readonly finalInputs: Float32Array;
  readonly finalValues: Float32Array;
  readonly update: UpdateCalls;
  /** Writes the decisions' `logProb`; absent where it comes with the draw. */
  readonly logProb?: CallPair;
  readonly updateArrays: UpdateArrays;
  readonly updateOutputs: UpdateOutputs;
}

/** @param samples environment-time samples of one minibatch */
export async function compilePrograms(
  model: Model,
  env: VectorEnv,
  decisions: Decisions,
  samples: number,
  device: Device,
): Promise<Programs> {
  const { agents, criticRows } = model.layout;
  const rows = env.copies * agents;
  const values = env.copies * criticRows;
  return {
    policy: await compilePolicy(model, rows),
    value: await compileValue(model, (decisions.capacity + 1) * values),
    finalValue: await compileValue(model, values),
    update:
      device === "cpu"
        ? await compileUpdate(model, samples)
        : await compileDeviceUpdate(model, decisions, samples, device),
    ...(model.layout.continuous > 0
      ? { logProb: await compileLogProb(model, decisions.capacity * env.copies) }
      : {}),
  };
}

/** What a learner's calls read and write. */
export interface CallMemory {
  readonly state: LearnerState;
  readonly decisions: Decisions;
  readonly memory: EpochMemory;
  /** Environment-time samples of one minibatch. */
  readonly samples: number;
  readonly copies: number;
  /** The minibatch is the whole batch: read the decision slabs in place. */
  readonly direct: boolean;
}

/** Binds the programs to the arrays of one learner. */
export function bindCalls(programs: Programs, model: Model, bound: CallMemory): Calls {
  const { layout, networks } = model;
  const { state, decisions, samples, copies, direct } = bound;
  const policyArrays = allocatePolicyArrays(model, copies);
  const finalInputs = new Float32Array(copies * layout.criticRows * layout.criticFeatures);
  const finalValues = new Float32Array(copies * layout.criticRows);
  const gathers = programs.update.kind === "resident";
  const updateArrays = allocateUpdateArrays(model, decisions, { samples, direct, gathers });
  const updateOutputs: UpdateOutputs = {
    logRatio: new Float32Array(updateArrays.oldLogProb.length),
    value: new Float32Array(updateArrays.target.length),
    entropy: new Float32Array(1),
    gradientNorms: new Float32Array(layout.settings.gradientNormScope === "joint" ? 1 : 2),
  };
  const normalises = layout.settings.observationNormalisation;
  const both = (bind: (slot: 0 | 1) => BoundCall): CallPair => [bind(0), bind(1)];
  const actorSize = networks.actorLayout.size;
  const actorOf = (slot: 0 | 1): Float32Array => state.parameters[slot].subarray(0, actorSize);
  const criticOf = (slot: 0 | 1): Float32Array => state.parameters[slot].subarray(actorSize);
  const values = (program: Program, inputs: Float32Array, out: Float32Array): CallPair =>
    both((slot) =>
      bindProgram(
        program,
        { critic: criticOf(slot), inputs, ...(normalises ? { normaliser: state.criticNormaliser } : {}) },
        { values: out },
      ),
    );
  const { observations, ...distribution } = policyArrays;
  return {
    policyArrays,
    policy: both((slot) =>
      bindProgram(
        programs.policy,
        {
          actor: actorOf(slot),
          observations,
          ...present({ state: state.recurrent }),
          ...(normalises ? { normaliser: state.actorNormaliser } : {}),
        },
        present(distribution),
      ),
    ),
    value: values(programs.value, decisions.criticInputs, decisions.rawValues),
    finalInputs,
    finalValues,
    finalValue: values(programs.finalValue, finalInputs, finalValues),
    ...(programs.logProb === undefined
      ? {}
      : { logProb: bindLogProb(programs.logProb, model, state, decisions, actorOf) }),
    updateArrays,
    updateOutputs,
    update: bindUpdate(programs.update, model, bound, updateArrays, updateOutputs),
  };
}

function bindLogProb(
  program: Program,
  { layout }: Model,
  state: LearnerState,
  decisions: Decisions,
  actorOf: (slot: 0 | 1) => Float32Array,
): CallPair {
  const rows = decisions.logProb.length;
  const batch = {
    observations: decisions.observations.subarray(0, rows * layout.features),
    discrete: decisions.discrete,
    continuous: decisions.continuous,
    mask: decisions.mask.subarray(0, layout.mask === 0 ? 0 : rows * logitWidth(layout)),
    ...(layout.settings.observationNormalisation ? { actorNormaliser: state.actorNormaliser } : {}),
  };
  const bind = (slot: 0 | 1): BoundCall =>
    bindProgram(program, { actor: actorOf(slot), ...present(batch) }, { logProb: decisions.logProb });
  return [bind(0), bind(1)];
}

/** On the processor the slabs of a pair alternate; on a device one slab of the pair is written back at the end. */
function bindUpdate(
  program: Program | DeviceProgram,
  { layout }: Model,
  { state, decisions, memory }: CallMemory,
  arrays: UpdateArrays,
  outputs: UpdateOutputs,
): UpdateCalls {
  const slabs = (slot: 0 | 1): { [name: string]: Float32Array } => ({
    parameters: state.parameters[slot],
    firstMoment: state.firstMoment[slot],
    secondMoment: state.secondMoment[slot],
  });
  const normalisers = layout.settings.observationNormalisation
    ? { actorNormaliser: state.actorNormaliser, criticNormaliser: state.criticNormaliser }
    : {};
  const batch = { ...present({ ...arrays }), ...normalisers };
  if (program.kind === "compiled") {
    const step = (from: 0 | 1, to: 0 | 1): BoundCall =>
      bindProgram(program, { ...slabs(from), ...batch }, { ...slabs(to), ...outputs });
    return alternating(step(0, 1), step(1, 0));
  }
  const { observations, criticInputs } = decisions;
  const gathered = { observations, criticInputs, rows: memory.rows, criticRows: memory.criticRows };
  const run = (slot: 0 | 1): ResidentRun =>
    program.bind({ ...slabs(slot), ...batch, ...gathered }, { ...slabs(slot), ...outputs });
  return resident(run(0), run(1));
}

function alternating(first: BoundCall, second: BoundCall): UpdateCalls {
  const nothing = async (): Promise<void> => undefined;
  return {
    begin: nothing,
    end: nothing,
    run: async (slot) => {
      await (slot === 0 ? first : second).run();
      return slot === 0 ? 1 : 0;
    },
  };
}

function resident(first: ResidentRun, second: ResidentRun): UpdateCalls {
  const of = (slot: 0 | 1): ResidentRun => (slot === 0 ? first : second);
  return {
    begin: async (slot) => of(slot).begin(),
    end: async (slot) => of(slot).read(),
    run: async (slot) => {
      await of(slot).run();
      return slot;
    },
  };
}

/** The arrays that are not empty: an absent part of the action has no input. */
function present(arrays: { readonly [name: string]: NumberArray }): { readonly [name: string]: NumberArray } {
  return Object.fromEntries(Object.entries(arrays).filter(([, array]) => array.length > 0));
}

/** The names are checked by `bind` itself. */
function bindProgram(program: Program, inputs: unknown, outputs: unknown): BoundCall {
  return program.bind(inputs as Parameters<Program["bind"]>[0], outputs as Parameters<Program["bind"]>[1]);
}

function allocatePolicyArrays({ layout }: Model, copies: number): PolicyArrays {
  const rows = copies * layout.agents;
  const isBeta = layout.settings.continuous === "beta";
  const floats = (width: number): Float32Array => new Float32Array(rows * width);
  return {
    observations: floats(layout.features),
    logits: floats(logitWidth(layout)),
    mean: floats(isBeta ? 0 : layout.continuous),
    alpha: floats(isBeta ? layout.continuous : 0),
    beta: floats(isBeta ? layout.continuous : 0),
    nextState: floats(unitsOf(layout)),
  };
}

function allocateUpdateArrays(
  model: Model,
  decisions: Decisions,
  { samples, direct, gathers }: Pick<CallMemory, "samples" | "direct"> & { readonly gathers: boolean },
): UpdateArrays {
  const { layout } = model;
  const chunk = chunkOf(layout);
  const rows = chunk * samples * layout.agents;
  const values = chunk * samples * layout.criticRows;
  const { clipValueLoss } = layout.settings;
  const batch = {
    advantage: new Float32Array(rows),
    weight: new Float32Array(layout.weighted ? rows : 0),
    oldValue: new Float32Array(clipValueLoss ? values : 0),
    target: new Float32Array(values),
    criticWeight: new Float32Array(layout.weighted ? values : 0),
    scalars: new Float32Array(SCALARS.count),
    start: new Float32Array(samples * layout.agents * unitsOf(layout)),
    keep: new Float32Array(unitsOf(layout) > 0 ? rows : 0),
  };
  const criticSize = values * layout.criticFeatures;
  if (direct) {
    return {
      ...batch,
      observations: decisions.observations.subarray(0, rows * layout.features),
      discrete: decisions.discrete,
      continuous: decisions.continuous,
      mask: decisions.mask.subarray(0, layout.mask === 0 ? 0 : rows * logitWidth(layout)),
      oldLogProb: decisions.logProb,
      criticInputs: decisions.criticInputs.subarray(0, criticSize),
    };
  }
  return {
    ...batch,
    observations: new Float32Array(gathers ? 0 : rows * layout.features),
    discrete: new Int32Array(rows * layout.heads.length),
    continuous: new Float32Array(rows * layout.continuous),
    mask: new Uint8Array(layout.mask === 0 ? 0 : rows * logitWidth(layout)),
    oldLogProb: new Float32Array(rows),
    criticInputs: new Float32Array(gathers ? 0 : criticSize),
  };
}
