/** @file Arithmetic on shapes: sizes, axes and NumPy's broadcasting rule. A shape is a list of whole numbers >= 0. */
import { traceError } from "./issues.ts";

/** Dimensions of a tensor, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** `[2, 3]`, as messages show shapes. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

/**
 * The axis counted from 0.
 * @throws GrandModelError `AXIS_OUT_OF_RANGE` when `axis` is not in [-rank, rank).
 */
export function normaliseAxis(operator: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw traceError({
      code: "AXIS_OUT_OF_RANGE",
      path: operator,
      value: axis,
      expected: rank === 0 ? "no axis, since the tensor is a scalar" : `an axis in [${-rank}, ${rank})`,
      hint: `The operand has rank ${rank}.`,
    });
  }
  return axis < 0 ? axis + rank : axis;
}

/** The axes from 0, ascending and without repetition; all axes when none are given. */
export function normaliseAxes(operator: string, axes: readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const found = new Set(axes.map((axis) => normaliseAxis(operator, axis, rank)));
  return [...found].sort((a, b) => a - b);
}

/** Dimension at `axis`; 1 beyond the left end, as broadcasting reads shapes. */
export function dimension(shape: Shape, axis: number): number {
  return shape[axis] ?? 1;
}

/**
 * The shape that both broadcast to.
 * @throws GrandModelError `SHAPE_MISMATCH` naming the operator and both shapes.
 */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = dimension(a, axis - rank + a.length);
    const right = dimension(b, axis - rank + b.length);
    if (left !== right && left !== 1 && right !== 1) {
      throw traceError({
        code: "SHAPE_MISMATCH",
        path: operator,
        value: `${showShape(a)} and ${showShape(b)}`,
        expected: "shapes that broadcast: equal from the right, or 1",
        hint: `Axis ${axis - rank} is ${left} on the left and ${right} on the right.`,
      });
    }
    return left === 1 ? right : left;
  });
}
