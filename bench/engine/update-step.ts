/**
 * @file The update step that the engine is measured on: actor and critic with two hidden layers, on one trunk as in the
 * PyTorch peer (bench/peers/torch_update.py) or apart; normalised advantages, clipped PPO loss, value loss, entropy
 * bonus, global-norm clipping and Adam, traced into one graph over flat slabs.
 */
import { valueAndGrad } from "../../src/graph/autodiff.ts";
import { add, div, mul, neg, square, sub } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { exp, sqrt, tanh } from "../../src/graph/ops/elementwise.ts";
import { gatherElements } from "../../src/graph/ops/indexing.ts";
import { linear } from "../../src/graph/ops/matmul.ts";
import { mean } from "../../src/graph/ops/reduction.ts";
import { clip, minimum } from "../../src/graph/ops/selection.ts";
import { expandDims, squeeze } from "../../src/graph/ops/shaping.ts";
import { logSoftmax } from "../../src/graph/ops/softmax.ts";
import type { Shape } from "../../src/graph/shape.ts";
import { ParameterLayout } from "../../src/graph/slab.ts";
import { type TensorSpec, type Traced, spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { Tree } from "../../src/graph/tree.ts";
import { ADAM_COEFFICIENTS, adam } from "../../src/nn/optimisers/adam.ts";
import { clipByGlobalNorm } from "../../src/nn/optimisers/clip.ts";

/** The networks of one update. */
export interface NetworkSize {
  readonly observation: number;
  readonly hidden: readonly [number, number];
  readonly actions: number;
  /** Whether actor and critic share the hidden layers. */
  readonly trunk: "shared" | "separate";
}

/** The strategic network of the specification's table: 624-256-256-(5, 1). */
export const shared: NetworkSize = { observation: 624, hidden: [256, 256], actions: 5, trunk: "shared" };

/** The same with a critic of its own: 624-256-256-5 and 624-256-256-1. */
export const separate: NetworkSize = { ...shared, trunk: "separate" };

/** A policy whose weights stay in the second-level cache: 420-128-128-5. */
export const small: NetworkSize = { observation: 420, hidden: [128, 128], actions: 5, trunk: "shared" };

/** CartPole's networks: 4-64-64-2 and 4-64-64-1. */
export const cartPole: NetworkSize = { observation: 4, hidden: [64, 64], actions: 2, trunk: "separate" };

interface LayerShape {
  readonly weight: readonly [number, number];
  readonly bias: readonly [number];
}

interface MlpShapes {
  readonly first: LayerShape;
  readonly second: LayerShape;
}

interface NetworkShapes {
  /** One trunk, or one each for actor and critic. */
  readonly trunks: { readonly actor: MlpShapes; readonly critic?: MlpShapes };
  readonly heads: { readonly actor: LayerShape; readonly critic: LayerShape };
}

function layer(inputs: number, outputs: number): LayerShape {
  return { weight: [inputs, outputs], bias: [outputs] };
}

function networkShapes({ actions, hidden: [first, second], observation, trunk }: NetworkSize): NetworkShapes {
  const body: MlpShapes = { first: layer(observation, first), second: layer(first, second) };
  return {
    trunks: trunk === "shared" ? { actor: body } : { actor: body, critic: body },
    heads: { actor: layer(second, actions), critic: layer(second, 1) },
  };
}

/** Layout of actor and critic in one vector. */
export function layoutOf(size: NetworkSize): ParameterLayout {
  return new ParameterLayout(networkShapes(size) as unknown as Tree<Shape>);
}

const stepInputs = ["parameters", "first", "second"] as const;
const batchInputs = ["advantage", "oldLogProb", "target"] as const;
type FloatInput = (typeof stepInputs)[number] | (typeof batchInputs)[number] | "observation" | "coefficients";

/** Inputs of one update. */
export type StepSpecs = Readonly<Record<FloatInput, TensorSpec<"f32">>> & {
  readonly action: TensorSpec<"i32">;
};

/** Inputs of one update on a minibatch of `batch` samples. */
export function stepSpecs(size: NetworkSize, batch: number): StepSpecs {
  const slab = spec("f32", [layoutOf(size).size]);
  const column = spec("f32", [batch]);
  return {
    parameters: slab,
    first: slab,
    second: slab,
    observation: spec("f32", [batch, size.observation]),
    advantage: column,
    oldLogProb: column,
    target: column,
    action: spec("i32", [batch]),
    coefficients: spec("f32", [ADAM_COEFFICIENTS]),
  };
}

/** Floating-point operations of the products in one update: forward, weight gradients, input gradients but the first. */
export function updateFlops(
  { observation, hidden: [first, second], actions, trunk }: NetworkSize,
  batch: number,
): number {
  const bodies = trunk === "shared" ? 1 : 2;
  const heads = second * (actions + 1);
  const weights = bodies * (observation * first + first * second) + heads;
  const inputGradients = bodies * first * second + heads;
  return 2 * batch * (2 * weights + inputGradients);
}

interface Layer {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

interface Networks {
  readonly trunks: Readonly<Record<string, { readonly first: Layer; readonly second: Layer } | undefined>>;
  readonly heads: { readonly actor: Layer; readonly critic: Layer };
}

function hiddenOf(x: Tensor, body: { readonly first: Layer; readonly second: Layer }): Tensor {
  const { first, second } = body;
  return tanh(linear(tanh(linear(x, first.weight, first.bias)), second.weight, second.bias));
}

/** Logits `[B, actions]` and values `[B]`. */
function forward(
  networks: Networks,
  observation: Tensor,
): { readonly logits: Tensor; readonly value: Tensor } {
  const { actor, critic } = networks.trunks;
  if (actor === undefined) throw new Error("a network has at least one trunk");
  const forActor = hiddenOf(observation, actor);
  const forCritic = critic === undefined ? forActor : hiddenOf(observation, critic);
  const { heads } = networks;
  return {
    logits: linear(forActor, heads.actor.weight, heads.actor.bias),
    value: squeeze(linear(forCritic, heads.critic.weight, heads.critic.bias), -1),
  };
}

function normalised(x: Tensor): Tensor {
  const centred = sub(x, mean(x));
  return div(centred, add(sqrt(mean(square(centred))), 1e-8));
}

/** What one update gives. */
export type StepResult = Readonly<Record<"parameters" | "first" | "second" | "loss", Tensor>>;

/** One update: PPO's loss (clip 0.2, value 0.5, entropy 0.01), norm clipped to 0.5, Adam (eps 1e-5). */
export function updateStep(size: NetworkSize): (inputs: Traced<StepSpecs>) => StepResult {
  const layout = layoutOf(size);
  const optimiser = adam({ epsilon: 1e-5 });
  return (inputs) => {
    const advantage = normalised(inputs.advantage);
    const lossOf = valueAndGrad((flat: Tensor) => {
      const { logits, value } = forward(layout.unpack(flat) as unknown as Networks, inputs.observation);
      const logProbs = logSoftmax(logits);
      const logProb = squeeze(gatherElements(logProbs, expandDims(inputs.action, -1), -1), -1);
      const ratio = exp(sub(logProb, inputs.oldLogProb));
      const gain = minimum(mul(ratio, advantage), mul(clip(ratio, 0.8, 1.2), advantage));
      const entropy = neg(mean(sum(mul(exp(logProbs), logProbs), { axes: [-1] })));
      const valueLoss = mean(square(sub(value, inputs.target)));
      return sub(mul(valueLoss, 0.5), add(mean(gain), mul(entropy, 0.01)));
    });
    const { value: loss, gradient } = lossOf(inputs.parameters);
    const { parameters, state } = optimiser.update({
      parameters: inputs.parameters,
      gradient: clipByGlobalNorm(gradient, 0.5).gradient,
      state: { first: inputs.first, second: inputs.second },
      coefficients: inputs.coefficients,
    });
    return { loss, parameters, first: state.first, second: state.second };
  };
}

/** Greedy logits of one observation, the parameters in a flat slab as during training. */
export function policy(size: NetworkSize): (inputs: {
  readonly parameters: Tensor;
  readonly observation: Tensor;
}) => {
  readonly logits: Tensor;
} {
  const layout = layoutOf(size);
  return ({ parameters, observation }) => ({
    logits: forward(layout.unpack(parameters) as unknown as Networks, observation).logits,
  });
}
