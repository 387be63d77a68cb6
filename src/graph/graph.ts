/** @file A traced graph: named inputs and outputs, and its nodes in an order that can be executed. */
import type { Node, Tensor } from "./tensor.ts";

/** An input or output and its path in the tree. */
export interface NamedTensor {
  readonly path: string;
  readonly tensor: Tensor;
}

/** What compile, export and the passes work on. */
export interface Graph {
  readonly inputs: readonly NamedTensor[];
  readonly outputs: readonly NamedTensor[];
}

/** Every node that the outputs need, inputs before users; iterative, since unrolled graphs are deep. */
export function executionOrder(outputs: readonly Tensor[]): Node[] {
  const done = new Set<Node>();
  const order: Node[] = [];
  const stack: Node[] = outputs.map(({ node }) => node).reverse();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const pending = node.inputs.filter((input) => !done.has(input.node));
    if (pending.length > 0 && !done.has(node)) {
      stack.push(...pending.map((input) => input.node).reverse());
      continue;
    }
    stack.pop();
    if (done.has(node)) continue;
    done.add(node);
    order.push(node);
  }
  return order;
}
