/**
 * @file From a graph to an ONNX model. Each node becomes one ONNX node; lists that ONNX wants as inputs become shared
 * initializers. Names of inputs and outputs are their paths; an output whose path is also an input's gets `:out`.
 */
import { internalError } from "../../runtime/errors.ts";
import type { TensorArray } from "../dtype.ts";
import { type Graph, type NamedTensor, executionOrder } from "../graph.ts";
import { constantOperator, inputOperator } from "../ops/constant.ts";
import type { Node, Tensor } from "../tensor.ts";
import type { OnnxCall } from "./call.ts";
import type { OnnxInitializer, OnnxModel, OnnxNode } from "./writer.ts";

/** Names of the model's inputs and outputs in the order of the graph's. */
export interface EmittedModel {
  readonly model: OnnxModel;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** The model of a graph without marks (they are removed by the passes). */
export function emit(graph: Graph, metadata: Readonly<Record<string, string>> = {}): EmittedModel {
  const names = new Map<Tensor, string>();
  const inputNames = graph.inputs.map(({ path }) => path || "input");
  graph.inputs.forEach(({ tensor }, i) => names.set(tensor, inputNames[i] ?? ""));
  const outputNames = graph.outputs.map(({ path }) => outputName(path, inputNames));
  graph.outputs.forEach(({ tensor }, i) => {
    if (!names.has(tensor) && !isConstant(tensor)) names.set(tensor, outputNames[i] ?? "");
  });
  const lists = new ListPool();
  const initializers: OnnxInitializer[] = [];
  const nodes: OnnxNode[] = [];
  const order = executionOrder(graph.outputs.map(({ tensor }) => tensor));
  const read = new Set([
    ...order.flatMap(({ inputs }) => inputs),
    ...graph.outputs.map(({ tensor }) => tensor),
  ]);
  for (const [position, node] of order.entries()) {
    nameOutputs(node, position, names);
    const [first] = node.outputs;
    if (first !== undefined && isConstant(first)) initializers.push(initializerOf(first, names));
    else if (node.operator !== (inputOperator as unknown)) nodes.push(emitNode(node, names, lists, read));
  }
  nodes.push(...aliases(graph.outputs, outputNames, names));
  return {
    model: {
      name: "grandmodel",
      nodes,
      initializers: [...initializers, ...lists.initializers],
      inputs: graph.inputs.map(({ tensor: { dtype, shape } }, i) => ({
        name: inputNames[i] ?? "",
        dtype,
        shape,
      })),
      outputs: graph.outputs.map(({ tensor: { dtype, shape } }, i) => ({
        name: outputNames[i] ?? "",
        dtype,
        shape,
      })),
      metadata,
    },
    inputNames,
    outputNames,
  };
}

function outputName(path: string, inputNames: readonly string[]): string {
  const name = path || "output";
  return inputNames.includes(name) ? `${name}:out` : name;
}

function isConstant(tensor: Tensor): boolean {
  return tensor.node.operator === (constantOperator as unknown);
}

/** Names by position, so that two traces of one function get equal names. */
function nameOutputs(node: Node, position: number, names: Map<Tensor, string>): void {
  for (const output of node.outputs) {
    if (!names.has(output)) names.set(output, `${node.operator.name}_${position}_${output.output}`);
  }
}

function nameOf(tensor: Tensor, names: ReadonlyMap<Tensor, string>): string {
  const name = names.get(tensor);
  if (name === undefined) throw internalError(`tensor ${tensor.id} has no name`);
  return name;
}

function initializerOf(tensor: Tensor, names: ReadonlyMap<Tensor, string>): OnnxInitializer {
  const values = tensor.node.attributes["values"] as TensorArray;
  return { name: nameOf(tensor, names), dtype: tensor.dtype, shape: tensor.shape, values };
}

function emitNode(
  node: Node,
  names: ReadonlyMap<Tensor, string>,
  lists: ListPool,
  read: ReadonlySet<Tensor>,
): OnnxNode {
  if (node.operator.onnx === undefined)
    throw internalError(`operator ${node.operator.name} reached emission`);
  const call: OnnxCall = node.operator.onnx(node);
  const trailing = (call.trailing ?? []).map((list) => lists.nameFor(list));
  const last = node.outputs.findLastIndex((tensor) => read.has(tensor));
  const written = call.optionalOutputs === true ? node.outputs.slice(0, last + 1) : node.outputs;
  const outputs = written.map((tensor) => nameOf(tensor, names));
  return {
    name: `${node.operator.name}:${outputs[0]}`,
    type: call.type,
    domain: call.domain ?? "",
    inputs: [...node.inputs.map((tensor) => nameOf(tensor, names)), ...trailing],
    outputs,
    attributes: call.attributes ?? {},
  };
}

/** Identity nodes for outputs that are inputs, constants, or the same tensor as an earlier output. */
function aliases(
  outputs: readonly NamedTensor[],
  outputNames: readonly string[],
  names: ReadonlyMap<Tensor, string>,
): OnnxNode[] {
  return outputs.flatMap(({ tensor }, i): OnnxNode[] => {
    const output = outputNames[i] ?? "";
    const source = nameOf(tensor, names);
    if (source === output) return [];
    return [
      {
        name: `identity_${output}`,
        type: "Identity",
        domain: "",
        inputs: [source],
        outputs: [output],
        attributes: {},
      },
    ];
  });
}

/** int64 lists and scalars by content, so that equal axes and shapes are stored once. */
class ListPool {
  readonly initializers: OnnxInitializer[] = [];
  private readonly names = new Map<string, string>();

  nameFor(list: readonly number[] | number): string {
    const key = JSON.stringify(list);
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `list${this.names.size}`;
    const numbers = typeof list === "number" ? [list] : list;
    const shape = typeof list === "number" ? [] : [list.length];
    this.initializers.push({ name, dtype: "i64", shape, values: BigInt64Array.from(numbers, BigInt) });
    this.names.set(key, name);
    return name;
  }
}
