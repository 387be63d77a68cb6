/**
 * @file The strategic policy, shared by the four agents (networks.md, sections 3 and 4): encoder 624 -> 256 and
 * StructureEmbedder on one row per bar, trunk 128-128 and superposition on one row per agent. Role mask and context, with
 * the agent's one-hot in it, enter at the trunk. With `states: 1` it is a plain MLP policy.
 */
import { exp, gelu } from "../../../graph/ops/elementwise.ts";
import { concat } from "../../../graph/ops/joining.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { categoricalOf } from "../../../nn/distributions/categorical.ts";
import { firstOfGroup, sharedInputLinear } from "../../../nn/embedders/shared-input.ts";
import { layerNorm, type LayerNormParameters } from "../../../nn/layers/layer-norm.ts";
import { parameterLayout, type Parameters, type Specs } from "../../../nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../../nn/layers/linear.ts";
import type { InterferenceKind } from "../../../nn/superposition/interference.ts";
import { type Superposition, superposition } from "../../../nn/superposition/superposition.ts";
import {
  type DropoutModule,
  dropoutOverPasses,
  repeatOverPasses,
  repeatRows,
} from "../../../nn/uncertainty/dropout-module.ts";
import { STRATEGIC_ACTIONS, STRATEGIC_ROLES, strategicColumns } from "./observation.ts";
import { type EmbedderPreset, STRUCTURE_WIDTH, structureEmbedder } from "./structure-embedder.ts";

export interface StrategicActorOptions {
  /** Sizes; `wide` widens the embedder only. */
  readonly preset?: EmbedderPreset;
  /** Rows, agent fastest, that see the same matrix: 4, or 1 with hard role masking. */
  readonly agents?: number;
  /** K; 1 is a plain MLP policy. */
  readonly states?: number;
  /** U; `identity` for the ablation against a softmax mixture. */
  readonly interference?: InterferenceKind;
  /** Width of both trunk layers, to equal another actor's parameter count (`equalTrunkWidth`). */
  readonly trunk?: number;
  /** Samples that run through the embedder at a time; all unless given. */
  readonly chunk?: number;
}

/** What the passes of Monte-Carlo dropout start from, one row per agent. */
export type StrategicHidden = {
  readonly trunk: Tensor;
  readonly role: Tensor;
  readonly legal: Tensor;
  /** mu of the StructureEmbedder, one row per bar, `[B, 64]`; no pass reads it. */
  readonly embedding: Tensor;
};

export interface StrategicDecision {
  /** ln pi, `[R, 5]`: the policy's logits. */
  readonly logProbs: Tensor;
  /** Absent for a plain policy. */
  readonly superposition?: Superposition;
}

export interface StrategicActor extends DropoutModule<StrategicHidden> {
  /** As `logProbs`, with all that explains it. */
  decide(parameters: Parameters, hidden: StrategicHidden, masks: readonly Tensor[]): StrategicDecision;
}

interface ActorSize {
  readonly encoder: number;
  readonly trunk: number;
  /** Width of the enhanced features. */
  readonly features: number;
}

const sizes: Readonly<Record<EmbedderPreset, ActorSize>> = {
  default: { encoder: 256, trunk: 128, features: 256 },
  wide: { encoder: 256, trunk: 128, features: 256 },
  compact: { encoder: 64, trunk: 64, features: 64 },
};

type Own = {
  readonly encoder: LinearParameters;
  readonly encoderNorm: LayerNormParameters;
  readonly structure: Parameters;
  readonly hidden0: LinearParameters;
  readonly norm0: LayerNormParameters;
  readonly hidden1: LinearParameters;
  readonly norm1: LayerNormParameters;
  readonly policy: Parameters;
};

/** Observations are `[R, 656]`, see `strategicColumns`. */
export function strategicActor(options: StrategicActorOptions = {}): StrategicActor {
  const { preset = "default", agents = STRATEGIC_ROLES, states = 8 } = options;
  const size = sizes[preset];
  const { trunk = size.trunk } = options;
  const { matrix, own } = strategicColumns;
  const encoder = linear(matrix.end - matrix.start, size.encoder);
  const encoderNorm = layerNorm(size.encoder);
  const structure = structureEmbedder({
    preset,
    ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
  });
  const hidden0 = sharedInputLinear(size.encoder + STRUCTURE_WIDTH, own.end - own.start, trunk);
  const norm = layerNorm(trunk);
  const hidden1 = linear(trunk, trunk);
  const policy = states === 1 ? plainPolicy(trunk) : mixedPolicy(options, size, trunk, states);

  const decide: StrategicActor["decide"] = (parameters, hidden, masks) => {
    const p = parameters as unknown as Own;
    const rows = hidden.trunk.shape[0] ?? 1;
    const first = dropoutOverPasses(hidden.trunk, masks[0], rows);
    const second = gelu(norm.apply(p.norm1, hidden1.apply(p.hidden1, first)));
    return policy.decide(p.policy, {
      trunk: dropoutOverPasses(second, masks[1], rows),
      role: repeatOverPasses(hidden.role, masks),
      legal: repeatOverPasses(hidden.legal, masks),
    });
  };
  return {
    parameters: {
      encoder: encoder.parameters,
      encoderNorm: encoderNorm.parameters,
      structure: structure.parameters,
      hidden0: hidden0.parameters,
      norm0: norm.parameters,
      hidden1: hidden1.parameters,
      norm1: norm.parameters,
      policy: policy.parameters,
    },
    maskWidths: [trunk, trunk],
    encode(parameters, observations) {
      const p = parameters as unknown as Own;
      const market = firstOfGroup(observations, agents, matrix);
      const encoded = gelu(encoderNorm.apply(p.encoderNorm, encoder.apply(p.encoder, market)));
      const { mean } = structure.apply(p.structure, market);
      const shared = concat([encoded, mean], 1);
      const lifted = hidden0.apply(p.hidden0, { shared, own: slice(observations, { axis: 1, ...own }) });
      return {
        trunk: gelu(norm.apply(p.norm0, lifted)),
        role: slice(observations, { axis: 1, ...strategicColumns.role }),
        legal: slice(observations, { axis: 1, ...strategicColumns.legal }),
        embedding: mean,
      };
    },
    decide,
    logProbs: (parameters, hidden, masks) => decide(parameters, hidden, masks).logProbs,
    between: {
      input: ({ trunk: lifted }) => lifted,
      layer(parameters) {
        const p = parameters as unknown as Own;
        return { dense: p.hidden1, norm: p.norm1 };
      },
      probabilities: (parameters, { legal, role }, passes) =>
        policy.probabilities(parameters["policy"] as Parameters, { trunk: passes, role, legal }),
    },
  };
}

/** The last part of the network: rows of the trunk to a distribution. */
interface Policy {
  readonly parameters: Specs;
  decide(parameters: Parameters, hidden: PolicyInput): StrategicDecision;
  /** pi of many passes, `[C x A, 5]`: `trunk` has their rows, `role` and `legal` those of one. */
  probabilities(parameters: Parameters, hidden: PolicyInput): Tensor;
}

type PolicyInput = Omit<StrategicHidden, "embedding">;

function plainPolicy(trunk: number): Policy {
  const head = linear(trunk, STRATEGIC_ACTIONS, { gain: 0.01 });
  const logProbs = (parameters: Parameters, rows: Tensor, legal: Tensor): Tensor =>
    categoricalOf(head.apply(parameters["head"] as LinearParameters, rows), legal).logProbs;
  return {
    parameters: { head: head.parameters },
    decide: (parameters, hidden) => ({ logProbs: logProbs(parameters, hidden.trunk, hidden.legal) }),
    probabilities(parameters, { legal, trunk: rows }) {
      const passes = (rows.shape[0] ?? 1) / (legal.shape[0] ?? 1);
      return exp(logProbs(parameters, rows, repeatRows(legal, passes)));
    },
  };
}

function mixedPolicy(
  { interference }: StrategicActorOptions,
  { features }: ActorSize,
  width: number,
  states: number,
): Policy {
  const layer = superposition({
    width,
    roles: STRATEGIC_ROLES,
    states,
    actions: STRATEGIC_ACTIONS,
    features,
    ...(interference === undefined ? {} : { interference }),
  });
  return {
    parameters: layer.parameters,
    decide(parameters, hidden) {
      const mixed = layer.apply(parameters as never, hidden);
      return { logProbs: mixed.logProbs, superposition: mixed };
    },
    probabilities: (parameters, hidden) => layer.probabilities(parameters as never, hidden),
  };
}

/** Number of parameters of an actor. */
export function strategicActorSize(options: StrategicActorOptions): number {
  return parameterLayout(strategicActor(options).parameters).size;
}

/**
 * The trunk width at which an actor of `ablated` options has as many parameters as one of `full` options, for ablations
 * with equal counts; even, because dropout masks are.
 * @example equalTrunkWidth({}, { states: 1 })
 */
export function equalTrunkWidth(full: StrategicActorOptions, ablated: StrategicActorOptions): number {
  const wanted = strategicActorSize(full);
  let width = 2;
  while (strategicActorSize({ ...ablated, trunk: width + 2 }) <= wanted) width += 2;
  const below = wanted - strategicActorSize({ ...ablated, trunk: width });
  const above = strategicActorSize({ ...ablated, trunk: width + 2 }) - wanted;
  return below <= above ? width : width + 2;
}
