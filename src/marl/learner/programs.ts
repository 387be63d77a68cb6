/**
 * @file The three compiled programs of a learner: `policy` (one call per environment step), `value` (one call per
 * rollout) and `update` (one call per minibatch: forward, loss, gradient, clipping and Adam in one graph).
 * A program depends on layout, settings and row counts only, so trainers of several seeds share it.
 */
import { compile, type Compiled } from "../../graph/compile.ts";
import { mul, sub } from "../../graph/ops/arithmetic.ts";
import { constant } from "../../graph/ops/constant.ts";
import { maximum, minimum } from "../../graph/ops/selection.ts";
import { concat } from "../../graph/ops/joining.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import { slice } from "../../graph/ops/window.ts";
import { spec, type TensorSpec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Tree } from "../../graph/tree.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { betaShapes, outputParts } from "./action-head.ts";
import type { LearnerLayout } from "./layout.ts";
import type { Networks } from "./networks.ts";

/**
 * Named inputs of a program. Parameters come as one flat window, because each input of a call costs about a
 * microsecond and splitting a vector inside the graph costs less.
 */
export interface ProgramSpecs {
  readonly [name: string]: TensorSpec;
}

export type Program = Compiled<Tree<TensorSpec>, { readonly [name: string]: Tensor }>;

const OBSERVATION_LIMIT = 10;

/** (x - mean) * scale, clipped to +-10; `normaliser` is [2, F], and without it rows pass as they are (19). */
export function normalised(rows: Tensor, normaliser: Tensor | undefined): Tensor {
  if (normaliser === undefined) return rows;
  const mean = slice(normaliser, { axis: 0, start: 0, end: 1 });
  const scale = slice(normaliser, { axis: 0, start: 1, end: 2 });
  return minimum(maximum(mul(sub(rows, mean), scale), -OBSERVATION_LIMIT), OBSERVATION_LIMIT);
}

/** Appends the one-hot index of the agent; rows run over agents fastest (31). */
function withAgentId(rows: Tensor, agents: number): Tensor {
  const [n = 0] = rows.shape;
  const ids = Float32Array.from({ length: n * agents }, (_, i) =>
    Math.floor(i / agents) % agents === i % agents ? 1 : 0,
  );
  return concat([rows, constant(ids, { dtype: "f32", shape: [n, agents] })], 1);
}

/** A learner's shape and networks: what its programs are traced from. */
export interface Model {
  readonly layout: LearnerLayout;
  readonly networks: Networks;
}

/** What the actor sees of observation rows [N, F]: normalised, with the agent's index where it is told (19, 31). */
export function actorRows({ layout }: Model, observations: Tensor, normaliser?: Tensor): Tensor {
  const rows = normalised(observations, normaliser);
  return layout.settings.agentId ? withAgentId(rows, layout.agents) : rows;
}

/** The critic's predictions [N], in its own scale, for its rows [N, S]. */
export function criticOutput(
  { layout, networks }: Model,
  critic: Parameters,
  inputs: Tensor,
  normaliser?: Tensor,
): Tensor {
  const rows = normalised(inputs, normaliser);
  const told = layout.settings.agentId && layout.criticRows > 1 ? withAgentId(rows, layout.agents) : rows;
  return reshape(networks.critic.apply(critic, told), [-1]);
}

interface PolicyInputs {
  readonly actor: Tensor;
  readonly observations: Tensor;
  readonly state?: Tensor;
  readonly normaliser?: Tensor;
}

/**
 * One step of the policy: `logits`, and `mean` or `alpha` and `beta`, those that the layout has, for `observations`
 * [rows, F] under `actor`; recurrent policies also take `state` [rows, U] and give `nextState`.
 */
export async function compilePolicy(model: Model, rows: number): Promise<Program> {
  const { layout, networks } = model;
  const { actor, actorLayout } = networks;
  return compileProgram(
    {
      actor: spec("f32", [actorLayout.size]),
      observations: spec("f32", [rows, layout.features]),
      ...(actor.units > 0 ? { state: spec("f32", [rows, actor.units]) } : {}),
      ...normaliserSpec(layout, layout.features),
    },
    ({ actor: flat, observations, state, normaliser }: PolicyInputs) => {
      const parameters = actorLayout.unpack(flat) as unknown as Parameters;
      const seen = actorRows(model, observations, normaliser);
      const { output, next } = actor.step(parameters, seen, state);
      return {
        ...distributionParameters(layout, output),
        ...(next === undefined ? {} : { nextState: next }),
      };
    },
  );
}

/** What the sampling kernels read. */
export function distributionParameters(
  layout: LearnerLayout,
  output: Tensor,
): { readonly [name: string]: Tensor } {
  const { logits, continuous } = outputParts(layout, output);
  return {
    ...(logits === undefined ? {} : { logits }),
    ...(continuous === undefined
      ? {}
      : layout.settings.continuous === "beta"
        ? betaShapes(layout, continuous)
        : { mean: continuous }),
  };
}

interface ValueInputs {
  readonly critic: Tensor;
  readonly inputs: Tensor;
  readonly normaliser?: Tensor;
}

/** `values` [rows] of `inputs` [rows, S] under `critic`. */
export async function compileValue(model: Model, rows: number): Promise<Program> {
  const { layout, networks } = model;
  return compileProgram(
    {
      critic: spec("f32", [networks.criticLayout.size]),
      inputs: spec("f32", [rows, layout.criticFeatures]),
      ...normaliserSpec(layout, layout.criticFeatures),
    },
    ({ critic, inputs, normaliser }: ValueInputs) => ({
      values: criticOutput(
        model,
        networks.criticLayout.unpack(critic) as unknown as Parameters,
        inputs,
        normaliser,
      ),
    }),
  );
}

/** Compiles a function whose inputs are known by name only at run time. */
export async function compileProgram(
  specs: ProgramSpecs,
  fn: (inputs: never) => { readonly [name: string]: Tensor },
): Promise<Program> {
  const compiled: unknown = await compile((inputs) => fn(inputs as never), specs);
  return compiled as Program;
}

function normaliserSpec(layout: LearnerLayout, features: number): ProgramSpecs {
  return layout.settings.observationNormalisation ? { normaliser: spec("f32", [2, features]) } : {};
}
