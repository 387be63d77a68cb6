/**
 * @file Symbolic tensors: what a traced function computes with. A tensor is one output of a node; a node is an
 * operator applied to tensors. Both are immutable, so a graph is whatever can be reached from its outputs.
 */
import type { Dtype, TensorArray } from "./dtype.ts";
import { traceError } from "./issues.ts";
import type { OnnxCall } from "./onnx/call.ts";
import { type Shape, showShape } from "./shape.ts";

/** A value that a graph will compute. */
export interface Tensor {
  readonly kind: "tensor";
  /** Unique in the process and ascending: a tensor's inputs have smaller ids. */
  readonly id: number;
  readonly dtype: Dtype;
  readonly shape: Shape;
  readonly node: Node;
  /** Which output of the node this is. */
  readonly output: number;
}

/** A tensor, or a number that becomes a constant of the other operand's dtype. */
export type Operand = Tensor | number;

/** What an operator knows beside its inputs: JSON-safe, since equal attributes make equal nodes. */
export interface Attributes {
  readonly [name: string]: number | string | boolean | readonly number[] | TensorArray;
}

/** An operator applied to tensors. */
export interface Node<A extends Attributes = Attributes> {
  readonly operator: Operator<A>;
  readonly inputs: readonly Tensor[];
  readonly attributes: A;
  readonly outputs: readonly Tensor[];
  /** Made where the operator was called; its stack names the user's line. */
  readonly site: Error;
}

/** Gradients with respect to each input of a node; nothing where an input has none. */
export type Cotangents = readonly (Tensor | undefined)[];

/** One primitive operator: how it is written in ONNX and how it is differentiated. */
export interface Operator<A extends Attributes = Attributes> {
  readonly name: string;
  /** The ONNX operator that computes the node; absent for nodes that compute nothing (inputs, constants, marks). */
  onnx?(node: Node<A>): OnnxCall;
  /** The node by other operators, where ONNX Runtime lacks it for the node's dtype; nothing where it has it. */
  expand?(node: Node<A>): Tensor | undefined;
  /** Vector-Jacobian product: gradients of the inputs from gradients of the outputs (at least one is given). */
  vjp?(node: Node<A>, cotangents: Cotangents): Cotangents;
}

/** Element type and dimensions of one output. */
export interface TensorType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

let nextId = 0;
let borrowedSite: Error | undefined;

/** Makes nodes in the name of another call: a derivative belongs to the line of the operator it is the derivative of. */
export function withSite<T>(site: Error, make: () => T): T {
  const outer = borrowedSite;
  borrowedSite = site;
  try {
    return make();
  } finally {
    borrowedSite = outer;
  }
}

/** Applies an operator with several outputs. */
export function applyMany<A extends Attributes>(
  operator: Operator<A>,
  inputs: readonly Tensor[],
  attributes: A,
  types: readonly TensorType[],
  site: Error = borrowedSite ?? new Error("site"),
): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const node: Node<A> = { operator, inputs, attributes, outputs, site };
  types.forEach(({ dtype, shape }, output) => {
    outputs.push({ kind: "tensor", id: nextId, dtype, shape, node, output });
    nextId += 1;
  });
  return outputs;
}

/** Applies an operator with one output. */
export function apply<A extends Attributes>(
  operator: Operator<A>,
  inputs: readonly Tensor[],
  attributes: A,
  dtype: Dtype,
  shape: Shape,
): Tensor {
  const [output] = applyMany(operator, inputs, attributes, [{ dtype, shape }]);
  return output as Tensor;
}

export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "tensor";
}

/** True when `tensor` is made by `operator`; its node then has that operator's attributes. */
export function madeBy<A extends Attributes>(
  tensor: Tensor,
  operator: Operator<A>,
): tensor is Tensor & { readonly node: Node<A> } {
  return tensor.node.operator.name === operator.name;
}

/** An operator's input by position; the operator's own call has put it there. */
export function inputOf(node: Node, index: number): Tensor {
  return node.inputs[index] as Tensor;
}

/** `f32[2, 3]`, as messages show tensors. */
export function showType({ dtype, shape }: TensorType): string {
  return `${dtype}${showShape(shape)}`;
}

/** @throws GrandModelError `DTYPE_MISMATCH` naming the operator and both types. */
export function expectSameDtype(operator: string, x: Tensor, y: Tensor): void {
  if (x.dtype === y.dtype) return;
  throw traceError({
    code: "DTYPE_MISMATCH",
    path: operator,
    value: `${showType(x)} and ${showType(y)}`,
    expected: "operands of one dtype",
    hint: `Use cast(x, "${y.dtype}") or cast(y, "${x.dtype}").`,
  });
}

/** @throws GrandModelError `DTYPE_MISMATCH` when the tensor is of none of the dtypes. */
export function expectDtype(operator: string, x: Tensor, dtypes: readonly Dtype[]): void {
  if (dtypes.includes(x.dtype)) return;
  throw traceError({
    code: "DTYPE_MISMATCH",
    path: operator,
    value: showType(x),
    expected: `an operand of dtype ${dtypes.join(" or ")}`,
    hint: "Use cast(x, dtype) before the operator.",
  });
}
