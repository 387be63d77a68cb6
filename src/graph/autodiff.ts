/**
 * @file Reverse-mode differentiation of traced graphs: each operator's vector-Jacobian product, applied from the loss
 * backwards. The argument is marked before tracing, so that a gradient is with respect to the argument alone, even
 * when the function also reaches the same tensor by closure; the marks vanish in the passes. Derivatives are graphs
 * of the same operators and can be differentiated again.
 */
import { traceError } from "./issues.ts";
import { add } from "./ops/arithmetic.ts";
import { constant, zeros } from "./ops/constant.ts";
import { isFloating } from "./dtype.ts";
import {
  type Attributes,
  type Node,
  type Operator,
  type Tensor,
  apply,
  inputOf,
  isTensor,
  showType,
  withSite,
} from "./tensor.ts";
import { type Tree, flatten, mapTree, unflatten } from "./tree.ts";

type Nothing = Record<never, never> & Attributes;

/** The identity with a derivative; names the argument of a gradient. */
export const markOperator: Operator<Nothing> = { name: "mark", vjp: (_, [dy]) => [dy] };

/** The identity without a derivative. */
export const stopOperator: Operator<Nothing> = { name: "stopGradient" };

/** `x` as a constant in the eyes of differentiation. */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopOperator, [x], {}, x.dtype, x.shape);
}

/** What a differentiated function returned, and the gradient: a tree like the first argument. */
export interface ValueAndGradient<P, R> {
  readonly value: R;
  readonly gradient: P;
}

/** Picks the scalar loss out of what the function returns. */
export interface LossOf<R> {
  readonly of: (value: R) => Tensor;
}

/**
 * The function that returns `fn`'s value and the gradient of its scalar loss with respect to the first argument.
 * Pass `{ of }` when `fn` returns more than the loss.
 * @throws GrandModelError `NOT_DIFFERENTIABLE` when the loss is not a floating scalar.
 */
export function valueAndGrad<P extends Tree<Tensor>, Rest extends readonly unknown[]>(
  fn: (parameters: P, ...rest: Rest) => Tensor,
): (parameters: P, ...rest: Rest) => ValueAndGradient<P, Tensor>;
export function valueAndGrad<P extends Tree<Tensor>, Rest extends readonly unknown[], R>(
  fn: (parameters: P, ...rest: Rest) => R,
  loss: LossOf<R>,
): (parameters: P, ...rest: Rest) => ValueAndGradient<P, R>;
export function valueAndGrad<P extends Tree<Tensor>, Rest extends readonly unknown[], R>(
  fn: (parameters: P, ...rest: Rest) => R,
  loss?: LossOf<R>,
): (parameters: P, ...rest: Rest) => ValueAndGradient<P, R> {
  return (parameters, ...rest) => {
    const marked = mapTree<Tensor, Tensor>(parameters, isTensor, (x) =>
      apply(markOperator, [x], {}, x.dtype, x.shape),
    ) as P;
    const value = fn(marked, ...rest);
    const scalar = loss === undefined ? value : loss.of(value);
    const leaves = flatten<Tensor>(marked, isTensor).map((leaf) => leaf.value);
    const gradient = unflatten<Tensor, Tensor>(marked, isTensor, gradients(expectLoss(scalar), leaves));
    return { value, gradient: gradient as P };
  };
}

/** The gradient alone: see `valueAndGrad`. */
export function grad<P extends Tree<Tensor>, Rest extends readonly unknown[]>(
  fn: (parameters: P, ...rest: Rest) => Tensor,
): (parameters: P, ...rest: Rest) => P {
  const both = valueAndGrad(fn);
  return (parameters, ...rest) => both(parameters, ...rest).gradient;
}

function expectLoss(loss: unknown): Tensor {
  if (isTensor(loss) && loss.shape.length === 0 && isFloating(loss.dtype)) return loss;
  throw traceError({
    code: "NOT_DIFFERENTIABLE",
    path: "grad",
    value: isTensor(loss) ? showType(loss) : typeof loss,
    expected: "a loss of type f32[] or f64[]",
    hint: "Reduce it with sum or mean, or name it: valueAndGrad(fn, { of: (value) => value.loss }).",
  });
}

/** Gradients of a scalar with respect to each tensor; zeros where the loss does not depend on it. */
function gradients(loss: Tensor, targets: readonly Tensor[]): Tensor[] {
  const wanted = new Set(targets.map(({ node }) => node));
  const order = dependents(loss.node, wanted);
  const cotangents = new Map<Tensor, Tensor>([[loss, constant(1, { dtype: loss.dtype })]]);
  for (const node of order.toReversed()) {
    const given = node.outputs.map((output) => cotangents.get(output));
    if (wanted.has(node) || given.every((dy) => dy === undefined)) continue;
    const pulled = withSite(node.site, () => node.operator.vjp?.(node, given) ?? []);
    pulled.forEach((dx, index) => {
      const x = inputOf(node, index);
      if (dx === undefined || !isFloating(x.dtype)) return;
      const earlier = cotangents.get(x);
      cotangents.set(x, earlier === undefined ? dx : add(earlier, dx));
    });
  }
  return targets.map((target) => cotangents.get(target) ?? zeros(target.dtype, target.shape));
}

/** The nodes between `wanted` and `root`, inputs before users. */
function dependents(root: Node, wanted: ReadonlySet<Node>): Node[] {
  const reaches = new Map<Node, boolean>();
  const order: Node[] = [];
  const stack: Node[] = [root];
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const pending = node.inputs.filter((input) => !reaches.has(input.node));
    if (pending.length > 0 && !reaches.has(node)) {
      stack.push(...pending.map((input) => input.node));
      continue;
    }
    stack.pop();
    if (reaches.has(node)) continue;
    const reached = wanted.has(node) || node.inputs.some((input) => reaches.get(input.node) === true);
    reaches.set(node, reached);
    if (reached) order.push(node);
  }
  return order;
}
