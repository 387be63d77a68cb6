/** @file The caller's arrays: found by path, checked against what the graph expects. */
import { type TensorArray, allocate, holds } from "./dtype.ts";
import type { NamedTensor } from "./graph.ts";
import { graphError } from "./issues.ts";
import { showShape, sizeOf } from "./shape.ts";
import { showType } from "./tensor.ts";
import { type Tree, flatten } from "./tree.ts";

/** Arrays by path. */
export type ArraysByPath = ReadonlyMap<string, TensorArray>;

/**
 * The arrays of a tree, one for each expected tensor.
 * @throws GrandModelError `ARRAY_MISMATCH` when one is missing or of another type or length.
 */
export function collectArrays(expected: readonly NamedTensor[], arrays: unknown): ArraysByPath {
  const leaves = flatten<TensorArray>(arrays as Tree<TensorArray>, isArray);
  const found = new Map(leaves.map(({ path, value }) => [path, value]));
  for (const place of expected) {
    const { dtype, shape } = place.tensor;
    const array = found.get(place.path);
    if (array?.length !== sizeOf(shape) || !holds(array, dtype)) throw arrayError(place, array);
  }
  return found;
}

function isArray(value: unknown): value is TensorArray {
  return ArrayBuffer.isView(value);
}

function arrayError({ path, tensor }: NamedTensor, array: TensorArray | undefined): Error {
  return graphError({
    code: "ARRAY_MISMATCH",
    path,
    value: array === undefined ? "nothing" : `${array.constructor.name}(${array.length})`,
    expected: `${allocate(tensor.dtype, 0).constructor.name}(${sizeOf(tensor.shape)}) for ${showType(tensor)}`,
    hint: "Every input and output needs its array, under the name that the function was compiled with.",
  });
}

/**
 * Operators run in an order of ONNX Runtime's choosing: an array that is read and written would be read too late.
 * @throws GrandModelError `ARRAY_MISMATCH` when an output array shares memory with an input or another output.
 */
export function expectApart(
  inputs: ArraysByPath,
  outputs: ArraysByPath,
  written: readonly NamedTensor[],
): void {
  const taken = [...inputs];
  for (const { path, tensor } of written) {
    const array = outputs.get(path);
    if (array === undefined) continue;
    const other = taken.find(([, one]) => overlap(one, array));
    if (other !== undefined) {
      throw graphError({
        code: "ARRAY_MISMATCH",
        path,
        value: `the memory of "${other[0]}"`,
        expected: `an array of its own for output ${showShape(tensor.shape)}`,
        hint: "Use two arrays and swap them: bind once in each direction.",
      });
    }
    taken.push([path, array]);
  }
}

function overlap(a: TensorArray, b: TensorArray): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}
