/**
 * @file The non-finite trap: runs a function once with every intermediate result as an output and names the first
 * operator whose result is not finite although all of its operands are. For hunting, not for production: it keeps
 * every intermediate in memory.
 */
import type { Issue } from "../runtime/errors.ts";
import { type TensorArray, allocate, isFloating } from "./dtype.ts";
import { type Graph, executionOrder } from "./graph.ts";
import type { GraphIssueCode } from "./issues.ts";
import { inputOperator } from "./ops/constant.ts";
import { lower } from "./passes/optimise.ts";
import { type CompileOptions, Program } from "./program.ts";
import { sizeOf } from "./shape.ts";
import { userLine } from "./site.ts";
import type { InputArrays, TensorSpec, Traced } from "./spec.ts";
import { type Tensor, showType } from "./tensor.ts";
import { trace } from "./trace.ts";
import type { Tree } from "./tree.ts";

/**
 * The first operator (in execution order) that makes a NaN or an infinity out of finite operands, as an issue
 * `NON_FINITE` with the user's line; nothing when all results are finite.
 */
export async function findNonFinite<S extends Tree<TensorSpec>>(
  fn: (inputs: Traced<S>) => Tree<Tensor>,
  specs: S,
  inputs: InputArrays<S>,
  options: CompileOptions = {},
): Promise<Issue<GraphIssueCode> | undefined> {
  const { graph } = trace(fn, specs);
  const watched = watchAll(lower(graph));
  const program = await Program.open(watched, { ...options, optimise: false });
  const arrays = watched.outputs.map(({ tensor }) => allocate(tensor.dtype, sizeOf(tensor.shape)));
  await program
    .bind(inputs, Object.fromEntries(watched.outputs.map(({ path }, i) => [path, arrays[i]])))
    .run();
  await program.release();
  for (const [i, { tensor }] of watched.outputs.entries()) {
    const element = firstNonFinite(arrays[i]);
    if (element !== undefined) return issueFor(tensor, element);
  }
  return undefined;
}

/** The graph with every floating tensor as an output, in execution order. */
function watchAll(graph: Graph): Graph {
  const nodes = executionOrder(graph.outputs.map(({ tensor }) => tensor));
  const floating = nodes.flatMap(({ outputs }) => outputs).filter(({ dtype }) => isFloating(dtype));
  return {
    inputs: graph.inputs,
    outputs: floating.map((tensor) => ({ path: `watch ${tensor.id}`, tensor })),
  };
}

function firstNonFinite(array: TensorArray | undefined): number | undefined {
  if (!(array instanceof Float32Array || array instanceof Float64Array)) return undefined;
  const found = array.findIndex((value) => !Number.isFinite(value));
  return found === -1 ? undefined : found;
}

function issueFor(tensor: Tensor, index: number): Issue<GraphIssueCode> {
  const { node } = tensor;
  const isInput = node.operator === (inputOperator as unknown);
  const operands = node.inputs.map(showType).join(", ");
  return {
    code: "NON_FINITE",
    path: isInput ? String(node.attributes["path"]) : node.operator.name,
    ...userLine(node.site.stack),
    value: `element ${index} of ${showType(tensor)}`,
    expected: "finite values",
    hint: isInput
      ? "The input itself is not finite."
      : `All operands of ${node.operator.name}(${operands}) were finite: guard it with clip, maximum or where.`,
  };
}
