/**
 * @file A learner's networks: separate trunks for actor and critic (14), orthogonal weights of gain sqrt 2, the policy
 * head .01 (a near-uniform start), the value head 1, biases 0 (2). One flat slab holds the actor first, the critic
 * last, so that each half is one window.
 */
import type { ParameterLayout } from "../../graph/slab.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { constant as startAt } from "../../nn/initialisers/initialiser.ts";
import {
  type Layer,
  parameter,
  parameterLayout,
  type Parameters,
  type ParameterSpec,
  type Specs,
} from "../../nn/layers/layer.ts";
import { mlp } from "../../nn/layers/mlp.ts";
import { outputWidth } from "./action-head.ts";
import type { LearnerLayout } from "./layout.ts";

/** The policy's parameters; `logSd` of Gaussian heads does not depend on the state (16). */
export interface ActorParameters {
  readonly net: Parameters;
  readonly logSd?: Tensor;
}

/** Networks and where their parameters stand. */
export interface Networks {
  readonly actor: Layer;
  readonly critic: Layer;
  readonly specs: {
    readonly actor: { readonly net: Specs; readonly logSd?: ParameterSpec };
    readonly critic: Specs;
  };
  /** The whole slab; `actor` is its first window, `critic` its last. */
  readonly all: ParameterLayout;
  readonly actorLayout: ParameterLayout;
  readonly criticLayout: ParameterLayout;
}

/** Width of an actor row: observation, and agent id where the learner is told who acts. */
function actorInputs(layout: LearnerLayout): number {
  return layout.features + (layout.settings.agentId ? layout.agents : 0);
}

/** Width of a critic row. */
function criticInputs(layout: LearnerLayout): number {
  return layout.criticFeatures + (layout.settings.agentId && layout.criticRows > 1 ? layout.agents : 0);
}

export function networksOf(layout: LearnerLayout): Networks {
  const { network, criticNetwork = network, continuous, initialLogSd } = layout.settings;
  const actor = mlp({
    sizes: [actorInputs(layout), ...network.hidden],
    head: { size: outputWidth(layout), gain: 0.01 },
    activation: network.activation,
    normaliseInput: network.layerNorm,
    normaliseHidden: network.layerNorm,
  });
  const critic = mlp({
    sizes: [criticInputs(layout), ...criticNetwork.hidden],
    head: { size: 1, gain: 1 },
    activation: criticNetwork.activation,
    normaliseInput: criticNetwork.layerNorm,
    normaliseHidden: criticNetwork.layerNorm,
  });
  const deviates = layout.continuous > 0 && continuous !== "beta";
  const logSd = deviates ? { logSd: parameter([layout.continuous], startAt(initialLogSd)) } : {};
  const specs = { actor: { net: actor.parameters, ...logSd }, critic: critic.parameters };
  return {
    actor,
    critic,
    specs,
    all: parameterLayout(specs) as ParameterLayout,
    actorLayout: parameterLayout(specs.actor) as ParameterLayout,
    criticLayout: parameterLayout(specs.critic) as ParameterLayout,
  };
}
