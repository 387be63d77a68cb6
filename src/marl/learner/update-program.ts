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
import { spec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { actionTerms, logitWidth } from "./action-head.ts";
import { policyTerms, type PolicyTerms, valueLoss } from "./loss.ts";
import type { ActorParameters } from "./networks.ts";
import {
  compileProgram,
  criticOutput,
  type Model,
  policyOutput,
  type Program,
  type ProgramSpecs,
} from "./programs.ts";

/** Order of the numbers in the program's `metrics`. */
export const UPDATE_METRICS = [
  "loss",
  "policyLoss",
  "valueLoss",
  "entropy",
  "kl3",
  "kl1",
  "clipFraction",
  "ratio",
  "actorGradientNorm",
  "criticGradientNorm",
] as const;
export type UpdateMetric = (typeof UPDATE_METRICS)[number];

const BETA1 = 0.9;
const BETA2 = 0.999;

/** Decay of Adam's two averages. */
export const ADAM_BETAS: readonly [number, number] = [BETA1, BETA2];

/** Inputs of the program for minibatches of `samples` environment-time samples. */
export function updateSpecs({ layout, networks }: Model, samples: number): ProgramSpecs {
  const rows = samples * layout.agents;
  const values = samples * layout.criticRows;
  const slab = spec("f32", [networks.all.size]);
  const scalar = spec("f32", []);
  const { settings, weighted } = layout;
  return {
    parameters: slab,
    firstMoment: slab,
    secondMoment: slab,
    actorStep: scalar,
    criticStep: scalar,
    rootCorrection: scalar,
    clip: scalar,
    entropyWeight: scalar,
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
  readonly actorStep: Tensor;
  readonly criticStep: Tensor;
  readonly rootCorrection: Tensor;
  readonly clip: Tensor;
  readonly entropyWeight: Tensor;
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

/** Outputs `parameters`, `firstMoment`, `secondMoment` (the next ones) and `metrics` in the order of UPDATE_METRICS. */
export async function compileUpdate(model: Model, samples: number): Promise<Program> {
  return compileProgram(updateSpecs(model, samples), (inputs: UpdateInputs) => update(model, inputs));
}

function update(model: Model, inputs: UpdateInputs): { readonly [name: string]: Tensor } {
  const objective = valueAndGrad((parameters: Tensor) => terms(model, parameters, inputs), {
    of: ({ loss }) => loss,
  });
  const { value, gradient } = objective(inputs.parameters);
  const clipped = clipByNorm(model, gradient);
  const moved = adam(model, clipped.gradient, inputs);
  const metrics = { ...value, actorGradientNorm: clipped.actorNorm, criticGradientNorm: clipped.criticNorm };
  return {
    ...moved,
    metrics: concat(
      UPDATE_METRICS.map((name) => reshape(metrics[name], [1])),
      0,
    ),
  };
}

type Terms = PolicyTerms & { readonly valueLoss: Tensor; readonly loss: Tensor };

/** The loss and everything that is reported beside it. */
function terms(model: Model, parameters: Tensor, inputs: UpdateInputs): Terms {
  const { layout, networks } = model;
  const { actor, critic } = networks.all.unpack(parameters) as unknown as {
    readonly actor: ActorParameters;
    readonly critic: Parameters;
  };
  const output = policyOutput(model, actor.net, inputs.observations, inputs.actorNormaliser);
  const { logProb, entropy } = actionTerms(layout, output, actor.logSd, inputs);
  const { oldLogProb, advantage, weight, clip } = inputs;
  const policy = policyTerms({ logProb, entropy, oldLogProb, advantage, weight }, clip);
  const value = criticOutput(model, critic, inputs.criticInputs, inputs.criticNormaliser);
  const { oldValue = value, target, criticWeight } = inputs;
  const ofValue = valueLoss({ value, oldValue, target, weight: criticWeight }, layout.settings, clip);
  const bonus = mul(inputs.entropyWeight, policy.entropy);
  const loss = add(sub(policy.policyLoss, bonus), mul(ofValue, layout.settings.valueCoefficient));
  return { ...policy, valueLoss: ofValue, loss };
}

interface ClippedGradient {
  readonly gradient: Tensor;
  readonly actorNorm: Tensor;
  readonly criticNorm: Tensor;
}

/** Scales the gradient so that its norm (of each part, or of both) is at most the limit; the direction stays (12). */
function clipByNorm({ layout, networks }: Model, gradient: Tensor): ClippedGradient {
  const { gradientNorm, gradientNormScope } = layout.settings;
  const [actor, critic] = split(gradient, [networks.actorLayout.size, networks.criticLayout.size], 0) as [
    Tensor,
    Tensor,
  ];
  const actorSquare = sum(square(actor));
  const criticSquare = sum(square(critic));
  const norms = { actorNorm: sqrt(actorSquare), criticNorm: sqrt(criticSquare) };
  const factor = (norm: Tensor): Tensor => minimum(div(gradientNorm, add(norm, 1e-6)), 1);
  if (gradientNormScope === "joint") {
    return { ...norms, gradient: mul(gradient, factor(sqrt(add(actorSquare, criticSquare)))) };
  }
  const parts = [mul(actor, factor(norms.actorNorm)), mul(critic, factor(norms.criticNorm))];
  return { ...norms, gradient: concat(parts, 0) };
}

interface Moved {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
}

function adam({ layout, networks }: Model, gradient: Tensor, inputs: UpdateInputs): Moved {
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
