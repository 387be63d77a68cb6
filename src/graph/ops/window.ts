/** @file Windows into an axis: slice cuts one, pad lays it back into a larger axis; each is the other's derivative. */
import { traceError } from "../issues.ts";
import { string } from "../onnx/call.ts";
import { dimension, normaliseAxis, showShape } from "../shape.ts";
import { type Operator, type Tensor, apply, inputOf } from "../tensor.ts";
import { zeros } from "./constant.ts";
import { concat } from "./joining.ts";
import { expandDims, reshape } from "./shaping.ts";

/** Elements `start`, `start + step`, ... below `end` of one axis. */
export interface SliceOptions {
  readonly axis: number;
  /** From 0; defaults to 0. */
  readonly start?: number;
  /** Exclusive; defaults to the length of the axis. */
  readonly end?: number;
  /** At least 1; defaults to 1. */
  readonly step?: number;
}

type Window = { readonly axis: number; readonly start: number; readonly end: number; readonly step: number };

export const sliceOperator: Operator<Window> = {
  name: "slice",
  onnx: ({ attributes: { axis, start, end, step } }) => ({
    type: "Slice",
    trailing: [[start], [end], [axis], [step]],
  }),
  vjp(node, [dy]) {
    if (dy === undefined) return [];
    const { axis, start, step } = node.attributes;
    const spread = step === 1 ? dy : interleaveZeros(dy, axis, step);
    const length = dimension(inputOf(node, 0).shape, axis);
    return [pad(spread, { axis, before: start, after: length - start - dimension(spread.shape, axis) })];
  },
};

/**
 * A window of one axis.
 * @throws GrandModelError `SHAPE_MISMATCH` when it does not lie inside the axis.
 */
export function slice(x: Tensor, options: SliceOptions): Tensor {
  const axis = normaliseAxis("slice", options.axis, x.shape.length);
  const length = dimension(x.shape, axis);
  const { start = 0, end = length, step = 1 } = options;
  if (start < 0 || end > length || start > end || step < 1) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "slice",
      value: `[${start}, ${end}) step ${step} of axis ${axis} of ${showShape(x.shape)}`,
      expected: `0 <= start <= end <= ${length} and step >= 1`,
      hint: "Count from the left end.",
    });
  }
  if (start === 0 && end === length && step === 1) return x;
  const shape = x.shape.with(axis, Math.ceil((end - start) / step));
  return apply(sliceOperator, [x], { axis, start, end, step }, x.dtype, shape);
}

/** `x0 0 0 x1 0 0 x2` for step 3: the last element has no zeros after it. */
function interleaveZeros(x: Tensor, axis: number, step: number): Tensor {
  const length = dimension(x.shape, axis);
  const column = expandDims(x, axis + 1);
  const gaps = zeros(x.dtype, column.shape.with(axis + 1, step - 1));
  const woven = reshape(concat([column, gaps], axis + 1), x.shape.with(axis, length * step));
  return slice(woven, { axis, end: Math.max(0, (length - 1) * step + 1) });
}

/** How many elements of value 0 stand before and after the axis. */
export interface PadOptions {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}

export const padOperator: Operator<{
  readonly axis: number;
  readonly before: number;
  readonly after: number;
}> = {
  name: "pad",
  onnx(node) {
    const { axis, before, after } = node.attributes;
    const none = inputOf(node, 0).shape.map(() => 0);
    return {
      type: "Pad",
      attributes: { mode: string("constant") },
      trailing: [[...none.with(axis, before), ...none.with(axis, after)]],
    };
  },
  vjp(node, [dy]) {
    const { axis, before } = node.attributes;
    const length = dimension(inputOf(node, 0).shape, axis);
    return [dy && slice(dy, { axis, start: before, end: before + length })];
  },
};

/** Zeros around one axis. */
export function pad(x: Tensor, options: PadOptions): Tensor {
  const axis = normaliseAxis("pad", options.axis, x.shape.length);
  const { before, after } = options;
  if (before < 0 || after < 0) {
    throw traceError({
      code: "SHAPE_MISMATCH",
      path: "pad",
      value: `before ${before}, after ${after}`,
      expected: "numbers >= 0",
      hint: "Use slice to cut.",
    });
  }
  if (before === 0 && after === 0) return x;
  const shape = x.shape.with(axis, dimension(x.shape, axis) + before + after);
  return apply(padOperator, [x], { axis, before, after }, x.dtype, shape);
}
