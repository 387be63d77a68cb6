/**
 * @file StructureEmbedder: the 48 x 13 matrix of a 30-minute bar as 64 numbers (networks.md, section 2). Depends on the bar
 * only, so one row per bar serves all agents. Attention runs over the 48 rows of one sample.
 */
import { add, mul } from "../../../graph/ops/arithmetic.ts";
import { standardise } from "../../../graph/ops/normalisation.ts";
import { reshape } from "../../../graph/ops/shaping.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { gaussianEmbedding, type GaussianEmbedding } from "../../../nn/embedders/gaussian-embedding.ts";
import { inChunks } from "../../../nn/embedders/in-chunks.ts";
import { sinusoidalPositions } from "../../../nn/embedders/positions.ts";
import { preNormBlock, type PreNormBlockParameters } from "../../../nn/embedders/pre-norm-block.ts";
import { attentionPooling, type AttentionPoolingParameters } from "../../../nn/layers/attention.ts";
import { layerNorm, type LayerNormParameters } from "../../../nn/layers/layer-norm.ts";
import type { Layer, Parameters, Specs } from "../../../nn/layers/layer.ts";
import { linear } from "../../../nn/layers/linear.ts";
import { mlp } from "../../../nn/layers/mlp.ts";
import { foldScale } from "../../../nn/layers/normalised-linear.ts";
import { STRUCTURE_SHAPE } from "./observation.ts";

/** `compact` reads the matrix as one vector through one layer: for speed, not for structure. */
export type EmbedderPreset = "default" | "wide" | "compact";

export interface EmbedderOptions {
  readonly preset?: EmbedderPreset;
  /** Standard deviations too; only with the heteroscedastic loss. Default false. */
  readonly deviations?: boolean;
  /** Samples that run through the body at a time; all unless given. For training, see `inChunks`. */
  readonly chunk?: number;
}

/** Width of mu and of sigma: a contract. */
export const STRUCTURE_WIDTH = 64;

interface TransformerSize {
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly hidden: number;
}

const transformers: Readonly<Record<"default" | "wide", TransformerSize>> = {
  default: { width: 48, blocks: 2, heads: 4, hidden: 96 },
  wide: { width: 128, blocks: 3, heads: 4, hidden: 512 },
};
const COMPACT_WIDTH = 64;

/** `[B, 624] -> mu [B, 64]`, and sigma `[B, 64]` where asked for. */
export function structureEmbedder(
  options: EmbedderOptions = {},
): Layer<Parameters, Tensor, GaussianEmbedding> {
  const { preset = "default", deviations = false, chunk = Infinity } = options;
  const [rows, features] = STRUCTURE_SHAPE;
  const body =
    preset === "compact" ? vector(rows * features) : transformer(transformers[preset], rows, features);
  const width = preset === "compact" ? COMPACT_WIDTH : transformers[preset].width;
  const heads = gaussianEmbedding(width, STRUCTURE_WIDTH, deviations);
  return {
    parameters: { body: body.parameters, heads: heads.parameters },
    apply: (parameters, matrix) =>
      heads.apply(
        parameters["heads"] as never,
        inChunks(matrix, chunk, body.over(parameters["body"] as Parameters)),
      ),
  };
}

/** A body: weights are folded once, then it takes a batch part by part. */
interface Body {
  readonly parameters: Specs;
  over(parameters: Parameters): (matrix: Tensor) => Tensor;
}

/** The matrix as one vector: `[B, inputs] -> [B, 64]`. */
function vector(inputs: number): Body {
  const net = mlp({ sizes: [inputs, COMPACT_WIDTH], activation: "gelu", normaliseHidden: true });
  return { parameters: net.parameters, over: (parameters) => (matrix) => net.apply(parameters, matrix) };
}

/** Rows to features, positions, pre-norm blocks, pooling: `[B, rows x features] -> [B, width]`. */
function transformer(size: TransformerSize, rows: number, features: number): Body {
  const { blocks, heads, hidden, width } = size;
  const lift = linear(features, width, { gain: 1 });
  const block = preNormBlock({ width, heads, hidden });
  const norm = layerNorm(width);
  const pool = attentionPooling(width);
  const names = Array.from({ length: blocks }, (_, i) => `block${i}`);
  return {
    parameters: {
      lift: lift.parameters,
      ...Object.fromEntries(names.map((name) => [name, block.parameters as Specs])),
      norm: norm.parameters,
      pool: pool.parameters,
    },
    over(parameters) {
      const folded = names.map((name) => block.over(parameters[name] as PreNormBlockParameters));
      const last = parameters["norm"] as LayerNormParameters;
      const { score } = parameters["pool"] as AttentionPoolingParameters;
      const ofStandard = { score: foldScale(last, score) };
      return (matrix) => {
        const lifted = lift.apply(parameters["lift"] as never, reshape(matrix, [-1, rows, features]));
        const placed = add(lifted, sinusoidalPositions(rows, width, matrix.dtype));
        const sequence = standardise(folded.reduce((x, apply) => apply(x), placed));
        // The weights sum to 1, so scale and bias of the norm may come after the mean.
        return add(mul(pool.apply(ofStandard, { sequence }), last.scale), last.bias);
      };
    },
  };
}
