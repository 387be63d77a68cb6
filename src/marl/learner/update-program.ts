/**
 * @file The update of one minibatch as one graph: forward, loss, gradient, clipping by global norm and Adam over the
 * flat slab. Parameters and moments come in as whole vectors and go out into the other buffer of a pair.
 */
import { valueAndGrad } from "../../graph/autodiff.ts";
import { add, mul, sub } from "../../graph/ops/arithmetic.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import { slice } from "../../graph/ops/window.ts";
import { spec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { type Adam, adam, ADAM_COEFFICIENTS } from "../../nn/optimisers/adam.ts";
import { clipByGlobalNorm } from "../../nn/optimisers/clip.ts";
import { type ActionTerms, actionTerms, logitWidth } from "./action-head.ts";
import type { ActorSequence, ActorStep } from "./actor.ts";
import type { GroupSettings } from "./config.ts";
import { expectation, policyObjective, valueObjective } from "./loss.ts";
import { actorRows, compileProgram, criticOutput, type Model, type Program } from "./programs.ts";
import { SCALARS, type UpdateInputs, updateSpecs } from "./update-inputs.ts";

/** The optimiser of a learner; epsilon 1e-5, not 1e-8 (3). */
export function optimiserOf({ adamEpsilon }: GroupSettings): Adam {
  return adam({ epsilon: adamEpsilon });
}

/**
 * The update of one minibatch: gives `parameters`, `firstMoment`, `secondMoment` (the next ones), and what the metrics are
 * computed from: `logRatio` [rows], `value` [critic rows], `entropy` [1], and the `gradientNorms` [2] of actor and critic.
 */
export function updateOf(model: Model, inputs: UpdateInputs): { readonly [name: string]: Tensor } {
  const differentiate = valueAndGrad((parameters: Tensor) => objectiveOf(model, parameters, inputs), {
    of: ({ objective }) => objective,
  });
  const { value, gradient } = differentiate(inputs.parameters);
  const clipped = clip(model, gradient);
  return {
    ...optimise(model, clipped.gradient, inputs),
    logRatio: value.logRatio,
    value: value.value,
    entropy: reshape(value.entropy, [1]),
    gradientNorms: clipped.norms,
  };
}

/** `updateOf`, compiled for the processor. */
export async function compileUpdate(model: Model, samples: number): Promise<Program> {
  return compileProgram(updateSpecs(model, samples), (inputs: UpdateInputs) => updateOf(model, inputs));
}

/**
 * `logProb` [rows] of the stored actions under `actor`: how continuous policies record theirs, once after a rollout and
 * by the very graph of the update, so that the first ratio is 1.
 */
export async function compileLogProb(model: Model, samples: number): Promise<Program> {
  const { layout, networks } = model;
  const rows = samples * layout.agents;
  const whole = updateSpecs(model, samples);
  const names = ["discrete", "continuous", "mask", "actorNormaliser"].filter((name) => name in whole);
  const sized = {
    discrete: spec("i32", [rows, layout.heads.length]),
    continuous: spec("f32", [rows, layout.continuous]),
    mask: spec("bool", [rows, logitWidth(layout)]),
    actorNormaliser: spec("f32", [2, layout.features]),
  };
  return compileProgram(
    {
      actor: spec("f32", [networks.actorLayout.size]),
      observations: spec("f32", [rows, layout.features]),
      ...Object.fromEntries(names.map((name) => [name, sized[name as keyof typeof sized]])),
    },
    ({
      actor,
      ...inputs
    }: Pick<UpdateInputs, "observations" | "discrete" | "continuous" | "mask"> & { actor: Tensor }) => {
      const parameters = networks.actorLayout.unpack(actor) as unknown as Parameters;
      return { logProb: policyTerms(model, parameters, inputs).logProb };
    },
  );
}

/** Log-probability and entropy of the stored actions, [rows] each, and what the actor asks to add to the loss. */
function policyTerms(
  model: Model,
  parameters: Parameters,
  inputs: Pick<
    UpdateInputs,
    "observations" | "discrete" | "continuous" | "mask" | "start" | "keep" | "actorNormaliser"
  >,
): ActionTerms & Pick<ActorStep, "penalty"> {
  const { layout, networks } = model;
  const rows = actorRows(model, inputs.observations, inputs.actorNormaliser);
  const { start, keep } = inputs;
  const sequence: ActorSequence | undefined =
    start === undefined || keep === undefined ? undefined : { rows, start, keep };
  const { output, penalty }: ActorStep =
    sequence === undefined
      ? networks.actor.step(parameters, rows)
      : { output: networks.actor.sequence(parameters, sequence) };
  const terms = actionTerms(layout, output, parameters["logSd"] as Tensor | undefined, inputs);
  return penalty === undefined ? terms : { ...terms, penalty };
}

interface Objective {
  /** Has the gradient of the loss. */
  readonly objective: Tensor;
  readonly logRatio: Tensor;
  readonly value: Tensor;
  readonly entropy: Tensor;
}

function objectiveOf(model: Model, parameters: Tensor, inputs: UpdateInputs): Objective {
  const { layout, networks } = model;
  const { actor, critic } = networks.all.unpack(parameters) as unknown as {
    readonly actor: Parameters;
    readonly critic: Parameters;
  };
  const { oldLogProb, advantage, weight, oldValue, target } = inputs;
  const range = scalar(inputs.scalars, SCALARS.clip);
  const { logProb, entropy, penalty } = policyTerms(model, actor, inputs);
  const policy = policyObjective({ logProb, oldLogProb, advantage, weight }, range);
  const value = criticOutput(model, critic, inputs.criticInputs, inputs.criticNormaliser);
  const { valueLoss, valueCoefficient } = layout.settings;
  const ofValue = valueObjective({ value, oldValue, target, weight: inputs.criticWeight }, valueLoss, range);
  const meanEntropy = expectation(entropy, weight);
  const bonus = mul(scalar(inputs.scalars, SCALARS.entropyWeight), meanEntropy);
  const ofPpo = add(sub(policy.objective, bonus), mul(ofValue, valueCoefficient));
  const objective = penalty === undefined ? ofPpo : add(ofPpo, penalty);
  return { objective, logRatio: policy.logRatio, value, entropy: meanEntropy };
}

function scalar(scalars: Tensor, place: number): Tensor {
  return reshape(slice(scalars, { axis: 0, start: place, end: place + 1 }), []);
}

/** Actor and critic parts of a slab. */
function partsOf({ networks }: Model, slab: Tensor): readonly [Tensor, Tensor] {
  const [actor, critic] = split(slab, [networks.actorLayout.size, networks.criticLayout.size], 0);
  return [actor as Tensor, critic as Tensor];
}

interface Clipped {
  readonly gradient: Tensor;
  /** Before clipping, [actor, critic]; [both] when they are clipped together. */
  readonly norms: Tensor;
}

/** Limits the norm of each part of the gradient, or of both together; the direction stays (12). */
function clip(model: Model, gradient: Tensor): Clipped {
  const { gradientNorm, gradientNormScope } = model.layout.settings;
  const parts = gradientNormScope === "joint" ? [gradient] : partsOf(model, gradient);
  const clipped = parts.map((part) => clipByGlobalNorm(part, gradientNorm));
  const norms = clipped.map(({ norm }) => reshape(norm, [1]));
  return { gradient: joined(clipped.map((part) => part.gradient)), norms: joined(norms) };
}

interface Moved {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

/** One Adam step over the whole slab, or where the critic has a rate of its own over each part (4). */
function optimise(model: Model, gradient: Tensor, inputs: UpdateInputs): Moved {
  const { settings } = model.layout;
  const optimiser = optimiserOf(settings);
  const apart = settings.criticLearningRate !== undefined;
  const cut = (slab: Tensor): readonly Tensor[] => (apart ? partsOf(model, slab) : [slab]);
  const [parameters, first, second] = [inputs.parameters, inputs.firstMoment, inputs.secondMoment].map(cut);
  const places = [SCALARS.actorAdam, SCALARS.criticAdam];
  const moved = cut(gradient).map((part, i) => {
    const place = places[i] ?? 0;
    return optimiser.update({
      parameters: parameters?.[i] as Tensor,
      gradient: part,
      state: { first: first?.[i] as Tensor, second: second?.[i] as Tensor },
      coefficients: slice(inputs.scalars, { axis: 0, start: place, end: place + ADAM_COEFFICIENTS }),
    });
  });
  return {
    parameters: joined(moved.map((part) => part.parameters)),
    firstMoment: joined(moved.map(({ state }) => state.first)),
    secondMoment: joined(moved.map(({ state }) => state.second)),
  };
}

function joined(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 0);
}
