/**
 * @file Which part of a graph runs after the session, as one fused loop. ONNX Runtime makes one pass over memory per
 * element-wise operator, so an optimiser over a slab of half a million parameters costs as much as the products that
 * made its gradient. The trailing element-wise operators on long vectors, the scalars they need and the norms of the
 * vectors they read are therefore split off; the rest is the session's.
 */
import { type Graph, type NamedTensor, executionOrder } from "../graph.ts";
import { addOperator, divOperator, mulOperator, negOperator, subOperator } from "../ops/arithmetic.ts";
import { sumOperator } from "../ops/broadcast.ts";
import { constantOperator, inputOperator } from "../ops/constant.ts";
import { absOperator, sqrtOperator } from "../ops/elementwise.ts";
import { maximumOperator, minimumOperator } from "../ops/selection.ts";
import { sumOfSquaresOperator } from "../passes/fusion.ts";
import { sizeOf } from "../shape.ts";
import type { Node, Tensor } from "../tensor.ts";

/** Element-wise operators that a loop can hold. */
export type LoopOperator = "add" | "sub" | "mul" | "div" | "neg" | "abs" | "sqrt" | "minimum" | "maximum";

const loopOperators: readonly { readonly name: string }[] = [
  addOperator,
  subOperator,
  mulOperator,
  divOperator,
  negOperator,
  absOperator,
  sqrtOperator,
  minimumOperator,
  maximumOperator,
];
const reductions: readonly { readonly name: string }[] = [sumOperator, sumOfSquaresOperator];

/** Below this length the session's own operators cost no more than the copies around a loop. */
const shortest = 256;

/** A graph in two parts: the session's, and what is computed from its results. */
export interface SplitGraph {
  /** Outputs are those of the whole graph that the session computes, and the results that the epilogue reads. */
  readonly session: Graph;
  readonly epilogue: EpiloguePlan | undefined;
}

/** The trailing part. */
export interface EpiloguePlan {
  /** Norms and sums of `scratch` vectors. */
  readonly reductions: readonly Node[];
  readonly scalars: readonly Node[];
  /** Vector operators in order. */
  readonly loop: readonly Node[];
  /** Results of the session that the epilogue reads; `path` names their scratch arrays. */
  readonly scratch: readonly NamedTensor[];
  /** Inputs of the whole graph that the epilogue reads. */
  readonly inputs: readonly NamedTensor[];
  /** Outputs of the whole graph that the epilogue computes. */
  readonly outputs: readonly NamedTensor[];
}

/** Splits off the epilogue, if there is one worth having. */
export function splitEpilogue(graph: Graph): SplitGraph {
  const trailing = trailingNodes(graph);
  const isTrailing = ({ node }: Tensor): boolean => trailing.has(node);
  const order = executionOrder(graph.outputs.map(({ tensor }) => tensor)).filter((node) =>
    trailing.has(node),
  );
  const loop = order.filter((node) => !isScalar(outputOf(node)));
  if (loop.length === 0) return { session: graph, epilogue: undefined };
  const read = new Set(
    order.flatMap(({ inputs }) => inputs).filter((x) => !isTrailing(x) && !(isConstant(x) && isScalar(x))),
  );
  const inputs = graph.inputs.filter(({ tensor }) => read.has(tensor));
  const scratch = [...read]
    .filter((tensor) => !isInput(tensor))
    .map((tensor, i): NamedTensor => ({ path: `scratch ${i}`, tensor }));
  const outputs = graph.outputs.filter(({ tensor }) => isTrailing(tensor));
  return {
    session: {
      inputs: graph.inputs,
      outputs: [...graph.outputs.filter(({ tensor }) => !isTrailing(tensor)), ...scratch],
    },
    epilogue: {
      reductions: order.filter(isReduction),
      scalars: order.filter((node) => isScalar(outputOf(node)) && !isReduction(node)),
      loop,
      scratch,
      inputs,
      outputs,
    },
  };
}

/** The nodes that only trailing nodes and outputs read, and that a loop can compute. */
function trailingNodes(graph: Graph): ReadonlySet<Node> {
  const order = executionOrder(graph.outputs.map(({ tensor }) => tensor));
  const length = longestVector(graph);
  const trailing = new Set<Node>();
  const kept = new Set<Node>();
  for (const node of order.toReversed()) {
    if (!kept.has(node) && fits(node, length)) {
      trailing.add(node);
      // A reduction reads a finished vector, so whatever made that vector stays in the session.
      if (isReduction(node)) keepInputs(node, kept);
    } else {
      keepInputs(node, kept);
    }
  }
  return trailing;
}

function keepInputs(node: Node, kept: Set<Node>): void {
  for (const { node: source } of node.inputs) kept.add(source);
}

/** Length of the longest vector output; the loop runs over vectors of this length. */
function longestVector(graph: Graph): number {
  return Math.max(
    0,
    ...graph.outputs
      .filter(({ tensor }) => tensor.shape.length === 1)
      .map(({ tensor }) => sizeOf(tensor.shape)),
  );
}

function fits(node: Node, length: number): boolean {
  const output = outputOf(node);
  if (node.outputs.length !== 1 || output.dtype !== "f32" || length < shortest) return false;
  const isVector = ({ shape }: Tensor): boolean => shape.length === 1 && shape[0] === length;
  if (isReduction(node)) {
    return isScalar(output) && node.inputs.every((x) => isVector(x) && !isInput(x) && x.dtype === "f32");
  }
  if (!loopOperators.some(({ name }) => name === node.operator.name)) return false;
  return (isVector(output) || isScalar(output)) && node.inputs.every((x) => isVector(x) || isScalar(x));
}

function isReduction(node: Node): boolean {
  return reductions.some(({ name }) => name === node.operator.name);
}

/** One element, whatever the rank: `[]` or `[1]`. */
export function isScalar({ shape }: Tensor): boolean {
  return sizeOf(shape) === 1;
}

export function isConstant({ node }: Tensor): boolean {
  return node.operator.name === constantOperator.name;
}

function isInput({ node }: Tensor): boolean {
  return node.operator.name === inputOperator.name;
}

export function outputOf(node: Node): Tensor {
  return node.outputs[0] as Tensor;
}
