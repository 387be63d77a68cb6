/**
 * @file The code of one dropout pass through `gelu(layerNorm(x W + b))`: `pass(out)`, in vectors of four float32. It turns the
 * pass's random words into lists of dropped units, subtracts their terms, normalises and activates row by row, and silences
 * the units that the second mask drops. Every operation is an IEEE operation in a fixed order: all machines compute the same
 * bits. erf is within 4e-7.
 */
import { assemble, type Code, f32, float, i32, op, v128 } from "../../graph/epilogue/assembler.ts";

/** Byte addresses and sizes. */
export interface DroppedLayerPlan {
  /** Rows of the team, A, and widths before and after the layer; A N is a multiple of 32 and N one of 8. */
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** A half of a random word below this keeps its unit; its reciprocal times 65536 raises what is kept. */
  readonly threshold: number;
  /** The pass's random words, [(inputs + outputs) / 2]. */
  readonly words: number;
  /** Room for [inputs + 1] and [outputs + 1] addresses. */
  readonly terms: number;
  readonly silenced: number;
  /** [inputs + 1, A N], the last row zeros: both lists have an element more, so that none is empty. */
  readonly table: number;
  /** [A N], what a pass without dropout has. */
  readonly base: number;
  /** [N] each. */
  readonly scale: number;
  readonly shift: number;
  /** [A N] that nobody reads. */
  readonly spare: number;
}

const { add, div, mul, sub } = float.vector;
const out = 0;
const accumulators = 8;
const epsilon = 1e-5;

/** The module's bytes. */
export function droppedLayerCode(plan: DroppedLayerPlan): Uint8Array<ArrayBuffer> {
  const locals = new Locals();
  const { inputs, outputs, rows, silenced, spare, table, terms, words } = plan;
  const [termsEnd, silencedEnd, row, rowEnd] = locals.several(4, i32) as [number, number, number, number];
  const width = 4 * rows * outputs;
  const first = { words, count: inputs, list: terms, end: termsEnd, start: op.i32(table), step: width };
  const second = { list: silenced, end: silencedEnd, start: op.get(out), step: 4 };
  const activation = activate(plan, locals, row);
  const body: Code = [
    collect({ ...first, spare: table + inputs * width }, plan, locals),
    collect({ ...second, words: words + 2 * inputs, count: outputs, spare }, plan, locals),
    leaveOut(plan, locals, termsEnd),
    activation.constants,
    [op.get(out), op.set(row), op.get(out), op.i32(width), op.i32Add, op.set(rowEnd)],
    op.repeat(row, 4 * outputs, rowEnd, activation.row),
    silence(plan, locals, silencedEnd),
  ];
  return assemble([{ name: "pass", parameters: [i32], locals: locals.types, body }]);
}

/** Hands out local variables; the function's one parameter is local 0. */
class Locals {
  readonly types: number[] = [];

  several(count: number, type: number): number[] {
    return Array.from({ length: count }, () => this.types.push(type));
  }
}

interface Collected {
  readonly words: number;
  /** Units, two to a word. */
  readonly count: number;
  readonly list: number;
  /** Local that takes the address behind the list. */
  readonly end: number;
  /** Address that stands for the first unit, and the distance to the next. */
  readonly start: Code;
  readonly step: number;
  /** Last element of the list. */
  readonly spare: number;
}

/** Lists the dropped units without a branch: an address is always written, and overwritten where its unit stays. */
function collect(units: Collected, { threshold }: DroppedLayerPlan, locals: Locals): Code {
  const { count, end, list, spare, start, step, words } = units;
  const [at, atEnd, word, place] = locals.several(4, i32) as [number, number, number, number];
  const advance = (half: Code): Code => [
    [op.get(end), op.get(place), op.storeI32(0)],
    [op.get(end), half, op.i32(threshold), op.i32AtLeast, op.i32(2), op.i32Left, op.i32Add, op.set(end)],
    [op.get(place), op.i32(step), op.i32Add, op.set(place)],
  ];
  return [
    [op.i32(list), op.set(end), start, op.set(place)],
    [op.i32(words), op.set(at), op.i32(words + 2 * count), op.set(atEnd)],
    op.repeat(at, 4, atEnd, [
      [op.get(at), op.loadI32(0), op.set(word)],
      advance([op.get(word), op.i32(0xffff), op.i32And]),
      advance([op.get(word), op.i32(16), op.i32Right]),
    ]),
    [op.get(end), op.i32(spare), op.storeI32(0), op.get(end), op.i32(4), op.i32Add, op.set(end)],
  ];
}

/** `base` less the listed terms, 32 columns at a time in registers, to `out`. */
function leaveOut({ base, outputs, rows, terms }: DroppedLayerPlan, locals: Locals, end: number): Code {
  const [column, columns, counter, place] = locals.several(4, i32) as [number, number, number, number];
  const sums = locals.several(accumulators, v128);
  return [
    [op.i32(0), op.set(column), op.i32(4 * rows * outputs), op.set(columns)],
    op.repeat(column, 16 * accumulators, columns, [
      sums.map((sum, k): Code => [op.get(column), op.load4(base + 16 * k), op.set(sum)]),
      [op.i32(terms), op.set(counter)],
      op.repeat(counter, 4, end, [
        [op.get(counter), op.loadI32(0), op.get(column), op.i32Add, op.set(place)],
        sums.map((sum, k): Code => [op.get(sum), op.get(place), op.load4(16 * k), sub, op.set(sum)]),
      ]),
      [op.get(out), op.get(column), op.i32Add, op.set(place)],
      sums.map((sum, k): Code => [op.get(place), op.get(sum), op.store4(16 * k)]),
    ]),
  ];
}

/** erf x is 1 in float32 beyond it. */
const largest = 4;

/** erf x = x P(x^2) / Q(x^2) for |x| <= 4, highest power first: the rational minimax form of Eigen and XLA. */
const numerator = [
  -2.72614225801306e-10, 2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5,
  -7.34990630326855e-4, -2.95459980854025e-3, -1.60960333262415e-2,
] as const;
const denominator = [
  -1.45660718464996e-5, -2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3,
  -1.42647390514189e-2,
] as const;

/** Norm and activation of the row at local `row`, in place: x Phi(x), raised for the second mask; two vectors at a time. */
function activate(
  { outputs, scale, shift, threshold }: DroppedLayerPlan,
  locals: Locals,
  row: number,
): { readonly constants: Code; readonly row: Code } {
  const [column, width] = locals.several(2, i32) as [number, number];
  const [centre, inverse] = locals.several(2, v128) as [number, number];
  const lanes = [0, 16].map((offset) => {
    const [x, argument, square, above, below] = locals.several(5, v128) as [
      number,
      number,
      number,
      number,
      number,
    ];
    return { offset, x, argument, square, above, below };
  });
  const constant = new Map<number, number>();
  const numbers = [...numerator, ...denominator, Math.SQRT1_2, largest, -largest, 1, 32768 / threshold];
  for (const value of numbers) constant.set(value, locals.several(1, v128)[0] ?? 0);
  const held = (value: number): Code => op.get(constant.get(value) ?? 0);
  const place: Code = [op.get(row), op.get(column), op.i32Add];
  const polynomial = (name: "above" | "below", [head = 0, ...rest]: readonly number[]): Code => [
    lanes.map((lane): Code => [held(head), op.set(lane[name])]),
    rest.map((next) =>
      lanes.map((lane): Code => [
        op.get(lane[name]),
        op.get(lane.square),
        mul,
        held(next),
        add,
        op.set(lane[name]),
      ]),
    ),
  ];
  return {
    constants: numbers.map((value) => [op.f32(value), op.splat, op.set(constant.get(value) ?? 0)]),
    row: [
      [op.i32(4 * outputs), op.set(width)],
      statistics(outputs, locals, { row, column, width, centre, inverse }),
      [op.i32(0), op.set(column)],
      op.repeat(column, 32, width, [
        lanes.map(({ argument, offset, square, x }): Code => [
          [place, op.load4(offset), op.get(centre), sub, op.get(inverse), mul],
          [
            op.get(column),
            op.load4(scale + offset),
            mul,
            op.get(column),
            op.load4(shift + offset),
            add,
            op.set(x),
          ],
          [op.get(x), held(Math.SQRT1_2), mul, held(largest), op.smaller, held(-largest), op.larger],
          [op.set(argument), op.get(argument), op.get(argument), mul, op.set(square)],
        ]),
        polynomial("above", numerator),
        polynomial("below", denominator),
        lanes.map(({ above, argument, below, offset, x }): Code => [
          [place, op.get(x), held(32768 / threshold), mul],
          [op.get(argument), op.get(above), mul, op.get(below), div, held(1), add, mul, op.store4(offset)],
        ]),
      ]),
    ],
  };
}

interface RowLocals {
  readonly row: number;
  readonly column: number;
  readonly width: number;
  readonly centre: number;
  readonly inverse: number;
}

/** Mean and inverse standard deviation of a row, in all four lanes. */
function statistics(
  outputs: number,
  locals: Locals,
  { centre, column, inverse, row, width }: RowLocals,
): Code {
  const sums = locals.several(2, v128);
  const squares = locals.several(2, v128);
  const [x] = locals.several(1, v128) as [number];
  const [mean, spread] = locals.several(2, f32) as [number, number];
  const { add: plus, div: over, mul: times, sqrt, sub: minus } = float.scalar;
  const average = ([a = 0, b = 0]: readonly number[]): Code => [
    [op.get(a), op.get(b), add, op.set(x)],
    [
      op.get(x),
      op.lane(0),
      op.get(x),
      op.lane(1),
      plus,
      op.get(x),
      op.lane(2),
      op.get(x),
      op.lane(3),
      plus,
      plus,
    ],
    [op.f32(1 / outputs), times],
  ];
  return [
    [...sums, ...squares].map((sum): Code => [op.f32(0), op.splat, op.set(sum)]),
    [op.i32(0), op.set(column)],
    op.repeat(
      column,
      32,
      width,
      [0, 1].map((k): Code => [
        [op.get(row), op.get(column), op.i32Add, op.load4(16 * k), op.set(x)],
        [op.get(sums[k] ?? 0), op.get(x), add, op.set(sums[k] ?? 0)],
        [op.get(squares[k] ?? 0), op.get(x), op.get(x), mul, add, op.set(squares[k] ?? 0)],
      ]),
    ),
    [average(sums), op.set(mean), op.get(mean), op.splat, op.set(centre)],
    [average(squares), op.get(mean), op.get(mean), times, minus, op.f32(epsilon), plus, sqrt, op.set(spread)],
    [op.f32(1), op.get(spread), over, op.splat, op.set(inverse)],
  ];
}

/** 0 in every row of the listed units. */
function silence({ outputs, rows, silenced }: DroppedLayerPlan, locals: Locals, end: number): Code {
  const [counter, place] = locals.several(2, i32) as [number, number];
  return [
    [op.i32(silenced), op.set(counter)],
    op.repeat(counter, 4, end, [
      [op.get(counter), op.loadI32(0), op.set(place)],
      Array.from({ length: rows }, (_, row): Code => [op.get(place), op.f32(0), op.store(4 * outputs * row)]),
    ]),
  ];
}
