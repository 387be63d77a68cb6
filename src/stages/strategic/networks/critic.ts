/**
 * @file EnhancedCentralizedCriticWithMC of the strategic team (networks.md, section 5): V(s, role) of the global state, one
 * output per role. It has its own StructureEmbedder and sees no action, no time of computation and no load.
 */
import { concat } from "../../../graph/ops/joining.ts";
import { slice } from "../../../graph/ops/window.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import type { Layer, Parameters } from "../../../nn/layers/layer.ts";
import type { LinearParameters } from "../../../nn/layers/linear.ts";
import { mlp } from "../../../nn/layers/mlp.ts";
import { type EnsembleValues, valueEnsemble } from "../../../nn/layers/value-ensemble.ts";
import { STRATEGIC_ROLES, STRATEGIC_STATE, strategicStateColumns } from "./observation.ts";
import { type EmbedderPreset, STRUCTURE_WIDTH, structureEmbedder } from "./structure-embedder.ts";

export interface CriticOptions {
  readonly preset?: EmbedderPreset;
  /** Outputs; default one per role. */
  readonly roles?: number;
  /** Heads of the ensemble on the last layer. */
  readonly members?: number;
  /** Samples that run through the embedder at a time; all unless given. */
  readonly chunk?: number;
  /** Width of a row that begins with the matrix: the global state (default), or an agent's own observation (IPPO). */
  readonly inputs?: number;
}

/** Width of what the body reads of rows of `inputs` numbers: 64 in place of the matrix; 95 of the global state. */
export function criticBodyWidth(inputs: number = STRATEGIC_STATE): number {
  return STRUCTURE_WIDTH + inputs - strategicStateColumns.matrix.end;
}

/** `[B, 655] ->` values `[B, roles]` and the ensemble's members. */
export function strategicCritic(options: CriticOptions = {}): Layer<Parameters, Tensor, EnsembleValues> {
  const { preset = "default", roles = STRATEGIC_ROLES, members = 5, inputs = STRATEGIC_STATE } = options;
  const hidden = preset === "compact" ? [64, 64] : [256, 128];
  const structure = structureEmbedder({
    preset,
    ...(options.chunk === undefined ? {} : { chunk: options.chunk }),
  });
  const body = mlp({
    sizes: [criticBodyWidth(inputs), ...hidden],
    activation: "gelu",
    normaliseHidden: true,
  });
  const head = valueEnsemble(hidden.at(-1) ?? 1, roles, members);
  return {
    parameters: {
      structure: structure.parameters,
      body: body.parameters,
      head: head.parameters,
    },
    apply(parameters, state) {
      const { matrix } = strategicStateColumns;
      const { mean } = structure.apply(
        parameters["structure"] as Parameters,
        slice(state, { axis: 1, ...matrix }),
      );
      const seen = concat([mean, slice(state, { axis: 1, start: matrix.end })], 1);
      return head.apply(
        parameters["head"] as LinearParameters,
        body.apply(parameters["body"] as Parameters, seen),
      );
    },
  };
}
