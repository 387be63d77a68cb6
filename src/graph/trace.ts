/** @file Tracing: running a function once on symbolic inputs to learn its graph. */
import type { Graph, NamedTensor } from "./graph.ts";
import { traceError } from "./issues.ts";
import { inputOperator } from "./ops/constant.ts";
import { showShape } from "./shape.ts";
import { type TensorSpec, type Traced, isSpec } from "./spec.ts";
import { type Tensor, apply, isTensor } from "./tensor.ts";
import { type Tree, flatten, mapTree } from "./tree.ts";

/** A traced function: its graph and the structure of what it returns. */
export interface Trace<R extends Tree<Tensor>> {
  readonly graph: Graph;
  readonly result: R;
}

/**
 * Runs `fn` on symbolic inputs.
 * @throws GrandModelError `SHAPE_MISMATCH` for a specification with an open or negative dimension; what `fn` throws
 */
export function trace<S extends Tree<TensorSpec>, R extends Tree<Tensor>>(
  fn: (inputs: Traced<S>) => R,
  specs: S,
): Trace<R> {
  const inputs = mapTree<TensorSpec, Tensor>(specs, isSpec, ({ dtype, shape }, path) => {
    if (!shape.every((length) => Number.isInteger(length) && length >= 0)) {
      throw traceError({
        code: "SHAPE_MISMATCH",
        path,
        value: showShape(shape),
        expected: "whole lengths >= 0",
        hint: "Shapes are known when a function is compiled; -1 is for exportModel only.",
      });
    }
    return apply(inputOperator, [], { path }, dtype, shape);
  });
  const result = fn(inputs as Traced<S>);
  return { graph: { inputs: named(inputs), outputs: named(result) }, result };
}

function named(tree: Tree<Tensor>): NamedTensor[] {
  return flatten<Tensor>(tree, isTensor).map(({ path, value }) => ({ path, tensor: value }));
}
