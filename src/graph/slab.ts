/**
 * @file Parameters in one flat vector. The layout is the sorted order of their paths; inside a graph the vector is
 * unpacked by one Split, so that its gradient comes back as one Concat and optimisers work on whole vectors.
 */
import { traceError } from "./issues.ts";
import { concat, split } from "./ops/joining.ts";
import { reshape } from "./ops/shaping.ts";
import { type Shape, showShape, sizeOf } from "./shape.ts";
import { type Tensor, isTensor } from "./tensor.ts";
import { type Tree, flatten, mapTree, unflatten } from "./tree.ts";

/** One parameter's place in the vector. */
export interface LayoutEntry {
  /** Dotted path, such as `actor.hidden.weight`. */
  readonly path: string;
  readonly shape: Shape;
  readonly offset: number;
  readonly size: number;
}

/** The tree `P` of shapes with each shape replaced by `T`. */
export type Shaped<P, T> = P extends Shape ? T : { readonly [Name in keyof P]: Shaped<P[Name], T> };

/** Where each parameter of a tree stands in one flat vector. */
export class ParameterLayout<const P extends Tree<Shape> = Tree<Shape>> {
  readonly kind = "layout";
  readonly shapes: P;
  readonly entries: readonly LayoutEntry[];
  /** Number of scalars in the vector. */
  readonly size: number;

  constructor(shapes: P) {
    this.shapes = shapes;
    let offset = 0;
    this.entries = flatten<Shape>(shapes, isShape).map(({ path, value }) => {
      const entry = { path, shape: value, offset, size: sizeOf(value) };
      offset += entry.size;
      return entry;
    });
    this.size = offset;
  }

  /**
   * The parameters in a flat tensor `[size]`, as a tree.
   * @throws GrandModelError `SHAPE_MISMATCH` when the tensor has another size.
   */
  unpack(flat: Tensor): Shaped<P, Tensor> {
    if (flat.shape.length !== 1 || flat.shape[0] !== this.size) {
      throw traceError({
        code: "SHAPE_MISMATCH",
        path: "unpack",
        value: showShape(flat.shape),
        expected: showShape([this.size]),
        hint: "The vector must come from this layout.",
      });
    }
    const parts = split(
      flat,
      this.entries.map(({ size }) => size),
      0,
    );
    const tensors = this.entries.map(({ shape }, i) => reshape(parts[i] as Tensor, shape));
    return unflatten<Shape, Tensor>(this.shapes, isShape, tensors) as Shaped<P, Tensor>;
  }

  /** The flat tensor `[size]` of a tree of parameters. */
  pack(parameters: Shaped<P, Tensor>): Tensor {
    const leaves = flatten<Tensor>(parameters, isTensor);
    return concat(
      leaves.map(({ value }) => reshape(value, [-1])),
      0,
    );
  }

  /** Windows into a flat array, one per parameter; writing to them writes the vector. */
  views<A extends Float32Array | Float64Array>(flat: A): Shaped<P, A> {
    let next = 0;
    return mapTree<Shape, A>(this.shapes, isShape, (shape) => {
      const start = next;
      next += sizeOf(shape);
      return flat.subarray(start, next) as A;
    }) as Shaped<P, A>;
  }
}

function isShape(value: unknown): value is Shape {
  return Array.isArray(value);
}
