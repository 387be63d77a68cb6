/**
 * @file Moves a Concat behind the element-wise operators that read it, when its parts are element-wise results
 * themselves: what was clipped part by part is then updated part by part, in one loop each (see epilogue/plan.ts).
 */
import { addOperator, divOperator, mulOperator, negOperator, subOperator } from "../ops/arithmetic.ts";
import { broadcastOperator } from "../ops/broadcast.ts";
import { absOperator, sqrtOperator } from "../ops/elementwise.ts";
import { concat, concatOperator, split } from "../ops/joining.ts";
import { maximumOperator, minimumOperator } from "../ops/selection.ts";
import { sizeOf } from "../shape.ts";
import { type Node, type Tensor, applyMany, madeBy } from "../tensor.ts";
import type { Rule, Rules } from "./rewrite.ts";

const elementwise: readonly string[] = [
  addOperator,
  subOperator,
  mulOperator,
  divOperator,
  negOperator,
  absOperator,
  sqrtOperator,
  minimumOperator,
  maximumOperator,
].map(({ name }) => name);

/** The parts of a vector that was joined from element-wise results or repeated scalars. */
function joinedParts(tensor: Tensor): readonly Tensor[] | undefined {
  if (!madeBy(tensor, concatOperator) || tensor.shape.length !== 1) return undefined;
  const movable = tensor.node.inputs.every(
    ({ node }) => elementwise.includes(node.operator.name) || node.operator.name === broadcastOperator.name,
  );
  return movable ? tensor.node.inputs : undefined;
}

/** `x` in parts of the given sizes; element-wise results are computed in parts instead of being cut afterwards. */
function partsOf(
  x: Tensor,
  sizes: readonly number[],
  known: Map<Tensor, readonly Tensor[]>,
): readonly Tensor[] {
  if (sizeOf(x.shape) === 1) return sizes.map(() => x);
  const own = joinedParts(x);
  if (own?.length === sizes.length && own.every(({ shape }, i) => sizeOf(shape) === sizes[i])) return own;
  const done = known.get(x);
  if (done !== undefined) return done;
  const parts = elementwise.includes(x.node.operator.name)
    ? inParts(x.node, sizes, known)
    : split(x, sizes, 0);
  known.set(x, parts);
  return parts;
}

/** The results of an element-wise operator, part by part. */
function inParts(node: Node, sizes: readonly number[], known: Map<Tensor, readonly Tensor[]>): Tensor[] {
  const operands = node.inputs.map((x) => partsOf(x, sizes, known));
  const dtype = node.outputs[0]?.dtype ?? "f32";
  return sizes.map((size, i) => {
    const inputs = operands.map((of) => of[i] as Tensor);
    const [result] = applyMany(node.operator, inputs, node.attributes, [{ dtype, shape: [size] }], node.site);
    return result as Tensor;
  });
}

const sinkConcat: Rule = (node) => {
  const parts = node.inputs.map(joinedParts).find((found) => found !== undefined);
  if (parts === undefined || node.outputs[0]?.shape.length !== 1) return undefined;
  const sizes = parts.map(({ shape }) => sizeOf(shape));
  return concat(inParts(node, sizes, new Map()), 0);
};

export const sinkRules: Rules = Object.fromEntries(elementwise.map((name) => [name, [sinkConcat]]));
