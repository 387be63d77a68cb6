/**
 * @file The update step that the engine is measured on: actor 624-256-256-5 and critic 624-256-256-1 (tanh or relu),
 * clipped PPO loss, value loss, entropy bonus, global-norm clipping and Adam, traced into one graph over flat slabs.
 */
import { valueAndGrad } from "../../src/graph/autodiff.ts";
import { add, mul, neg, square, sub } from "../../src/graph/ops/arithmetic.ts";
import { sum } from "../../src/graph/ops/broadcast.ts";
import { exp, relu, tanh } from "../../src/graph/ops/elementwise.ts";
import { gatherElements } from "../../src/graph/ops/indexing.ts";
import { linear } from "../../src/graph/ops/matmul.ts";
import { mean } from "../../src/graph/ops/reduction.ts";
import { clip, minimum } from "../../src/graph/ops/selection.ts";
import { expandDims, squeeze } from "../../src/graph/ops/shaping.ts";
import { logSoftmax } from "../../src/graph/ops/softmax.ts";
import { ParameterLayout, type Shaped } from "../../src/graph/slab.ts";
import { type TensorSpec, type Traced, spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { ADAM_COEFFICIENTS, adam } from "../../src/nn/optimisers/adam.ts";
import { clipByGlobalNorm } from "../../src/nn/optimisers/clip.ts";

/** Widths of the two networks, without the heads. */
export interface NetworkSize {
  readonly observation: number;
  readonly hidden: readonly [number, number];
  readonly actions: number;
  readonly activation: "tanh" | "relu";
}

/** The strategic network of the specification. */
export const strategic: NetworkSize = {
  observation: 624,
  hidden: [256, 256],
  actions: 5,
  activation: "relu",
};

/** CartPole's network. */
export const cartPole: NetworkSize = { observation: 4, hidden: [64, 64], actions: 2, activation: "tanh" };

interface MlpShapes {
  readonly [layer: string]: { readonly weight: readonly number[]; readonly bias: readonly number[] };
}

function mlpShapes({ observation, hidden }: NetworkSize, head: number): MlpShapes {
  const [first, second] = hidden;
  return {
    first: { weight: [observation, first], bias: [first] },
    second: { weight: [first, second], bias: [second] },
    third: { weight: [second, head], bias: [head] },
  };
}

/** Layout of actor and critic in one vector. */
export function layoutOf(size: NetworkSize): ParameterLayout<{ actor: MlpShapes; critic: MlpShapes }> {
  return new ParameterLayout({ actor: mlpShapes(size, size.actions), critic: mlpShapes(size, 1) });
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
  { observation, hidden: [first, second], actions }: NetworkSize,
  batch: number,
): number {
  const weights = (head: number): number => observation * first + first * second + second * head;
  const inputGradients = (head: number): number => first * second + second * head;
  const perSample = [actions, 1].reduce(
    (sum, head) => sum + 2 * (2 * weights(head) + inputGradients(head)),
    0,
  );
  return perSample * batch;
}

function mlp(x: Tensor, layers: Shaped<MlpShapes, Tensor>, activation: "tanh" | "relu"): Tensor {
  const bend = activation === "tanh" ? tanh : relu;
  const [first, second, third] = [layers["first"], layers["second"], layers["third"]];
  if (first === undefined || second === undefined || third === undefined) throw new Error("three layers");
  const hidden = bend(linear(x, first.weight, first.bias));
  return linear(bend(linear(hidden, second.weight, second.bias)), third.weight, third.bias);
}

/** What one update gives. */
export type StepResult = Readonly<Record<"parameters" | "first" | "second" | "loss", Tensor>>;

/** One update: PPO's loss (clip 0.2, value 0.5, entropy 0.01), norm clipped to 0.5, Adam (eps 1e-5). */
export function updateStep(size: NetworkSize): (inputs: Traced<StepSpecs>) => StepResult {
  const layout = layoutOf(size);
  const optimiser = adam({ epsilon: 1e-5 });
  return (inputs) => {
    const lossOf = valueAndGrad((flat: Tensor) => {
      const { actor, critic } = layout.unpack(flat);
      const logProbs = logSoftmax(mlp(inputs.observation, actor, size.activation));
      const value = squeeze(mlp(inputs.observation, critic, size.activation), -1);
      const logProb = squeeze(gatherElements(logProbs, expandDims(inputs.action, -1), -1), -1);
      const ratio = exp(sub(logProb, inputs.oldLogProb));
      const gain = minimum(mul(ratio, inputs.advantage), mul(clip(ratio, 0.8, 1.2), inputs.advantage));
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
    logits: mlp(observation, layout.unpack(parameters).actor, size.activation),
  });
}
