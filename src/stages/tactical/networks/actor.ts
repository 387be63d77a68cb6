/**
 * @file The tactical policy, shared by the three agents (networks.md, section 4): embedder and strategic context on one row
 * per bar, trunk 128-64 on one row per agent, five logits, the soft prior of the strategic bias, and a learned temperature in
 * [0.5, 2] that is part of pi.
 */
import { add, div, mul } from "../../../graph/ops/arithmetic.ts";
import { exp, gelu, softplus } from "../../../graph/ops/elementwise.ts";
import { concat } from "../../../graph/ops/joining.ts";
import { minimum } from "../../../graph/ops/selection.ts";
import { broadcastTo } from "../../../graph/ops/broadcast.ts";
import { expandDims, reshape } from "../../../graph/ops/shaping.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { categoricalOf } from "../../../nn/distributions/categorical.ts";
import { firstOfGroup, sharedInputLinear } from "../../../nn/embedders/shared-input.ts";
import { constant } from "../../../nn/initialisers/initialiser.ts";
import { layerNorm, type LayerNormParameters } from "../../../nn/layers/layer-norm.ts";
import { parameter, type Parameters } from "../../../nn/layers/layer.ts";
import { linear, type LinearParameters } from "../../../nn/layers/linear.ts";
import {
  type DropoutModule,
  dropoutOverPasses,
  repeatOverPasses,
  repeatRows,
} from "../../../nn/uncertainty/dropout-module.ts";
import { TACTICAL_ACTIONS, TACTICAL_ROLES, tacticalColumns } from "./observation.ts";
import { actionSides, strategicLean } from "./soft-prior.ts";
import { type EmbedderPreset, TACTICAL_WIDTH, tacticalEmbedder } from "./tactical-embedder.ts";

export interface TacticalActorOptions {
  readonly preset?: EmbedderPreset;
  /** Rows, agent fastest, that see the same matrix and context: all three agents by default. */
  readonly agents?: number;
  /** `fused` for policies and exported files, `unrolled` (default) where gradients are wanted. */
  readonly recurrence?: "unrolled" | "fused";
}

/** What the passes of Monte-Carlo dropout start from, one row per agent. */
export type TacticalHidden = {
  readonly trunk: Tensor;
  /** beta w confidence (bull - bear), `[R, 1]`. */
  readonly lean: Tensor;
  readonly legal: Tensor;
};

type Own = {
  readonly embedder: Parameters;
  readonly hidden0: LinearParameters;
  readonly norm0: LayerNormParameters;
  readonly hidden1: LinearParameters;
  readonly norm1: LayerNormParameters;
  readonly head: LinearParameters;
  /** beta = softplus of it, so beta >= 0; starts at 0.5. */
  readonly prior: Tensor;
  /** Temperature = min(2, 0.5 + softplus of it); starts at 1. */
  readonly temperature: Tensor;
};

const [LEAST_TEMPERATURE, LARGEST_TEMPERATURE] = [0.5, 2];
/** Inverse of softplus at 0.5: the start of beta, and of temperature 1. */
const HALF = Math.log(Math.expm1(0.5));

const trunks: Readonly<Record<EmbedderPreset, readonly [number, number]>> = {
  default: [128, 64],
  wide: [128, 64],
  compact: [64, 32],
};

/** Observations are `[R, 472]`, see `tacticalColumns`. */
export function tacticalActor(options: TacticalActorOptions = {}): DropoutModule<TacticalHidden> {
  const { preset = "default", agents = TACTICAL_ROLES, recurrence = "unrolled" } = options;
  const [first, second] = trunks[preset];
  const { context, local, matrix } = tacticalColumns;
  const embedder = tacticalEmbedder({ preset, recurrence });
  const hidden0 = sharedInputLinear(
    TACTICAL_WIDTH + context.end - context.start,
    local.end - local.start,
    first,
  );
  const [norm0, norm1] = [layerNorm(first), layerNorm(second)];
  const hidden1 = linear(first, second);
  const head = linear(second, TACTICAL_ACTIONS, { gain: 0.01 });
  const finish = (parameters: Parameters, { lean, legal, trunk }: TacticalHidden): Tensor => {
    const p = parameters as unknown as Own;
    const logits = head.apply(p.head, trunk);
    const prior = mul(lean, actionSides(logits.dtype));
    return categoricalOf(div(add(logits, prior), temperatureOf(p.temperature)), legal).logProbs;
  };
  return {
    parameters: {
      embedder: embedder.parameters,
      hidden0: hidden0.parameters,
      norm0: norm0.parameters,
      hidden1: hidden1.parameters,
      norm1: norm1.parameters,
      head: head.parameters,
      prior: parameter([1], constant(HALF)),
      temperature: parameter([1], constant(HALF)),
    },
    maskWidths: [first, second],
    encode(parameters, observations) {
      const p = parameters as unknown as Own;
      const { mean } = embedder.apply(p.embedder, firstOfGroup(observations, agents, matrix));
      const told = firstOfGroup(observations, agents, context);
      const own = slice(observations, { axis: 1, ...local });
      const lifted = hidden0.apply(p.hidden0, { shared: concat([mean, told], 1), own });
      return {
        trunk: gelu(norm0.apply(p.norm0, lifted)),
        lean: forEachAgent(mul(strategicLean(told), softplus(p.prior)), agents),
        legal: slice(observations, { axis: 1, ...tacticalColumns.legal }),
      };
    },
    logProbs(parameters, hidden, masks) {
      const p = parameters as unknown as Own;
      const rows = hidden.trunk.shape[0] ?? 1;
      const kept = dropoutOverPasses(hidden.trunk, masks[0], rows);
      const narrow = gelu(norm1.apply(p.norm1, hidden1.apply(p.hidden1, kept)));
      return finish(parameters, {
        trunk: dropoutOverPasses(narrow, masks[1], rows),
        lean: repeatOverPasses(hidden.lean, masks),
        legal: repeatOverPasses(hidden.legal, masks),
      });
    },
    between: {
      input: ({ trunk }) => trunk,
      layer(parameters) {
        const p = parameters as unknown as Own;
        return { dense: p.hidden1, norm: p.norm1 };
      },
      probabilities(parameters, { lean, legal }, trunk) {
        const passes = (trunk.shape[0] ?? 1) / (legal.shape[0] ?? 1);
        const repeated = { trunk, lean: repeatRows(lean, passes), legal: repeatRows(legal, passes) };
        return exp(finish(parameters, repeated));
      },
    },
  };
}

function temperatureOf(raw: Tensor): Tensor {
  return minimum(add(softplus(raw), LEAST_TEMPERATURE), LARGEST_TEMPERATURE);
}

/** `[B, 1] -> [B x agents, 1]`, agents fastest. */
function forEachAgent(column: Tensor, agents: number): Tensor {
  const [samples = 1] = column.shape;
  return reshape(broadcastTo(expandDims(column, 1), [samples, agents, 1]), [samples * agents, 1]);
}
