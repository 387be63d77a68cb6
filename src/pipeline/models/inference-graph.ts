/**
 * @file The graphs of an export: `model.onnx`, observations to the mean policy without dropout, and `gradient.onnx`, the slope
 * of any combination of action probabilities with respect to the observations, from which attributions are computed.
 */
import { grad } from "../../graph/autodiff.ts";
import { mul } from "../../graph/ops/arithmetic.ts";
import { sum } from "../../graph/ops/broadcast.ts";
import { exp } from "../../graph/ops/elementwise.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import { exportModel } from "../../graph/onnx/export.ts";
import { spec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { frozenParameters } from "../../nn/layers/frozen.ts";
import { parameterLayout } from "../../nn/layers/layer.ts";
import { exportPolicy } from "../../nn/weights/policy-file.ts";
import type { StageModel } from "../../stages/model.ts";
import { featureSchema } from "./feature-schema.ts";
import { stageNetwork } from "./stage-network.ts";

/** `observations [bars, agents, features] -> policy [bars, agents, 5]`; bars is open. */
export function inferenceGraph(model: StageModel): Uint8Array<ArrayBuffer> {
  const { actor, agents, features } = stageNetwork(model);
  const schema = featureSchema(model);
  return exportPolicy({
    inputs: { observations: spec("f32", [-1, agents, features]) },
    layout: parameterLayout(actor.parameters),
    slab: model.parameters,
    apply: (weights, { observations }) => {
      const parameters = weights as never;
      const rows = reshape(observations, [-1, features]);
      const logProbs = actor.logProbs(parameters, actor.encode(parameters, rows), []);
      return { policy: reshape(exp(logProbs), [-1, agents, schema.actions.length]) };
    },
    card: {
      features: { observations: schema.observation },
      schemaVersion: schema.version,
      hashes: { data: model.origin.dataHash, config: model.origin.configHash },
    },
  });
}

/**
 * `observations [1, agents, features], direction [1, agents, 5] -> slope` of `sum(policy * direction)`, shaped as the
 * observations. One bar: the unrolled recurrence has a fixed number of rows.
 */
export function gradientGraph(model: StageModel): Uint8Array<ArrayBuffer> {
  const { actor, agents, features } = stageNetwork(model, "unrolled");
  const actions = featureSchema(model).actions.length;
  const parameters = frozenParameters(actor.parameters, model.parameters);
  return exportModel(
    ({ direction, observations }) => {
      const objective = (seen: Tensor): Tensor => {
        const logProbs = actor.logProbs(
          parameters,
          actor.encode(parameters, reshape(seen, [-1, features])),
          [],
        );
        return sum(mul(reshape(exp(logProbs), [1, agents, actions]), direction));
      };
      return { slope: grad(objective)(observations) };
    },
    {
      observations: spec("f32", [1, agents, features]),
      direction: spec("f32", [1, agents, actions]),
    },
  );
}
