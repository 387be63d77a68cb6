/**
 * @file The walk that all passes share. The graph is rebuilt from its outputs, inputs before users: dead nodes never
 * come along, equal nodes become one (hash consing), and each new node is offered to the rules. Rules make new nodes,
 * so the walk is repeated until nothing changes.
 */
import type { TensorArray } from "../dtype.ts";
import { type Graph, executionOrder } from "../graph.ts";
import { constantOperator, inputOperator } from "../ops/constant.ts";
import { type Attributes, type Node, type Tensor, applyMany, isTensor } from "../tensor.ts";

/** A cheaper equal of a node's output (a list for all outputs of a node that has several), or nothing. */
export type Rule = (node: Node) => Tensor | readonly Tensor[] | undefined;

/** Rules by the name of the operator they start from. */
export type Rules = Readonly<Record<string, readonly Rule[]>>;

/** More rounds than any chain of rules here needs; a pair of rules that undo each other would otherwise never end. */
const maxRounds = 8;

/** The graph with the rules applied until none fires. */
export function rewrite(graph: Graph, rules: Rules): Graph {
  let current = graph;
  for (let round = 0; round < maxRounds; round += 1) {
    const next = rewriteOnce(current, rules);
    if (next.outputs.every(({ tensor }, i) => tensor === current.outputs[i]?.tensor)) return next;
    current = next;
  }
  return current;
}

function rewriteOnce(graph: Graph, rules: Rules): Graph {
  const replacements = new Map<Tensor, Tensor>();
  const renewed = (tensor: Tensor): Tensor => replacements.get(tensor) ?? tensor;
  const known = new Map<string, readonly Tensor[]>();
  for (const node of executionOrder(graph.outputs.map(({ tensor }) => tensor))) {
    const outputs = settle(node, node.inputs.map(renewed), rules, known);
    node.outputs.forEach((output, i) => replacements.set(output, outputs[i] as Tensor));
  }
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ path, tensor }) => ({ path, tensor: renewed(tensor) })),
  };
}

function settle(
  node: Node,
  inputs: readonly Tensor[],
  rules: Rules,
  known: Map<string, readonly Tensor[]>,
): readonly Tensor[] {
  const outputs = inputs.every((input, i) => input === node.inputs[i])
    ? node.outputs
    : applyMany<Attributes>(node.operator, inputs, node.attributes, node.outputs, node.site);
  const [first] = outputs;
  if (first === undefined) return outputs;
  for (const rule of rules[node.operator.name] ?? []) {
    const replacement = rule(first.node);
    if (replacement !== undefined) return isTensor(replacement) ? [replacement] : replacement;
  }
  const key = identity(first);
  const twin = known.get(key);
  if (twin !== undefined) return twin;
  known.set(key, outputs);
  return outputs;
}

/** Text that equal nodes share. */
function identity({ dtype, shape, node }: Tensor): string {
  if (node.operator === (inputOperator as unknown)) return `input ${node.outputs[0]?.id}`;
  if (node.operator === (constantOperator as unknown)) {
    const values = node.attributes["values"] as TensorArray;
    // Long constants are compared by identity: hashing them would cost more than a duplicate does.
    return values.length > 64
      ? `constant ${node.outputs[0]?.id}`
      : `constant ${dtype} ${shape.join()} ${values.join()}`;
  }
  const operands = node.inputs.map(({ id }) => id).join();
  return `${node.operator.name} ${operands} ${JSON.stringify(node.attributes)} ${dtype} ${shape.join()}`;
}
