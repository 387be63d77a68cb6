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
import { type Tensor, applyMany, madeBy } from "../tensor.ts";
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

const sinkConcat: Rule = (node) => {
  const [output] = node.outputs;
  const parts = node.inputs.map(joinedParts).find((found) => found !== undefined);
  if (parts === undefined || output?.shape.length !== 1) return undefined;
  const sizes = parts.map(({ shape }) => sizeOf(shape));
  const operands = node.inputs.map((x): readonly Tensor[] => {
    if (sizeOf(x.shape) === 1) return sizes.map(() => x);
    const own = joinedParts(x);
    const same =
      own?.every(({ shape }, i) => sizeOf(shape) === sizes[i]) === true && own.length === sizes.length;
    return same ? own : split(x, sizes, 0);
  });
  const results = sizes.map((size, i) => {
    const inputs = operands.map((of) => of[i] as Tensor);
    const [result] = applyMany(
      node.operator,
      inputs,
      node.attributes,
      [{ dtype: output.dtype, shape: [size] }],
      node.site,
    );
    return result as Tensor;
  });
  return concat(results, 0);
};

export const sinkRules: Rules = Object.fromEntries(elementwise.map((name) => [name, [sinkConcat]]));
