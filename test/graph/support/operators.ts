/**
 * @file Every operator once: how to draw operands, how to apply it, and what plain JavaScript gets. The same list is
 * checked for values, for gradients, and on each device.
 */
import fc from "fast-check";
import * as arithmetic from "../../../src/graph/ops/arithmetic.ts";
import { broadcastTo, sum, sumTo } from "../../../src/graph/ops/broadcast.ts";
import { cast } from "../../../src/graph/ops/cast.ts";
import * as comparison from "../../../src/graph/ops/comparison.ts";
import { conv1d } from "../../../src/graph/ops/convolution.ts";
import { cumsum } from "../../../src/graph/ops/cumulative.ts";
import * as elementwise from "../../../src/graph/ops/elementwise.ts";
import { gather, gatherElements, oneHot, scatterAdd } from "../../../src/graph/ops/indexing.ts";
import { concat, split, stack } from "../../../src/graph/ops/joining.ts";
import { linear, matmul } from "../../../src/graph/ops/matmul.ts";
import { layerNorm, standardise } from "../../../src/graph/ops/normalisation.ts";
import { argMax, max, mean, min } from "../../../src/graph/ops/reduction.ts";
import { clip, maximum, minimum, where } from "../../../src/graph/ops/selection.ts";
import { reshape, transpose } from "../../../src/graph/ops/shaping.ts";
import { logSoftmax, logSumExp, softmax } from "../../../src/graph/ops/softmax.ts";
import { pad, slice } from "../../../src/graph/ops/window.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";
import { array, axesOf, broadcastingPair, distinct, shapeOf, wholeNumbers } from "./arbitraries.ts";
import * as nd from "./nd.ts";
import type { Dtypes, Operands, Tensors } from "./run.ts";

/** One drawn application of an operator. */
export interface Application {
  readonly inputs: Operands;
  readonly dtypes?: Dtypes;
  readonly apply: (inputs: Tensors) => Tensor;
  readonly expected: nd.Nd;
}

/** An operator and its applications. */
export interface OperatorCase {
  readonly name: string;
  readonly draw: fc.Arbitrary<Application>;
  /** False for comparisons and other operators without a derivative. */
  readonly differentiable: boolean;
}

function unary(
  name: string,
  apply: (x: Tensor) => Tensor,
  fn: (x: number) => number,
  [low, high]: readonly [number, number] = [-2, 2],
  differentiable = true,
): OperatorCase {
  const draw = shapeOf(0, 4)
    .chain((shape) => array(shape, low, high))
    .map((x): Application => ({ inputs: { x }, apply: (t) => apply(t["x"]!), expected: nd.map(fn, x) }));
  return { name, draw, differentiable };
}

function binary(
  name: string,
  apply: (x: Tensor, y: Tensor) => Tensor,
  fn: (x: number, y: number) => number,
  options: { readonly low?: number; readonly high?: number; readonly differentiable?: boolean } = {},
): OperatorCase {
  const { low = -2, high = 2, differentiable = true } = options;
  const draw = broadcastingPair
    .chain(([left, right]) => fc.tuple(array(left, low, high), array(right, low, high)))
    // A tie is a kink: the second operand lies between the grid points of the first.
    .map(([x, y]) => [x, { ...y, values: y.values.map((value) => value + 1 / 128) }] as const)
    .map(([x, y]): Application => ({
      inputs: { x, y },
      apply: (t) => apply(t["x"]!, t["y"]!),
      expected: nd.map(fn, x, y),
    }));
  return { name, draw, differentiable };
}

function reduction(
  name: string,
  apply: (x: Tensor, options: { axes?: readonly number[]; keepDims?: boolean }) => Tensor,
  fn: (values: readonly number[]) => number,
): OperatorCase {
  const draw = shapeOf(1, 3)
    .chain((shape) => fc.tuple(distinct(shape), axesOf(shape.length), fc.boolean()))
    .map(([x, axes, keepDims]): Application => {
      const all = axes ?? [...x.shape.keys()];
      const kept = nd.fold(x, all, fn);
      const shape = keepDims ? kept.shape : x.shape.filter((_, axis) => !all.includes(axis));
      const options = axes === undefined ? { keepDims } : { axes, keepDims };
      return { inputs: { x }, apply: (t) => apply(t["x"]!, options), expected: { ...kept, shape } };
    });
  return { name, draw, differentiable: true };
}

const truth = (value: boolean): number => (value ? 1 : 0);
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const logSumExpOf = (values: readonly number[]): number => {
  const top = Math.max(...values);
  return top + Math.log(nd.sumOf(values.map((value) => Math.exp(value - top))));
};

const elementwiseCases: readonly OperatorCase[] = [
  unary("neg", arithmetic.neg, (x) => -x),
  unary("square", arithmetic.square, (x) => x * x),
  unary("reciprocal", arithmetic.reciprocal, (x) => 1 / x, [0.3, 2]),
  unary("exp", elementwise.exp, Math.exp),
  unary("log", elementwise.log, Math.log, [0.3, 3]),
  unary("sqrt", elementwise.sqrt, Math.sqrt, [0.3, 3]),
  unary("tanh", elementwise.tanh, Math.tanh),
  unary("sigmoid", elementwise.sigmoid, sigmoid),
  unary("relu", elementwise.relu, (x) => Math.max(x, 0)),
  unary("errorGate", elementwise.errorGate, (x) => x * (1 + nd.erf(x))),
  unary("gelu", elementwise.gelu, (x) => 0.5 * x * (1 + nd.erf(x / Math.SQRT2))),
  unary("erf", elementwise.erf, nd.erf),
  unary("softplus", elementwise.softplus, (x) => Math.log1p(Math.exp(x))),
  unary("sin", elementwise.sin, Math.sin),
  unary("cos", elementwise.cos, Math.cos),
  unary("abs", elementwise.abs, Math.abs),
  unary("sign", elementwise.sign, Math.sign),
  unary(
    "pow 3",
    (x) => elementwise.pow(x, 3),
    (x) => x * x * x,
  ),
  unary("pow 0.5", (x) => elementwise.pow(x, 0.5), Math.sqrt, [0.3, 3]),
  unary(
    "pow -1.5",
    (x) => elementwise.pow(x, -1.5),
    (x) => 1 / (x * Math.sqrt(x)),
    [0.3, 3],
  ),
  unary(
    "clip",
    (x) => clip(x, -0.5, 1),
    (x) => Math.min(Math.max(x, -0.5), 1),
  ),
  unary(
    "add 1.5",
    (x) => arithmetic.add(x, 1.5),
    (x) => x + 1.5,
  ),
  unary(
    "1.5 - x",
    (x) => arithmetic.sub(1.5, x),
    (x) => 1.5 - x,
  ),
  unary("cast to i32", (x) => cast(x, "i32"), Math.trunc, [-2, 2], false),
  binary("add", arithmetic.add, (x, y) => x + y),
  binary("sub", arithmetic.sub, (x, y) => x - y),
  binary("mul", arithmetic.mul, (x, y) => x * y),
  binary("div", arithmetic.div, (x, y) => x / y, { low: 0.3 }),
  binary("pow", elementwise.pow, (x, y) => Math.exp(y * Math.log(x)), { low: 0.3 }),
  binary("minimum", minimum, Math.min),
  binary("maximum", maximum, Math.max),
  binary("less", comparison.less, (x, y) => truth(x < y), { differentiable: false }),
  binary("lessEqual", comparison.lessEqual, (x, y) => truth(x <= y), { differentiable: false }),
  binary("greater", comparison.greater, (x, y) => truth(x > y), { differentiable: false }),
  binary("greaterEqual", comparison.greaterEqual, (x, y) => truth(x >= y), { differentiable: false }),
  binary(
    "equal",
    (x, y) => comparison.equal(cast(x, "i32"), cast(y, "i32")),
    (x, y) => truth(Math.trunc(x) === Math.trunc(y)),
    { differentiable: false },
  ),
  binary(
    "logic",
    (x, y) =>
      comparison.logicalOr(
        comparison.logicalAnd(comparison.less(x, y), comparison.less(x, 0)),
        comparison.logicalNot(comparison.less(y, 1)),
      ),
    (x, y) => truth((x < y && x < 0) || !(y < 1)),
    { differentiable: false },
  ),
  binary(
    "where",
    (x, y) => where(comparison.less(x, y), arithmetic.mul(x, 2), y),
    (x, y) => (x < y ? 2 * x : y),
  ),
];

const reductionCases: readonly OperatorCase[] = [
  reduction("sum", sum, nd.sumOf),
  reduction("mean", mean, (values) => nd.sumOf(values) / values.length),
  reduction("max", max, (values) => Math.max(...values)),
  reduction("min", min, (values) => Math.min(...values)),
  reduction("logSumExp", logSumExp, logSumExpOf),
];

/** A shape, one of its axes and an array. */
const withAxis = shapeOf(1, 3).chain((shape) =>
  fc.tuple(distinct(shape), fc.integer({ min: 0, max: shape.length - 1 })),
);

function alongAxis(
  name: string,
  apply: (x: Tensor, axis: number) => Tensor,
  fn: (x: nd.Nd, axis: number) => nd.Nd,
  differentiable = true,
): OperatorCase {
  const draw = withAxis.map(([x, axis]): Application => ({
    inputs: { x },
    apply: (t) => apply(t["x"]!, axis),
    expected: fn(x, axis),
  }));
  return { name, draw, differentiable };
}

/** Cumulative sum of the elements whose place along the axis satisfies `counts`. */
function accumulate(x: nd.Nd, axis: number, counts: (k: number, place: number) => boolean): nd.Nd {
  return nd.build(x.shape, (index) =>
    nd.sumOf(
      Array.from({ length: x.shape[axis]! }, (_, k) =>
        counts(k, index[axis]!) ? nd.at(x, index.with(axis, k)) : 0,
      ),
    ),
  );
}

const axisCases: readonly OperatorCase[] = [
  alongAxis("softmax", softmax, (x, axis) => {
    const total = nd.fold(x, [axis], logSumExpOf);
    return nd.map((value, all) => Math.exp(value - all), x, total);
  }),
  alongAxis("logSoftmax", logSoftmax, (x, axis) =>
    nd.map((value, all) => value - all, x, nd.fold(x, [axis], logSumExpOf)),
  ),
  alongAxis(
    "cumsum",
    (x, axis) => cumsum(x, { axis }),
    (x, axis) => accumulate(x, axis, (k, place) => k <= place),
  ),
  alongAxis(
    "cumsum reverse exclusive",
    (x, axis) => cumsum(x, { axis, reverse: true, exclusive: true }),
    (x, axis) => accumulate(x, axis, (k, place) => k > place),
  ),
  alongAxis(
    "argMax",
    (x, axis) => argMax(x, { axis, keepDims: true }),
    (x, axis) => nd.fold(x, [axis], (values) => values.indexOf(Math.max(...values))),
    false,
  ),
  alongAxis(
    "concat",
    (x, axis) => concat([x, arithmetic.mul(x, 2)], axis),
    (x, axis) => {
      const length = x.shape[axis]!;
      return nd.build(x.shape.with(axis, 2 * length), (index) => {
        const place = index[axis]!;
        return nd.at(x, index.with(axis, place % length)) * (place < length ? 1 : 2);
      });
    },
  ),
  alongAxis(
    "stack",
    (x, axis) => stack([x, arithmetic.neg(x)], axis),
    (x, axis) =>
      nd.build(
        x.shape.toSpliced(axis, 0, 2),
        (index) => nd.at(x, index.toSpliced(axis, 1)) * (index[axis] === 0 ? 1 : -1),
      ),
  ),
  alongAxis(
    "split",
    (x, axis) => {
      const [first, ...rest] = split(x, Array<number>(x.shape[axis]!).fill(1), axis);
      return rest.reduce((total, part) => arithmetic.add(arithmetic.mul(total, 2), part), first!);
    },
    (x, axis) => nd.fold(x, [axis], (values) => values.reduce((total, value) => 2 * total + value)),
  ),
  alongAxis(
    "slice step 2",
    (x, axis) => slice(x, { axis, step: 2 }),
    (x, axis) =>
      nd.build(x.shape.with(axis, Math.ceil(x.shape[axis]! / 2)), (index) =>
        nd.at(x, index.with(axis, 2 * index[axis]!)),
      ),
  ),
  alongAxis(
    "slice",
    (x, axis) => slice(x, { axis, start: x.shape[axis]! - 1 }),
    (x, axis) => nd.build(x.shape.with(axis, 1), (index) => nd.at(x, index.with(axis, x.shape[axis]! - 1))),
  ),
  alongAxis(
    "pad",
    (x, axis) => pad(x, { axis, before: 1, after: 2 }),
    (x, axis) =>
      nd.build(x.shape.with(axis, x.shape[axis]! + 3), (index) => {
        const place = index[axis]! - 1;
        return place >= 0 && place < x.shape[axis]! ? nd.at(x, index.with(axis, place)) : 0;
      }),
  ),
];

const shapingCases: readonly OperatorCase[] = [
  {
    name: "transpose",
    differentiable: true,
    draw: shapeOf(1, 4)
      .chain((shape) =>
        fc.tuple(array(shape), fc.shuffledSubarray([...shape.keys()], { minLength: shape.length })),
      )
      .map(([x, order]) => ({
        inputs: { x },
        apply: (t) => transpose(t["x"]!, order),
        expected: nd.build(
          order.map((axis) => x.shape[axis]!),
          (index) =>
            nd.at(
              x,
              x.shape.map((_, axis) => index[order.indexOf(axis)]!),
            ),
        ),
      })),
  },
  {
    name: "reshape",
    differentiable: true,
    draw: shapeOf(2, 3)
      .chain((shape) => array(shape))
      .map((x) => ({
        inputs: { x },
        apply: (t) => reshape(t["x"]!, [x.shape.at(-1)!, -1]),
        expected: { shape: [x.shape.at(-1)!, nd.size(x.shape.slice(0, -1))], values: x.values },
      })),
  },
  {
    name: "broadcastTo",
    differentiable: true,
    draw: broadcastingPair
      .chain(([left, right]) => array(left).map((x) => [x, nd.broadcast(left, right)] as const))
      .map(([x, shape]) => ({
        inputs: { x },
        apply: (t) => broadcastTo(t["x"]!, shape),
        expected: nd.build(shape, (index) => nd.at(x, index)),
      })),
  },
  {
    name: "sumTo",
    differentiable: true,
    draw: broadcastingPair
      .chain(([left, right]) => array(nd.broadcast(left, right)).map((x) => [x, left] as const))
      .map(([x, shape]) => ({
        inputs: { x },
        apply: (t) => sumTo(t["x"]!, shape),
        expected: nd.build(shape, (index) => {
          const lead = x.shape.length - shape.length;
          const inside = nd
            .indices(x.shape)
            .filter((full) =>
              shape.every(
                (length, axis) => length !== x.shape[axis + lead] || full[axis + lead] === index[axis],
              ),
            );
          return nd.sumOf(inside.map((full) => nd.at(x, full)));
        }),
      })),
  },
];

const length = fc.integer({ min: 1, max: 4 });

/** Mean and population variance along the last axis. */
function rowMoments(x: nd.Nd): { readonly centre: nd.Nd; readonly variance: nd.Nd } {
  const axis = x.shape.length - 1;
  const mean = (v: readonly number[]): number => nd.sumOf(v) / v.length;
  const centre = nd.fold(x, [axis], mean);
  const squares = nd.map((a, b) => (a - b) * (a - b), x, centre);
  return { centre, variance: nd.fold(squares, [axis], mean) };
}

const productCases: readonly OperatorCase[] = [
  {
    name: "matmul",
    differentiable: true,
    draw: fc
      .tuple(broadcastingPair, length, length, length)
      .chain(([[left, right], m, k, n]) =>
        fc.tuple(array([...left.slice(0, 2), m, k]), array([...right.slice(0, 2), k, n])),
      )
      .filter(([a, b]) => {
        const [left, right] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
        return nd.broadcast(left, right).every((d, i, all) =>
          [left, right].every((s) => {
            const own = s[i - all.length + s.length] ?? 1;
            return own === 1 || own === d;
          }),
        );
      })
      .map(([a, b]) => ({
        inputs: { a, b },
        apply: (t) => matmul(t["a"]!, t["b"]!),
        expected: nd.product(a, b),
      })),
  },
  {
    name: "linear",
    differentiable: true,
    draw: fc
      .tuple(shapeOf(0, 2), length, length)
      .chain(([lead, k, n]) => fc.tuple(array([...lead, k]), array([k, n]), array([n])))
      .map(([x, w, b]) => ({
        inputs: { x, w, b },
        apply: (t) => linear(t["x"]!, t["w"]!, t["b"]),
        expected: nd.build(
          [...x.shape.slice(0, -1), b.shape[0]!],
          (index) =>
            nd.at(b, [index.at(-1)!]) +
            nd.sumOf(
              Array.from(
                { length: w.shape[0]! },
                (_, k) => nd.at(x, [...index.slice(0, -1), k]) * nd.at(w, [k, index.at(-1)!]),
              ),
            ),
        ),
      })),
  },
  {
    name: "layerNorm",
    differentiable: true,
    draw: fc
      .tuple(shapeOf(0, 2), fc.integer({ min: 2, max: 5 }))
      .chain(([lead, d]) => fc.tuple(distinct([...lead, d]), array([d]), array([d])))
      .map(([x, scale, bias]) => {
        const { centre, variance } = rowMoments(x);
        return {
          inputs: { x, scale, bias },
          apply: (t) => layerNorm(t["x"]!, t["scale"]!, t["bias"]!, 0.125),
          expected: nd.map(
            (a, m, v, s, b) => (s * (a - m)) / Math.sqrt(v + 0.125) + b,
            x,
            centre,
            variance,
            scale,
            bias,
          ),
        };
      }),
  },
  {
    name: "standardise",
    differentiable: true,
    draw: fc
      .tuple(shapeOf(0, 2), fc.integer({ min: 2, max: 5 }))
      .chain(([lead, d]) => distinct([...lead, d]))
      .map((x) => {
        const { centre, variance } = rowMoments(x);
        return {
          inputs: { x },
          apply: (t) => standardise(t["x"]!, { epsilon: 0.125 }),
          expected: nd.map((a, m, v) => (a - m) / Math.sqrt(v + 0.125), x, centre, variance),
        };
      }),
  },
  {
    name: "conv1d",
    differentiable: true,
    draw: fc
      .record({
        batch: length,
        channels: length,
        outer: length,
        width: fc.integer({ min: 1, max: 3 }),
        extra: fc.integer({ min: 0, max: 4 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        before: fc.integer({ min: 0, max: 2 }),
        after: fc.integer({ min: 0, max: 2 }),
      })
      .chain((o) => {
        const time = o.dilation * (o.width - 1) + 1 + o.extra;
        return fc.tuple(
          fc.constant(o),
          array([o.batch, o.channels, time]),
          array([o.outer, o.channels, o.width]),
          array([o.outer]),
        );
      })
      .map(([{ stride, dilation, before, after }, x, w, b]) => {
        const time = x.shape[2]!;
        const steps = Math.floor((time + before + after - dilation * (w.shape[2]! - 1) - 1) / stride) + 1;
        return {
          inputs: { x, w, b },
          apply: (t) => conv1d(t["x"]!, t["w"]!, t["b"], { stride, dilation, padding: [before, after] }),
          expected: nd.build([x.shape[0]!, w.shape[0]!, steps], ([n, o, s]) => {
            const taps = nd.indices(w.shape.slice(1)).map(([c, k]) => {
              const place = s! * stride + k! * dilation - before;
              return place < 0 || place >= time ? 0 : nd.at(x, [n!, c!, place]) * nd.at(w, [o!, c!, k!]);
            });
            return nd.at(b, [o!]) + nd.sumOf(taps);
          }),
        };
      }),
  },
];

const indexDtypes = { i: "i32" } as const;

const indexingCases: readonly OperatorCase[] = [
  {
    name: "gather",
    differentiable: true,
    draw: fc
      .tuple(withAxis, shapeOf(0, 2))
      .chain(([[x, axis], shape]) => wholeNumbers(shape, x.shape[axis]!).map((i) => [x, axis, i] as const))
      .map(([x, axis, i]) => ({
        inputs: { x, i },
        dtypes: indexDtypes,
        apply: (t) => gather(t["x"]!, t["i"]!, axis),
        expected: nd.build(x.shape.toSpliced(axis, 1, ...i.shape), (index) =>
          nd.at(x, index.toSpliced(axis, i.shape.length, nd.at(i, index.slice(axis, axis + i.shape.length)))),
        ),
      })),
  },
  {
    name: "gatherElements",
    differentiable: true,
    draw: fc
      .tuple(withAxis, length)
      .chain(([[x, axis], count]) =>
        wholeNumbers(x.shape.with(axis, count), x.shape[axis]!).map((i) => [x, axis, i] as const),
      )
      .map(([x, axis, i]) => ({
        inputs: { x, i },
        dtypes: indexDtypes,
        apply: (t) => gatherElements(t["x"]!, t["i"]!, axis),
        expected: nd.build(i.shape, (index) => nd.at(x, index.with(axis, nd.at(i, index)))),
      })),
  },
  {
    name: "scatterAdd",
    differentiable: true,
    draw: fc
      .tuple(shapeOf(1, 3), length)
      .chain(([shape, count]) =>
        fc.tuple(fc.constant(shape), fc.integer({ min: 0, max: shape.length - 1 }), fc.constant(count)),
      )
      .chain(([shape, axis, count]) =>
        fc.tuple(
          fc.constant(shape),
          fc.constant(axis),
          wholeNumbers([count], shape[axis]!),
          array(shape.with(axis, count)),
        ),
      )
      .map(([shape, axis, i, x]) => ({
        inputs: { x, i },
        dtypes: indexDtypes,
        apply: (t) => scatterAdd(shape, t["i"]!, t["x"]!, axis),
        expected: nd.build(shape, (index) =>
          nd.sumOf(i.values.map((place, k) => (place === index[axis] ? nd.at(x, index.with(axis, k)) : 0))),
        ),
      })),
  },
  {
    name: "oneHot",
    differentiable: false,
    draw: shapeOf(0, 2)
      .chain((shape) => wholeNumbers(shape, 3))
      .map((i) => ({
        inputs: { i },
        dtypes: indexDtypes,
        apply: (t) => oneHot(t["i"]!, 3),
        expected: nd.build([...i.shape, 3], (index) => truth(nd.at(i, index.slice(0, -1)) === index.at(-1))),
      })),
  },
];

export const operatorCases: readonly OperatorCase[] = [
  ...elementwiseCases,
  ...reductionCases,
  ...axisCases,
  ...shapingCases,
  ...productCases,
  ...indexingCases,
];
