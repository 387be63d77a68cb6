/**
 * @file Layers as data: what parameters a layer has, how they start, and a pure function that applies them.
 * A layer owns nothing. Its parameters are a tree that the caller keeps, in a flat slab (`ParameterLayout`) when they
 * are trained; a network is a record of layers under names, and the names are the paths in checkpoints.
 * Layers take f32 to train and f64 to check gradients: they name no dtype.
 */
import { type Shape, sizeOf } from "../../graph/shape.ts";
import { ParameterLayout } from "../../graph/slab.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { flatten, mapTree } from "../../graph/tree.ts";
import { type Key, foldIn } from "../../runtime/random/key.ts";
import type { Initialiser } from "../initialisers/initialiser.ts";

/** Shape and first values of one parameter. */
export interface ParameterSpec {
  readonly kind: "parameter";
  readonly shape: Shape;
  readonly initialise: Initialiser;
}

/** A tree of named tensors: what a layer takes. */
export type Parameters = { readonly [name: string]: Tensor | Parameters };

/** A tree of named specifications: what a layer, or a network of layers, declares. */
export type Specs = { readonly [name: string]: ParameterSpec | Specs };

/** The specifications of the parameters `P`, name by name. */
export type SpecsOf<P> = { readonly [Name in keyof P]: SpecOf<P[Name]> };
type SpecOf<T> = T extends Tensor ? ParameterSpec : SpecsOf<T>;

/** The shapes that the specifications `S` declare. */
export type ShapesOf<S> = { readonly [Name in keyof S]: ShapeOf<S[Name]> };
type ShapeOf<T> = T extends ParameterSpec ? Shape : ShapesOf<T>;

/**
 * A pure function with parameters.
 * @typeParam P the tree of its parameters, a type alias such as `{ weight: Tensor; bias: Tensor }`
 * @example
 * const actor = mlp({ sizes: [4, 64, 64], output: { size: 2, gain: 0.01 } });
 * const layout = parameterLayout({ actor: actor.parameters });
 * const flat = initialise({ actor: actor.parameters }, keyFromSeed(1));
 * // in a traced function:
 * const logits = actor.apply(layout.unpack(parameters).actor, observation);
 */
export interface Layer<P extends Parameters = Parameters, In = Tensor, Out = Tensor> {
  readonly parameters: SpecsOf<P>;
  apply(parameters: P, input: In): Out;
}

export function parameter(shape: Shape, initialise: Initialiser): ParameterSpec {
  return { kind: "parameter", shape, initialise };
}

/** Where each parameter stands in the flat slab. */
export function parameterLayout<const S extends Specs>(specs: S): ParameterLayout<ShapesOf<S>> {
  const shapes = mapTree<ParameterSpec, Shape>(specs, isSpec, ({ shape }) => shape);
  return new ParameterLayout(shapes as ShapesOf<S>);
}

/**
 * The flat slab with the first values of every parameter. Each has a key of its own, folded from its path, so that
 * adding a layer leaves the start of the others as it was.
 */
export function initialise(specs: Specs, key: Key): Float32Array {
  const leaves = flatten<ParameterSpec>(specs, isSpec);
  const slab = new Float32Array(leaves.reduce((size, { value }) => size + sizeOf(value.shape), 0));
  let offset = 0;
  for (const { path, value } of leaves) {
    slab.set(value.initialise(foldIn(key, path), value.shape), offset);
    offset += sizeOf(value.shape);
  }
  return slab;
}

function isSpec(value: unknown): value is ParameterSpec {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "parameter";
}
