/**
 * @file The update of one minibatch as one graph: forward, loss, gradient, clipping by global norm and Adam over the
 * flat slab. Parameters and moments come in as whole vectors and go out into the other buffer of a pair.
 *
 * Adam (Kingma, Ba 2015) with epsilon outside the corrected root, as PyTorch has it; the bias corrections depend on
 * the step alone and come in as `actorStep`, `criticStep` (learning rate / (1 - beta1^t)) and `rootCorrection`
 * (1 / sqrt(1 - beta2^t)), computed in float64.
 */
import { valueAndGrad } from "../../graph/autodiff.ts";
import { add, div, mul, square, sub } from "../../graph/ops/arithmetic.ts";
import { broadcastTo, sum } from "../../graph/ops/broadcast.ts";
import { sqrt } from "../../graph/ops/elementwise.ts";
import { concat, split } from "../../graph/ops/joining.ts";
import { minimum } from "../../graph/ops/selection.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import { slice } from "../../graph/ops/window.ts";
import { spec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { actionTerms, logitWidth } from "./action-head.ts";
import { expectation, policyObjective, valueObjective } from "./loss.ts";
import type { ActorParameters } from "./networks.ts";
import {
  compileProgram,
  criticOutput,
  type Model,
  policyOutput,
  type Program,
  type ProgramSpecs,
} from "./programs.ts";

const BETA1 = 0.9;
const BETA2 = 0.999;

/** Decay of Adam's two averages. */
export const ADAM_BETAS: readonly [number, number] = [BETA1, BETA2];

/** What changes from one optimiser step to the next, in one input. */
export const UPDATE_SCALARS = ["actorStep", "criticStep", "rootCorrection", "clip", "entropyWeight"] as const;
type Scalar = (typeof UPDATE_SCALARS)[number];

/** Inputs of the program for minibatches of `samples` environment-time samples. */
export function updateSpecs({ layout, networks }: Model, samples: number): ProgramSpecs {
  const rows = samples * layout.agents;
  const values = samples * layout.criticRows;
  const slab = spec("f32", [networks.all.size]);
  const { settings, weighted } = layout;
  return {
    parameters: slab,
    firstMoment: slab,
    secondMoment: slab,
    scalars: spec("f32", [UPDATE_SCALARS.length]),
    observations: spec("f32", [rows, layout.features]),
    ...(layout.heads.length > 0 ? { discrete: spec("i32", [rows, layout.heads.length]) } : {}),
    ...(layout.continuous > 0 ? { continuous: spec("f32", [rows, layout.continuous]) } : {}),
    ...(layout.mask > 0 ? { mask: spec("bool", [rows, logitWidth(layout)]) } : {}),
    oldLogProb: spec("f32", [rows]),
    advantage: spec("f32", [rows]),
    criticInputs: spec("f32", [values, layout.criticFeatures]),
    target: spec("f32", [values]),
    ...(settings.clipValueLoss ? { oldValue: spec("f32", [values]) } : {}),
    ...(weighted ? { weight: spec("f32", [rows]), criticWeight: spec("f32", [values]) } : {}),
    ...(settings.observationNormalisation
      ? {
          actorNormaliser: spec("f32", [2, layout.features]),
          criticNormaliser: spec("f32", [2, layout.criticFeatures]),
        }
      : {}),
  };
}

/** What `updateSpecs` becomes inside the traced function. */
interface UpdateInputs {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly scalars: Tensor;
  readonly observations: Tensor;
  readonly discrete?: Tensor;
  readonly continuous?: Tensor;
  readonly mask?: Tensor;
  readonly oldLogProb: Tensor;
  readonly advantage: Tensor;
  readonly criticInputs: Tensor;
  readonly oldValue?: Tensor;
  readonly target: Tensor;
  readonly weight?: Tensor;
  readonly criticWeight?: Tensor;
  readonly actorNormaliser?: Tensor;
  readonly criticNormaliser?: Tensor;
}

/**
 * Outputs `parameters`, `firstMoment`, `secondMoment` (the next ones), and what the metrics are computed from:
 * `logRatio` [rows], `value` [critic rows], `entropy`, and the `squaredNorms` [actor, critic] of the gradient.
 */
export async function compileUpdate(model: Model, samples: number): Promise<Program> {
  return compileProgram(updateSpecs(model, samples), (inputs: UpdateInputs) => update(model, inputs));
}

function update(model: Model, given: UpdateInputs): { readonly [name: string]: Tensor } {
  const inputs = { ...given, ...scalarsOf(given.scalars) };
  const { objectives, gradient } = differentiate(model, inputs);
  const clipped = clipByNorm(model, gradient);
  const entropies = objectives.map(({ entropy }) => reshape(entropy, [1]));
  return {
    ...adam(model, clipped.gradient, inputs),
    logRatio: concat(
      objectives.map(({ logRatio }) => logRatio),
      0,
    ),
    value: concat(
      objectives.map(({ value }) => value),
      0,
    ),
    entropy: entropies.reduce((total, entropy) => add(total, entropy)),
    squaredNorms: clipped.squaredNorms,
  };
}

interface Differentiated {
  readonly objectives: readonly Objective[];
  readonly gradient: Tensor;
}

/** The gradient, one chunk of rows after the other: the chunks' objectives are parts of one sum. */
function differentiate(model: Model, inputs: UpdateInputs & Scalars): Differentiated {
  const chunks = chunksOf(model, inputs);
  const parts = chunks.map((chunk) =>
    valueAndGrad((parameters: Tensor) => objectiveOf(model, parameters, chunk, 1 / chunks.length), {
      of: ({ objective }) => objective,
    })(inputs.parameters),
  );
  return {
    objectives: parts.map(({ value }) => value),
    gradient: parts.map(({ gradient }) => gradient).reduce((total, part) => add(total, part)),
  };
}

/** Rows of one chunk at most: an activation of 64 units then fits the second-level cache, which halves the time. */
const CHUNK_ROWS = 100_000;

const ACTOR_ROWS = [
  "observations",
  "discrete",
  "continuous",
  "mask",
  "oldLogProb",
  "advantage",
  "weight",
] as const;
const CRITIC_ROWS = ["criticInputs", "oldValue", "target", "criticWeight"] as const;

/** The inputs cut into equal chunks of samples. */
function chunksOf({ layout }: Model, inputs: UpdateInputs & Scalars): (UpdateInputs & Scalars)[] {
  const [rows = 0] = inputs.oldLogProb.shape;
  const samples = rows / layout.agents;
  let count = Math.max(1, Math.ceil(rows / CHUNK_ROWS));
  while (samples % count !== 0) count += 1;
  if (count === 1) return [inputs];
  const cut = (names: readonly (keyof UpdateInputs)[], perSample: number, chunk: number): object => {
    const size = (samples / count) * perSample;
    const window = { axis: 0, start: chunk * size, end: (chunk + 1) * size };
    return Object.fromEntries(
      names.flatMap((name) => {
        const whole = inputs[name];
        return whole === undefined ? [] : [[name, slice(whole, window)]];
      }),
    );
  };
  return Array.from({ length: count }, (_, chunk) => ({
    ...inputs,
    ...cut(ACTOR_ROWS, layout.agents, chunk),
    ...cut(CRITIC_ROWS, layout.criticRows, chunk),
  }));
}

type Scalars = { readonly [name in Scalar]: Tensor };

/** Each [1]. */
function scalarsOf(scalars: Tensor): Scalars {
  const parts = split(
    scalars,
    UPDATE_SCALARS.map(() => 1),
    0,
  );
  const [actorStep, criticStep, rootCorrection, clip, entropyWeight] = parts as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  return { actorStep, criticStep, rootCorrection, clip, entropyWeight };
}

interface Objective {
  /** Has the gradient of the loss. */
  readonly objective: Tensor;
  readonly logRatio: Tensor;
  readonly value: Tensor;
  readonly entropy: Tensor;
}

/** @param share of this chunk's rows in the minibatch, for expectations that carry no weights */
function objectiveOf(
  model: Model,
  parameters: Tensor,
  inputs: UpdateInputs & Scalars,
  share: number,
): Objective {
  const { layout, networks } = model;
  const { actor, critic } = networks.all.unpack(parameters) as unknown as {
    readonly actor: ActorParameters;
    readonly critic: Parameters;
  };
  const output = policyOutput(model, actor.net, inputs.observations, inputs.actorNormaliser);
  const { logProb, entropy } = actionTerms(layout, output, actor.logSd, inputs);
  const { oldLogProb, advantage, weight, clip, oldValue, target } = inputs;
  const policy = policyObjective({ logProb, oldLogProb, advantage, weight }, clip);
  const value = criticOutput(model, critic, inputs.criticInputs, inputs.criticNormaliser);
  const { valueLoss, valueCoefficient } = layout.settings;
  const ofValue = valueObjective({ value, oldValue, target, weight: inputs.criticWeight }, valueLoss, clip);
  const scale = layout.weighted ? 1 : share;
  const meanEntropy = mul(expectation(entropy, weight), scale);
  const ofPolicy = sub(mul(policy.objective, scale), mul(reshape(inputs.entropyWeight, []), meanEntropy));
  return {
    objective: add(ofPolicy, mul(ofValue, valueCoefficient * scale)),
    logRatio: policy.logRatio,
    value,
    entropy: meanEntropy,
  };
}

interface ClippedGradient {
  readonly gradient: Tensor;
  /** Before clipping, [actor, critic]. */
  readonly squaredNorms: Tensor;
}

/** Scales the gradient so that its norm (of each part, or of both) is at most the limit; the direction stays (12). */
function clipByNorm({ layout, networks }: Model, gradient: Tensor): ClippedGradient {
  const { gradientNorm, gradientNormScope } = layout.settings;
  const parts = split(gradient, [networks.actorLayout.size, networks.criticLayout.size], 0);
  const squares = parts.map((part) => sum(square(part), { keepDims: true }));
  const squaredNorms = concat(squares, 0);
  const factor = (squared: Tensor): Tensor => minimum(div(gradientNorm, add(sqrt(squared), 1e-6)), 1);
  if (gradientNormScope === "joint") {
    return { squaredNorms, gradient: mul(gradient, factor(sum(squaredNorms, { keepDims: true }))) };
  }
  const clipped = parts.map((part, i) => mul(part, factor(squares[i] as Tensor)));
  return { squaredNorms, gradient: concat(clipped, 0) };
}

interface Moved {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

function adam({ layout, networks }: Model, gradient: Tensor, inputs: UpdateInputs & Scalars): Moved {
  const { adamEpsilon, criticLearningRate } = layout.settings;
  const { actorStep, criticStep, rootCorrection } = inputs;
  const firstMoment = add(mul(inputs.firstMoment, BETA1), mul(gradient, 1 - BETA1));
  const secondMoment = add(mul(inputs.secondMoment, BETA2), mul(square(gradient), 1 - BETA2));
  const direction = div(firstMoment, add(mul(sqrt(secondMoment), rootCorrection), adamEpsilon));
  const { actorLayout, criticLayout } = networks;
  const step =
    criticLearningRate === undefined
      ? actorStep
      : concat([broadcastTo(actorStep, [actorLayout.size]), broadcastTo(criticStep, [criticLayout.size])], 0);
  return { parameters: sub(inputs.parameters, mul(direction, step)), firstMoment, secondMoment };
}
