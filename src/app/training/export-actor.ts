/**
 * @file A trained actor as one ONNX file per learner: the graph that acted in training, its weights, the frozen statistics
 * of its inputs and a card, with an open batch dimension. Outputs are distribution parameters (`logits`, or `mean`, or
 * `alpha` and `beta`): greedy play takes the largest logit of each head, or the mean. Masks are applied by the caller.
 */
import { constant } from "../../graph/ops/constant.ts";
import { concat } from "../../graph/ops/joining.ts";
import { type TensorSpec, spec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { betaShapes, outputParts } from "../../marl/learner/action-head.ts";
import type { Learner } from "../../marl/learner/learner.ts";
import { normalised } from "../../marl/learner/programs.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { exportPolicy } from "../../nn/weights/policy-file.ts";

/** Where an exported actor came from, for its card. */
export interface ActorOrigin {
  readonly environment: string;
  /** Hashes by name: settings, checkpoint. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * The bytes of the ONNX file.
 *
 * Inputs: `observations` [N, F]; `agent` [N, A], one-hot, where the actor is told who acts; `state` [N, U] where it is
 * recurrent, which then also gives `nextState`.
 */
export function exportActor(learner: Learner, origin: ActorOrigin): Uint8Array {
  const { layout, networks, state } = learner;
  const { actor, actorLayout } = networks;
  const inputs: Readonly<Record<string, TensorSpec>> = {
    observations: spec("f32", [-1, layout.features]),
    ...(layout.settings.agentId ? { agent: spec("f32", [-1, layout.agents]) } : {}),
    ...(actor.units > 0 ? { state: spec("f32", [-1, actor.units]) } : {}),
  };
  return exportPolicy({
    inputs,
    layout: actorLayout,
    // The actor is the first window of the slab.
    slab: state.parameters[state.current].slice(0, actorLayout.size),
    apply: (parameters, traced) =>
      act(learner, parameters as unknown as Parameters, traced as unknown as ActorInputs),
    card: {
      features: { observations: Array.from({ length: layout.features }, (_, i) => `observation_${i}`) },
      schemaVersion: origin.environment,
      hashes: origin.hashes,
    },
  });
}

interface ActorInputs {
  readonly observations: Tensor;
  readonly agent?: Tensor;
  readonly state?: Tensor;
}

function act(
  { layout, networks, state }: Learner,
  parameters: Parameters,
  { observations, agent, state: memory }: ActorInputs,
): { readonly [output: string]: Tensor } {
  const normaliser = layout.settings.observationNormalisation
    ? constant(state.actorNormaliser.slice(), { shape: [2, layout.features] })
    : undefined;
  const seen = normalised(observations, normaliser);
  const told = agent === undefined ? seen : concat([seen, agent], 1);
  const { output, next } = networks.actor.step(parameters, told, memory);
  const { logits, continuous } = outputParts(layout, output);
  return {
    ...(logits === undefined ? {} : { logits }),
    ...(continuous === undefined
      ? {}
      : layout.settings.continuous === "beta"
        ? betaShapes(layout, continuous)
        : { mean: continuous }),
    ...(next === undefined ? {} : { nextState: next }),
  };
}
