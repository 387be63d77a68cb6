/**
 * @file EnhancedCentralizedCriticWithMC of the tactical team (networks.md, section 5): V(s, role) of the global state, one
 * output per role. Its market part is the unified state of 136 numbers: the structure embedding that the strategic context
 * carries (64), its own TacticalEmbedder (48), RegimeEmbedder (16) and LVNEmbedder (8), in this order. No action is in its input.
 */
import { concat } from "../../../graph/ops/joining.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import type { Layer, Parameters } from "../../../nn/layers/layer.ts";
import type { LinearParameters } from "../../../nn/layers/linear.ts";
import { mlp } from "../../../nn/layers/mlp.ts";
import { type EnsembleValues, valueEnsemble } from "../../../nn/layers/value-ensemble.ts";
import { LVN_WIDTH, lvnEmbedder } from "./lvn-embedder.ts";
import { contextPlaces, TACTICAL_ROLES, TACTICAL_STATE, tacticalStateColumns } from "./observation.ts";
import { REGIME_WIDTH, regimeEmbedder } from "./regime-embedder.ts";
import { type EmbedderPreset, TACTICAL_WIDTH, tacticalEmbedder } from "./tactical-embedder.ts";

export interface CriticOptions {
  readonly preset?: EmbedderPreset;
  /** Outputs; default one per role. */
  readonly roles?: number;
  /** Heads of the ensemble on the last layer. */
  readonly members?: number;
  readonly recurrence?: "unrolled" | "fused";
}

const STRUCTURE_WIDTH = tacticalStateColumns.structure.end - tacticalStateColumns.structure.start;

/** 64 + 48 + 16 + 8: a contract. */
export const UNIFIED_STATE: number = STRUCTURE_WIDTH + TACTICAL_WIDTH + REGIME_WIDTH + LVN_WIDTH;

/** Width of what the body reads: 136 + 28 + 16 + 5 + 4 + 12. */
export const TACTICAL_CRITIC_INPUT: number =
  UNIFIED_STATE + TACTICAL_STATE - tacticalStateColumns.context.start;

/** `[B, 554] ->` values `[B, roles]` and the ensemble's members. */
export function tacticalCritic(options: CriticOptions = {}): Layer<Parameters, Tensor, EnsembleValues> {
  const { preset = "default", roles = TACTICAL_ROLES, members = 5, recurrence = "unrolled" } = options;
  const hidden = preset === "compact" ? [64, 64] : [256, 128];
  const tactical = tacticalEmbedder({ preset, recurrence });
  const regime = regimeEmbedder();
  const lvn = lvnEmbedder();
  const body = mlp({ sizes: [TACTICAL_CRITIC_INPUT, ...hidden], activation: "gelu", normaliseHidden: true });
  const head = valueEnsemble(hidden.at(-1) ?? 1, roles, members);
  return {
    parameters: {
      tactical: tactical.parameters,
      regime: regime.parameters,
      lvn: lvn.parameters,
      body: body.parameters,
      head: head.parameters,
    },
    apply(parameters, state) {
      const of = (name: keyof typeof tacticalStateColumns): Tensor =>
        slice(state, { axis: 1, ...tacticalStateColumns[name] });
      const regimes = slice(of("context"), { axis: 1, ...contextPlaces.regime });
      const unified = concat(
        [
          of("structure"),
          tactical.apply(parameters["tactical"] as Parameters, of("matrix")).mean,
          regime.apply(parameters["regime"] as Parameters, regimes),
          lvn.apply(parameters["lvn"] as Parameters, of("lvn")),
        ],
        1,
      );
      const rest = slice(state, { axis: 1, start: tacticalStateColumns.context.start });
      const seen = body.apply(parameters["body"] as Parameters, concat([unified, rest], 1));
      return head.apply(parameters["head"] as LinearParameters, seen);
    },
  };
}
