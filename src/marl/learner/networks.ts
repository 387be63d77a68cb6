/**
 * @file A learner's networks: separate trunks for actor and critic (14), orthogonal weights of gain sqrt 2, the policy
 * head .01 (a near-uniform start), the value head 1, biases 0 (2). One flat slab holds the actor first, the critic
 * last, so that each half is one window.
 */
import type { ParameterLayout } from "../../graph/slab.ts";
import { type Layer, parameterLayout, type Specs } from "../../nn/layers/layer.ts";
import { mlp } from "../../nn/layers/mlp.ts";
import { type Actor, actorOf } from "./actor.ts";
import type { LearnerLayout } from "./layout.ts";

/** Networks and where their parameters stand. */
export interface Networks {
  readonly actor: Actor;
  readonly critic: Layer;
  readonly specs: { readonly actor: Specs; readonly critic: Specs };
  /** The whole slab; `actor` is its first window, `critic` its last. */
  readonly all: ParameterLayout;
  readonly actorLayout: ParameterLayout;
  readonly criticLayout: ParameterLayout;
}

/** Width of a critic row. */
function criticInputs(layout: LearnerLayout): number {
  return layout.criticFeatures + (layout.settings.agentId && layout.criticRows > 1 ? layout.agents : 0);
}

/**
 * Networks of the caller's own in place of the configured ones: feed-forward, and the critic's last layer is `head`
 * ({ weight, bias }), which PopArt rescales. Functions, so not part of a saved config: pass them again on resume.
 */
export interface Architecture {
  actor(layout: LearnerLayout): Actor;
  /** Rows `[N, criticFeatures] -> [N, 1]`. */
  critic(layout: LearnerLayout): Layer;
}

export function networksOf(layout: LearnerLayout, architecture?: Architecture): Networks {
  const actor = architecture?.actor(layout) ?? actorOf(layout);
  const critic = architecture?.critic(layout) ?? configuredCritic(layout);
  const specs = { actor: actor.specs, critic: critic.parameters };
  return {
    actor,
    critic,
    specs,
    all: parameterLayout(specs) as ParameterLayout,
    actorLayout: parameterLayout(specs.actor) as ParameterLayout,
    criticLayout: parameterLayout(specs.critic) as ParameterLayout,
  };
}

function configuredCritic(layout: LearnerLayout): Layer {
  const { network, criticNetwork = network } = layout.settings;
  return mlp({
    sizes: [criticInputs(layout), ...criticNetwork.hidden],
    head: { size: 1, gain: 1 },
    activation: criticNetwork.activation,
    normaliseInput: criticNetwork.layerNorm,
    normaliseHidden: criticNetwork.layerNorm,
  });
}
