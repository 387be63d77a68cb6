/** @file A slow and obvious array library: the independent oracle of the operators' forward values. */

/** Row-major values of a shape. */
export interface Nd {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export type Index = readonly number[];

export function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** Every index of a shape in row-major order. */
export function indices(shape: readonly number[]): Index[] {
  return shape.reduce<Index[]>(
    (found, length) => found.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );
}

/** The element at an index; axes of length 1 are repeated and missing left axes ignored, as broadcasting does. */
export function at(x: Nd, index: Index): number {
  const tail = index.slice(index.length - x.shape.length);
  const offset = x.shape.reduce((sum, length, axis) => sum * length + (length === 1 ? 0 : tail[axis]!), 0);
  return x.values[offset]!;
}

/** An array from a function of the index. */
export function build(shape: readonly number[], value: (index: Index) => number): Nd {
  return { shape, values: indices(shape).map(value) };
}

export function broadcast(...shapes: (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}

export function map(fn: (...values: number[]) => number, ...operands: Nd[]): Nd {
  const shape = broadcast(...operands.map((x) => x.shape));
  return build(shape, (index) => fn(...operands.map((x) => at(x, index))));
}

/** Folds the elements along `axes` into one number each; keeps the axes as length 1. */
export function fold(x: Nd, axes: readonly number[], fn: (values: readonly number[]) => number): Nd {
  const shape = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return build(shape, (index) =>
    fn(
      indices(x.shape)
        .filter((full) => full.every((i, axis) => axes.includes(axis) || i === index[axis]))
        .map((full) => at(x, full)),
    ),
  );
}

/** Batched product of the last two axes. */
export function product(a: Nd, b: Nd): Nd {
  const inner = a.shape.at(-1)!;
  const lead = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const shape = [...lead, a.shape.at(-2)!, b.shape.at(-1)!];
  return build(shape, (index) => {
    const [row, column] = index.slice(-2) as [number, number];
    let total = 0;
    for (let k = 0; k < inner; k += 1) {
      total += at(a, [...index.slice(0, -2), row, k]) * at(b, [...index.slice(0, -2), k, column]);
    }
    return total;
  });
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** erf by numerical integration (Simpson), good to 1e-12 on [-4, 4]. */
export function erf(x: number): number {
  const steps = 2000;
  const h = x / steps;
  const f = (t: number): number => Math.exp(-t * t);
  let total = f(0) + f(x);
  for (let i = 1; i < steps; i += 1) total += f(i * h) * (i % 2 === 0 ? 2 : 4);
  return ((total * h) / 3) * (2 / Math.sqrt(Math.PI));
}
