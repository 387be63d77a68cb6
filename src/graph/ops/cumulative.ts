/** @file Cumulative sum; its derivative is the cumulative sum from the other end. */
import { int } from "../onnx/call.ts";
import { normaliseAxis } from "../shape.ts";
import { type Operator, type Tensor, apply } from "../tensor.ts";

/** `reverse` counts from the end; `exclusive` leaves the element itself out. */
export interface CumulativeOptions {
  readonly axis: number;
  readonly reverse?: boolean;
  readonly exclusive?: boolean;
}

const cumsumOperator: Operator<{
  readonly axis: number;
  readonly reverse: boolean;
  readonly exclusive: boolean;
}> = {
  name: "cumsum",
  onnx: ({ attributes: { axis, reverse, exclusive } }) => ({
    type: "CumSum",
    attributes: { reverse: int(reverse ? 1 : 0), exclusive: int(exclusive ? 1 : 0) },
    trailing: [axis],
  }),
  vjp({ attributes: { axis, reverse, exclusive } }, [dy]) {
    return [dy && cumsum(dy, { axis, reverse: !reverse, exclusive })];
  },
};

export function cumsum(x: Tensor, options: CumulativeOptions): Tensor {
  const axis = normaliseAxis("cumsum", options.axis, x.shape.length);
  const { reverse = false, exclusive = false } = options;
  return apply(cumsumOperator, [x], { axis, reverse, exclusive }, x.dtype, x.shape);
}
