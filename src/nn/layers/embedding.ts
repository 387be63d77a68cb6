/** @file Embedding: a learned vector for each index. */
import { gather } from "../../graph/ops/indexing.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { normal } from "../initialisers/initialiser.ts";
import { requireCount } from "../issues.ts";
import { type Layer, parameter } from "./layer.ts";

export type EmbeddingParameters = { readonly table: Tensor };

/** Indices (i32 or i64) `[...] -> [..., width]`; vectors start as N(0, sd^2). */
export function embedding(count: number, width: number, sd = 1): Layer<EmbeddingParameters> {
  requireCount("embedding.count", count);
  requireCount("embedding.width", width);
  return {
    parameters: { table: parameter([count, width], normal(sd)) },
    apply: ({ table }, indices) => gather(table, indices, 0),
  };
}
