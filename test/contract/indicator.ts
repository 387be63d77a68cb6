/**
 * @file The contract of every indicator as a function: run it over an implementation and it returns what is broken.
 *
 * Promises: streaming equals batch; a restart from saved state changes nothing; rows do not change when the future is
 * cut off or replaced; feeding a bar twice changes nothing and an older bar is refused; warm-up and lookback are as
 * declared; a bar with a non-finite number gives invalid zeros and leaves no trace; a new segment starts afresh; a roll
 * rescales all prices in the state. Equality is bit for bit, but for rolls.
 */
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { type FeatureTable, computeWith } from "../../src/features/indicator/batch.ts";
import { Indicator } from "../../src/features/indicator/indicator.ts";
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { copyBars, withOtherFuture, withoutBar } from "../features/synthetic-bars.ts";

/** A promise that an indicator may break. */
export type Promised =
  | "streaming equals batch"
  | "restart changes nothing"
  | "prefix invariance"
  | "future perturbation"
  | "repeated bars change nothing"
  | "older bars are refused"
  | "warm-up as declared"
  | "lookback as declared"
  | "non-finite bars leave no trace"
  | "invalid outputs are zero"
  | "segments start afresh"
  | "rolls rescale the state";

/** A broken promise and the first place where it shows. */
export interface Violation {
  readonly promise: Promised;
  readonly detail: string;
}

/** Makes a fresh indicator; honest ones ignore the series that they are going to see. */
export type MakeIndicator = (bars: BarSeries) => Indicator;

/** The violations of an indicator on `bars` (one segment, no rolls, longer than its warm-up). */
export function indicatorViolations(make: MakeIndicator, bars: BarSeries): readonly Violation[] {
  const whole = tableOf(make, bars);
  const cuts = [0.31, 0.55, 0.83].map((share) => Math.floor(share * bars.length));
  return [
    ...compare("streaming equals batch", whole, streamed(make, bars)),
    ...cuts.flatMap((cut) => [
      ...compare("restart changes nothing", whole, restarted(make, bars, cut)),
      ...compare("prefix invariance", whole, tableOf(make, sliceBars(bars, 0, cut))),
      ...compare("future perturbation", whole, tableOf(make, withOtherFuture(bars, cut)), cut),
    ]),
    ...compare("repeated bars change nothing", whole, streamed(make, bars, 2)),
    ...refusesOlderBars(make, bars),
    ...warmUpIsRight(make, bars, whole),
    ...lookbackIsRight(make, bars, whole),
    ...nonFiniteBars(make, bars),
    ...invalidZeros(whole),
    ...segmentsStartAfresh(make, bars),
    ...rollsRescale(make, bars),
  ];
}

function tableOf(make: MakeIndicator, bars: BarSeries): FeatureTable {
  return computeWith(make(bars), bars);
}

/** The outputs as an application sees them, bar by bar; each bar fed `times` times. */
function streamed(make: MakeIndicator, bars: BarSeries, times = 1): FeatureTable {
  const indicator = make(bars);
  const width = indicator.columns.length;
  const values = new Float64Array(width * bars.length);
  const valid = new Uint8Array(width * bars.length);
  const bar = new Bar();
  for (let i = 0; i < bars.length; i += 1) {
    for (let n = 0; n < times; n += 1) indicator.update(readBar(bars, i, bar));
    values.set(indicator.values, i * width);
    valid.set(indicator.valid, i * width);
  }
  return { name: indicator.name, columns: indicator.columns, rows: bars.length, values, valid };
}

/** The rows before `cut` from one indicator, the rest from another that takes over its saved state. */
function restarted(make: MakeIndicator, bars: BarSeries, cut: number): FeatureTable {
  const first = make(bars);
  const head = computeWith(first, sliceBars(bars, 0, cut));
  const second = make(bars);
  second.restore(first.save());
  const tail = computeWith(second, sliceBars(bars, cut));
  const join = <A extends Float64Array | Uint8Array>(out: A, a: A, b: A): A => {
    out.set(a);
    out.set(b, a.length);
    return out;
  };
  const size = head.values.length + tail.values.length;
  return {
    ...head,
    rows: bars.length,
    values: join(new Float64Array(size), head.values, tail.values),
    valid: join(new Uint8Array(size), head.valid, tail.valid),
  };
}

/** The first of the rows that both tables have (at most `rows`) where they differ in a bit. */
function compare(promise: Promised, a: FeatureTable, b: FeatureTable, rows = Infinity): readonly Violation[] {
  const width = a.columns.length;
  const cells = Math.min(a.rows, b.rows, rows) * width;
  for (let i = 0; i < cells; i += 1) {
    if (Object.is(a.values[i], b.values[i]) && a.valid[i] === b.valid[i]) continue;
    const place = `${a.columns[i % width]} at bar ${Math.floor(i / width)}`;
    return [
      { promise, detail: `${place}: ${a.values[i]} (${a.valid[i]}) against ${b.values[i]} (${b.valid[i]})` },
    ];
  }
  return [];
}

function refusesOlderBars(make: MakeIndicator, bars: BarSeries): readonly Violation[] {
  const indicator = make(bars);
  computeWith(indicator, sliceBars(bars, 0, 3));
  try {
    indicator.update(readBar(bars, 1, new Bar()));
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("BAR_OUT_OF_ORDER")) return [];
  }
  return [{ promise: "older bars are refused", detail: "bar 1 after bar 2 was accepted" }];
}

function warmUpIsRight(make: MakeIndicator, bars: BarSeries, whole: FeatureTable): readonly Violation[] {
  const { warmUp, eventual = [] } = make(bars).calculation;
  const steady = whole.columns.map((_, c) => c).filter((c) => !eventual.includes(whole.columns[c]!));
  if (steady.length === 0) return [];
  const validAfter = (count: number): boolean =>
    steady.every((c) => whole.valid[(count - 1) * whole.columns.length + c] === 1);
  const late = !validAfter(warmUp);
  const early = warmUp > 1 && validAfter(warmUp - 1);
  if (!late && !early) return [];
  return [{ promise: "warm-up as declared", detail: `${warmUp} bars is ${late ? "too few" : "too many"}` }];
}

function lookbackIsRight(make: MakeIndicator, bars: BarSeries, whole: FeatureTable): readonly Violation[] {
  const { lookback } = make(bars).calculation;
  const width = whole.columns.length;
  if (!Number.isFinite(lookback)) return [];
  for (let end = lookback; end <= bars.length; end += 7) {
    const short = tableOf(make, sliceBars(bars, end - lookback, end));
    for (let c = 0; c < width; c += 1) {
      const a = whole.values[(end - 1) * width + c];
      const b = short.values[(lookback - 1) * width + c];
      if (!Object.is(a, b)) {
        return [
          { promise: "lookback as declared", detail: `${whole.columns[c]} at bar ${end - 1}: ${a}, ${b}` },
        ];
      }
    }
  }
  return [];
}

function nonFiniteBars(make: MakeIndicator, bars: BarSeries): readonly Violation[] {
  const promise = "non-finite bars leave no trace";
  const at = Math.floor(bars.length / 2);
  const broken = copyBars(bars);
  broken.h[at] = Number.NaN;
  const table = tableOf(make, broken);
  const width = table.columns.length;
  const row = [
    ...table.values.slice(at * width, (at + 1) * width),
    ...table.valid.slice(at * width, (at + 1) * width),
  ];
  if (row.some((x) => x !== 0))
    return [{ promise, detail: `row ${at} is not invalid zeros: ${row.join(" ")}` }];
  const rest = (t: FeatureTable, from: number): FeatureTable => ({
    ...t,
    rows: t.rows - from,
    values: t.values.slice(from * width),
    valid: t.valid.slice(from * width),
  });
  return compare(promise, rest(table, at + 1), rest(tableOf(make, withoutBar(bars, at)), at));
}

function invalidZeros(table: FeatureTable): readonly Violation[] {
  const bad = table.values.findIndex((x, i) => !Number.isFinite(x) || (table.valid[i] === 0 && x !== 0));
  if (bad < 0) return [];
  return [
    {
      promise: "invalid outputs are zero",
      detail: `${table.columns[bad % table.columns.length]}: ${table.values[bad]}`,
    },
  ];
}

function segmentsStartAfresh(make: MakeIndicator, bars: BarSeries): readonly Violation[] {
  const at = Math.floor(bars.length / 3);
  const broken = copyBars(bars);
  broken.segment.fill(2, at);
  const both = tableOf(make, broken);
  const width = both.columns.length;
  const second = {
    ...both,
    rows: bars.length - at,
    values: both.values.slice(at * width),
    valid: both.valid.slice(at * width),
  };
  return compare("segments start afresh", second, tableOf(make, sliceBars(broken, at)));
}

/**
 * Doubles all prices from a bar on and declares the roll: each column must stay, or double with the prices. A factor of
 * two is exact in binary, so the tolerance is for effects of the (tiny) tick only.
 */
function rollsRescale(make: MakeIndicator, flatBars: BarSeries): readonly Violation[] {
  const bars = withoutFlatBars(flatBars);
  const whole = tableOf(make, bars);
  const at = Math.floor(0.6 * bars.length);
  const rolled = copyBars(bars);
  for (let i = at; i < bars.length; i += 1) {
    for (const column of [rolled.o, rolled.h, rolled.l, rolled.c]) column[i] = 2 * column[i]!;
    rolled.rollFactor[i] = 2;
  }
  const table = tableOf(make, rolled);
  const width = whole.columns.length;
  return whole.columns.flatMap((column, c): readonly Violation[] => {
    const worst = [1, 2].map((factor) => {
      let largest = 0;
      for (let i = at * width + c; i < whole.values.length; i += width) {
        const expected = factor * whole.values[i]!;
        largest = Math.max(largest, Math.abs(table.values[i]! - expected) / Math.max(1, Math.abs(expected)));
      }
      return largest;
    });
    const error = Math.min(...worst);
    return error <= 1e-6
      ? []
      : [{ promise: "rolls rescale the state", detail: `${column} is off by ${error}` }];
  });
}

/** A flat bar's range counts as one tick, which does not double: every bar gets a range. */
function withoutFlatBars(bars: BarSeries): BarSeries {
  const ranged = copyBars(bars);
  for (let i = 0; i < bars.length; i += 1) if (bars.h[i] === bars.l[i]) ranged.h[i] = bars.h[i]! + 0.25;
  return ranged;
}
