/**
 * @file The code of one dropout pass through `gelu(layerNorm(x W + b))`: `pass(end, out)`, in vectors of four float32.
 * Every operation is an IEEE operation in a fixed order, so that all machines compute the same bits.
 */
import {
  assemble,
  type Code,
  f32,
  float,
  i32,
  op,
  v128,
  type WasmFunction,
} from "../../graph/epilogue/assembler.ts";

/** Byte addresses, and the sizes that the loops run to. */
export interface DroppedLayerPlan {
  /** Rows of the team, A, and width of the layer's output, N; A N is a multiple of 32 and N one of 4. */
  readonly rows: number;
  readonly outputs: number;
  /** 1 / keep of the mask on the output. */
  readonly raise: number;
  /** Addresses of the rows of `table` that a pass leaves out, one 32-bit word each, at least one. */
  readonly list: number;
  /** [A N], what a pass without dropout has. */
  readonly base: number;
  /** [N] each. */
  readonly scale: number;
  readonly shift: number;
}

const epsilon = 1e-5;
const accumulators = 8;

/** The module's bytes. */
export function droppedLayerCode(plan: DroppedLayerPlan): Uint8Array<ArrayBuffer> {
  return assemble([passFunction(plan)]);
}

/** x / sqrt 2 held within 4, beyond which erf is 1 in float32. */
const largest = 4;

/**
 * erf(x) = x P(x^2) / Q(x^2) for |x| <= 4, highest power first: the rational minimax form of Eigen and XLA, within 4e-7.
 */
const numerator = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
  -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2,
] as const;
const denominator = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
  -1.42647390514189e-2,
] as const;

function passFunction(plan: DroppedLayerPlan): WasmFunction {
  const { add, div, mul, sub } = float.vector;
  const { outputs, rows } = plan;
  const locals: number[] = [];
  const local = (type: number): number => {
    locals.push(type);
    return 1 + locals.length;
  };
  const [end, out] = [0, 1];
  const [column, columns, counter, source, row, rowEnd, width] = [i32, i32, i32, i32, i32, i32, i32].map(
    local,
  ) as [number, number, number, number, number, number, number];
  const sums = Array.from({ length: accumulators }, () => local(v128));
  const blocks = sums.map((sum, k): Code => [op.get(column), op.load4(plan.base + 16 * k), op.set(sum)]);
  const leaveOut = sums.map((sum, k): Code => [
    op.get(sum),
    op.get(source),
    op.load4(16 * k),
    sub,
    op.set(sum),
  ]);
  const keep = sums.map((sum, k): Code => [op.get(source), op.get(sum), op.store4(16 * k)]);
  const products: Code = [
    [op.i32(0), op.set(column), op.i32(4 * rows * outputs), op.set(columns)],
    op.repeat(column, 16 * accumulators, columns, [
      blocks,
      [op.i32(plan.list), op.set(counter)],
      op.repeat(counter, 4, end, [
        [op.get(counter), op.loadI32(0), op.get(column), op.i32Add, op.set(source)],
        leaveOut,
      ]),
      [op.get(out), op.get(column), op.i32Add, op.set(source)],
      keep,
    ]),
  ];
  const [x, total, squares, centre, inverse, erf, square, upper] = Array.from({ length: 8 }, () =>
    local(v128),
  ) as [number, number, number, number, number, number, number, number];
  const scalar = local(f32);
  const zero: Code = [op.f32(0), op.splat];
  const across = (vector: number): Code => [
    [op.get(vector), op.lane(0), op.get(vector), op.lane(1), float.scalar.add],
    [op.get(vector), op.lane(2), op.get(vector), op.lane(3), float.scalar.add, float.scalar.add],
    [op.f32(1 / outputs), float.scalar.mul],
  ];
  const constants = [...numerator, ...denominator, Math.SQRT1_2, largest, -largest, 1, plan.raise / 2].map(
    (value) => ({ value, name: local(v128) }),
  );
  const held = constants.map(({ name }) => op.get(name));
  const horner = (from: number, to: number): Code =>
    held
      .slice(from + 1, to)
      .reduce<Code>((sum, next) => [sum, op.get(square), mul, next, add], held[from] as Code);
  const [rootHalf, most, least, one, halfRaise] = held.slice(12) as [Code, Code, Code, Code, Code];
  const place: Code = [op.get(row), op.get(column), op.i32Add];
  const statistics: Code = [
    [zero, op.set(total), zero, op.set(squares), op.i32(0), op.set(column)],
    op.repeat(column, 16, width, [
      [place, op.load4(0), op.set(x)],
      [op.get(total), op.get(x), add, op.set(total)],
      [op.get(squares), op.get(x), op.get(x), mul, add, op.set(squares)],
    ]),
    [across(total), op.set(scalar), op.get(scalar), op.splat, op.set(centre)],
    [across(squares), op.get(scalar), op.get(scalar), float.scalar.mul, float.scalar.sub],
    [op.f32(epsilon), float.scalar.add, float.scalar.sqrt, op.set(scalar)],
    [op.f32(1), op.get(scalar), float.scalar.div, op.splat, op.set(inverse)],
  ];
  const activate: Code = [
    [op.i32(0), op.set(column)],
    op.repeat(column, 16, width, [
      [place, op.load4(0), op.get(centre), sub, op.get(inverse), mul],
      [op.get(column), op.load4(plan.scale), mul, op.get(column), op.load4(plan.shift), add, op.set(x)],
      [op.get(x), rootHalf, mul, most, op.smaller, least, op.larger, op.set(erf)],
      [op.get(erf), op.get(erf), mul, op.set(square)],
      [op.get(erf), horner(0, 7), mul, horner(7, 12), div, one, add, op.set(upper)],
      [place, op.get(x), halfRaise, mul, op.get(upper), mul, op.store4(0)],
    ]),
  ];
  return {
    name: "pass",
    parameters: [i32, i32],
    locals,
    body: [
      constants.map(({ value, name }) => [op.f32(value), op.splat, op.set(name)]),
      products,
      [op.i32(4 * outputs), op.set(width), op.get(out), op.set(row)],
      [op.get(out), op.i32(4 * rows * outputs), op.i32Add, op.set(rowEnd)],
      op.repeat(row, 4 * outputs, rowEnd, [statistics, activate]),
    ],
  };
}
