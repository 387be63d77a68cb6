/**
 * @file Values with a derivative of the caller's own, as `custom_vjp` in JAX: for functions whose gradient is cheaper than
 * the chain of their operators' gradients. The values stay as they are; only differentiation sees the node.
 */
import { type Attributes, type Cotangents, type Operator, type Tensor, applyMany } from "./tensor.ts";

type Counted = { readonly values: number } & Attributes;

/** Its operands are the values, then the inputs; the passes put the values back. */
export const customGradientName = "customGradient";

/**
 * `values`, functions of `inputs`, with the gradients of the inputs that `pull` makes out of the gradients of the values (at
 * least one is given). The values' own operators are not differentiated.
 */
export function withGradient(
  values: readonly Tensor[],
  inputs: readonly Tensor[],
  pull: (cotangents: Cotangents) => Cotangents,
): readonly Tensor[] {
  const operator: Operator<Counted> = {
    name: customGradientName,
    vjp: (_, cotangents) => [...values.map(() => undefined), ...pull(cotangents)],
  };
  return applyMany(operator, [...values, ...inputs], { values: values.length }, values);
}
