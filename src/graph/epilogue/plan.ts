/**
 * @file Which part of a graph runs after the session, as fused loops. ONNX Runtime makes one pass over memory per
 * element-wise operator, so an optimiser over a slab of half a million parameters costs as much as the products that
 * made its gradient. The trailing element-wise operators on long vectors, the scalars they need and the norms of the
 * vectors they read are therefore split off; the rest is the session's.
 */
import { type Placed, type Port, portOf, wholePort } from "../border.ts";
import { type Graph, executionOrder } from "../graph.ts";
import { addOperator, divOperator, mulOperator, negOperator, subOperator } from "../ops/arithmetic.ts";
import { sumOperator } from "../ops/broadcast.ts";
import { constantOperator } from "../ops/constant.ts";
import { absOperator, sqrtOperator } from "../ops/elementwise.ts";
import { concatOperator } from "../ops/joining.ts";
import { maximumOperator, minimumOperator } from "../ops/selection.ts";
import { sumOfSquaresOperator } from "../passes/fusion.ts";
import { sizeOf } from "../shape.ts";
import { type Node, type Tensor, madeBy } from "../tensor.ts";

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

/** Vectors shorter than this cost no more in the session than the copies around a loop do. */
const shortest = 256;

/** A graph in two parts: the session's, and what is computed from its results. */
export interface SplitGraph {
  /** What the session computes: outputs of the whole graph, and the results that the epilogue reads. */
  readonly session: readonly Placed[];
  readonly epilogue: EpiloguePlan | undefined;
}

/** Element-wise operators on vectors of one length, in order. */
export interface Loop {
  readonly length: number;
  readonly nodes: readonly Node[];
}

/** The trailing part. */
export interface EpiloguePlan {
  /** Norms and sums of `scratch` vectors. */
  readonly reductions: readonly Node[];
  readonly scalars: readonly Node[];
  readonly loops: readonly Loop[];
  /** Results of the session that the epilogue reads; each path names a scratch array. */
  readonly scratch: readonly Placed[];
  /** Windows of the caller's inputs that the epilogue reads. */
  readonly inputs: readonly Placed[];
  /** Windows of the caller's outputs that the epilogue writes. */
  readonly outputs: readonly Placed[];
}

/** Splits off the epilogue, if there is one worth having. */
export function splitEpilogue(graph: Graph): SplitGraph {
  const outputs = graph.outputs.flatMap(({ path, tensor }) =>
    leaves({ port: wholePort(path, tensor), tensor }),
  );
  const trailing = trailingNodes(outputs.map(({ tensor }) => tensor));
  const isTrailing = ({ tensor }: Placed): boolean => trailing.has(tensor.node);
  const order = executionOrder(outputs.map(({ tensor }) => tensor)).filter((node) => trailing.has(node));
  const loops = loopsOf(order.filter((node) => !isScalar(outputOf(node))));
  if (loops.length === 0) {
    const whole = graph.outputs.map(({ path, tensor }) => ({ port: wholePort(path, tensor), tensor }));
    return { session: whole, epilogue: undefined };
  }
  const { inputs, scratch } = operandsOf(order, trailing, graph);
  return {
    session: [...outputs.filter((output) => !isTrailing(output)), ...scratch],
    epilogue: {
      reductions: order.filter(isReduction),
      scalars: order.filter((node) => isScalar(outputOf(node)) && !isReduction(node)),
      loops,
      scratch,
      inputs,
      outputs: outputs.filter(isTrailing),
    },
  };
}

/** An output as the windows that its parts fill, where a part could be computed by the epilogue. */
function leaves(output: Placed): Placed[] {
  const { port, tensor } = output;
  const isConcat = madeBy(tensor, concatOperator) && tensor.shape.length === 1;
  if (!isConcat || !tensor.node.inputs.some(({ node }) => fits(node))) return [output];
  let { offset } = port;
  return tensor.node.inputs.flatMap((part) => {
    const window: Port = { ...port, shape: part.shape, offset };
    offset += sizeOf(part.shape);
    return leaves({ port: window, tensor: part });
  });
}

/** The nodes that only trailing nodes and outputs read, and that the epilogue can compute. */
function trailingNodes(outputs: readonly Tensor[]): ReadonlySet<Node> {
  const trailing = new Set<Node>();
  const kept = new Set<Node>();
  for (const node of executionOrder(outputs).toReversed()) {
    const joins = !kept.has(node) && fits(node);
    if (joins) trailing.add(node);
    // A reduction reads a finished vector, so whatever made that vector stays in the session.
    if (!joins || isReduction(node)) for (const { node: source } of node.inputs) kept.add(source);
  }
  return trailing;
}

/** What the trailing nodes read from outside: windows of the caller's arrays, or results of the session. */
function operandsOf(
  order: readonly Node[],
  trailing: ReadonlySet<Node>,
  graph: Graph,
): { readonly inputs: Placed[]; readonly scratch: Placed[] } {
  const inputs: Placed[] = [];
  const scratch: Placed[] = [];
  for (const tensor of new Set(order.flatMap((node) => node.inputs))) {
    if (trailing.has(tensor.node) || (isConstant(tensor) && isScalar(tensor))) continue;
    const port = portOf(tensor, graph.inputs);
    if (port === undefined) scratch.push({ port: wholePort(` scratch ${scratch.length}`, tensor), tensor });
    else inputs.push({ port, tensor });
  }
  return { inputs, scratch };
}

function loopsOf(nodes: readonly Node[]): Loop[] {
  const lengths = new Set(nodes.map((node) => sizeOf(outputOf(node).shape)));
  return [...lengths].map((length) => ({
    length,
    nodes: nodes.filter((node) => sizeOf(outputOf(node).shape) === length),
  }));
}

function fits(node: Node): boolean {
  const output = outputOf(node);
  if (node.outputs.length !== 1 || output.dtype !== "f32") return false;
  if (isReduction(node)) return isScalar(output) && node.inputs.every((x) => isVector(x) && !isCallers(x));
  if (!isLoopOperator(node)) return false;
  const length = sizeOf(output.shape);
  return (
    (isVector(output) || isScalar(output)) &&
    node.inputs.every((x) => isScalar(x) || (isVector(x) && sizeOf(x.shape) === length))
  );
}

/** Reductions read vectors where they lie; the caller's are only copied chunk by chunk. */
function isCallers({ node }: Tensor): boolean {
  return node.operator.name === "input" || node.operator.name === "split";
}

export function isLoopOperator(node: Node): boolean {
  return loopOperators.some(({ name }) => name === node.operator.name);
}

function isReduction(node: Node): boolean {
  return node.operator.name === sumOperator.name || node.operator.name === sumOfSquaresOperator.name;
}

function isVector({ dtype, shape }: Tensor): boolean {
  return dtype === "f32" && shape.length === 1 && sizeOf(shape) >= shortest;
}

/** One element, whatever the rank: `[]` or `[1]`. */
export function isScalar({ shape }: Tensor): boolean {
  return sizeOf(shape) === 1;
}

export function isConstant({ node }: Tensor): boolean {
  return node.operator.name === constantOperator.name;
}

export function outputOf(node: Node): Tensor {
  return node.outputs[0] as Tensor;
}
