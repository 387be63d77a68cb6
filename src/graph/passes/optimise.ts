/** @file The passes, in order: one walk rebuilds the graph from its outputs, so that dead nodes never come along. */
import { type Graph, executionOrder } from "../graph.ts";
import { type Attributes, type Node, type Tensor, applyMany, inputOf } from "../tensor.ts";

/** An equivalent graph of fewer and larger operators. */
export function optimise(graph: Graph): Graph {
  const replacements = new Map<Tensor, Tensor>();
  const renewed = (tensor: Tensor): Tensor => replacements.get(tensor) ?? tensor;
  for (const node of executionOrder(graph.outputs.map(({ tensor }) => tensor))) {
    const inputs = node.inputs.map(renewed);
    const outputs = rebuild(node, inputs);
    node.outputs.forEach((output, i) => replacements.set(output, outputs[i] as Tensor));
  }
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ path, tensor }) => ({ path, tensor: renewed(tensor) })),
  };
}

function rebuild(node: Node, inputs: readonly Tensor[]): readonly Tensor[] {
  if (node.operator.name === "mark" || node.operator.name === "stopGradient")
    return [inputs[0] ?? inputOf(node, 0)];
  const outputs = inputs.every((input, i) => input === node.inputs[i])
    ? node.outputs
    : applyMany<Attributes>(node.operator, inputs, node.attributes, node.outputs, node.site);
  const [first] = outputs;
  const expanded = first && node.operator.expand?.(first.node);
  return expanded === undefined ? outputs : [expanded];
}
