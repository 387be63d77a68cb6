/**
 * @file Weights that never change, as constants of a graph: ONNX Runtime packs them for its products once, when the program
 * is opened, instead of reading them anew in every call.
 */
import { constant } from "../../graph/ops/constant.ts";
import type { Shape } from "../../graph/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { unflatten } from "../../graph/tree.ts";
import { type Parameters, parameterLayout, type Specs } from "./layer.ts";

/** The parameters of a slab as constants; copied, so later writes to the slab change nothing. */
export function frozenParameters(specs: Specs, slab: Float32Array): Parameters {
  const layout = parameterLayout(specs);
  const leaves = layout.entries.map(({ offset, shape, size }) =>
    constant(slab.subarray(offset, offset + size), { shape }),
  );
  return unflatten<Shape, Tensor>(layout.shapes, isShape, leaves) as unknown as Parameters;
}

function isShape(value: unknown): value is Shape {
  return Array.isArray(value);
}
