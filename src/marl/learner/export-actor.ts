/**
 * @file A trained policy as one ONNX file that anything can run: pre-processing with its statistics inside, feature
 * names and hashes in the metadata, the batch dimension open. What it puts out are the parameters of the action
 * distribution: `logits`, and `mean` and `logSd`, or `alpha` and `beta`.
 *
 * Inputs: `observations` [N, F]; with agent ids `agentId` [N, A] one-hot; of recurrent policies `state` [N, U], and
 * `nextState` among the outputs. Masks are the caller's: set illegal logits to -1e8 before the softmax.
 */
import { constant } from "../../graph/ops/constant.ts";
import { concat } from "../../graph/ops/joining.ts";
import { spec, type TensorSpec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Parameters } from "../../nn/layers/layer.ts";
import { exportPolicy } from "../../nn/weights/policy-file.ts";
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import { learnerError } from "./issues.ts";
import { unitsOf } from "./layout.ts";
import { distributionParameters, normalised } from "./programs.ts";
import type { Trainer, TrainerState } from "./trainer.ts";

export interface ActorExport {
  /** A learner: the role group's name, or `<group>.<agent>` with separate parameters. */
  readonly learner: string;
  /** Names of the features; `feature_0`, ... unless given. */
  readonly features?: readonly string[];
  /** Version of the meaning of the features. */
  readonly schemaVersion: string;
}

/**
 * The bytes of the ONNX file.
 * @throws GrandModelError `TRAINER_CONFIG` when there is no such learner, `LAYER_OPTION` for a wrong number of names
 */
export function exportActor(
  trainer: Trainer,
  state: TrainerState,
  options: ActorExport,
): Uint8Array<ArrayBuffer> {
  const learner = state.learners.find(({ layout }) => layout.name === options.learner);
  if (learner === undefined) {
    throw learnerError("TRAINER_CONFIG", {
      path: "learner",
      value: options.learner,
      expected: `one of ${state.learners.map(({ layout }) => layout.name).join(", ")}`,
      hint: "Name a role group, or <group>.<agent> with separate parameters.",
    });
  }
  const { layout, networks, state: learned } = learner;
  const { actor, actorLayout } = networks;
  const { agentId, observationNormalisation, continuous } = layout.settings;
  const names = options.features ?? Array.from({ length: layout.features }, (_, i) => `feature_${i}`);
  const inputs: { readonly [name: string]: TensorSpec } = {
    observations: spec("f32", [-1, layout.features]),
    ...(agentId ? { agentId: spec("f32", [-1, layout.agents]) } : {}),
    ...(unitsOf(layout) > 0 ? { state: spec("f32", [-1, unitsOf(layout)]) } : {}),
  };
  return exportPolicy({
    inputs,
    layout: actorLayout,
    slab: learned.parameters[learned.current].slice(0, actorLayout.size),
    apply: (weights, traced) => {
      const given: { readonly [name: string]: Tensor } = traced;
      const parameters = weights as unknown as Parameters;
      // Without normalisation there are no statistics, and nothing to make a constant of.
      const map = observationNormalisation
        ? constant(learned.actorNormaliser, { shape: [2, layout.features] })
        : undefined;
      const rows = normalised(given["observations"] as Tensor, map);
      const seen = agentId ? concat([rows, given["agentId"] as Tensor], 1) : rows;
      const { output, next } = actor.step(parameters, seen, given["state"]);
      const deviation = layout.continuous > 0 && continuous !== "beta";
      return {
        ...distributionParameters(layout, output),
        ...(deviation ? { logSd: parameters["logSd"] as Tensor } : {}),
        ...(next === undefined ? {} : { nextState: next }),
      };
    },
    card: {
      features: { observations: names },
      schemaVersion: options.schemaVersion,
      hashes: { config: hashJson(trainer.config as unknown as Json) },
    },
  });
}
