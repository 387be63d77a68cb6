/**
 * @file What the whole file says before any row is converted: date order, bar size, direction, clock.
 *
 * Date order by evidence over every row: a first component above 12 is a day, a second one above 12 is a day; both in
 * one file contradict; neither anywhere leaves monotonicity, the reading under which time never runs backward.
 */
import { marketError } from "../issues.ts";
import type { DateOrder } from "./presets.ts";
import type { RowBlock } from "./rows.kernel.ts";
import { packedFirst, packedSecond, stampForm, unpackStamp } from "./stamp.kernel.ts";
import { WallClock } from "./wall-clock.ts";

/** How the date order was found. */
export interface DateOrderFinding {
  readonly order: DateOrder;
  readonly source: "given" | "a component above 12" | "monotonicity" | "not needed";
  /** Rows that speak for day-first and for month-first. */
  readonly dayFirstRows: number;
  readonly monthFirstRows: number;
}

/** Counts over the stamps of a file, read under one date order. */
export class StampSurvey {
  /** Order under which packed stamps are read here. */
  readonly reading: DateOrder;
  /** Bars by their wall clock, and by UTC where stamps carry their offset. */
  readonly wallClock: WallClock = new WallClock();
  readonly utcClock: WallClock = new WallClock();
  rows = 0;
  readable = 0;
  packed = 0;
  wall = 0;
  instants = 0;
  forward = 0;
  backward = 0;
  /** Rows whose first, whose second component exceeds 12, and the line of the first such row. */
  firstOver12 = 0;
  secondOver12 = 0;
  firstOver12Line = 0;
  secondOver12Line = 0;
  /** Backward steps under each order, counted while neither component has exceeded 12. */
  private dayFirstBack = 0;
  private monthFirstBack = 0;
  private lastDayFirst = -Infinity;
  private lastMonthFirst = -Infinity;
  private last = Number.NaN;
  private lastDelta = 0;
  private deltaRun = 0;
  private readonly deltas = new Map<number, number>();

  constructor(reading: DateOrder) {
    this.reading = reading;
  }

  /** Notes the rows of a block. */
  add(block: RowBlock): void {
    this.rows += block.rows;
    for (let i = 0; i < block.rows; i++) this.addStamp(block, i);
  }

  private addStamp(block: RowBlock, i: number): void {
    const form = block.form[i] ?? stampForm.fault;
    let stamp = block.stamp[i] ?? Number.NaN;
    if (form === stampForm.fault || Number.isNaN(stamp)) return;
    if (form === stampForm.packed) {
      this.packed += 1;
      this.addPacked(stamp, block.line[i] ?? 0);
      stamp = unpackStamp(stamp, this.reading === "day-first");
    } else if (form === stampForm.wall) this.wall += 1;
    else this.instants += 1;
    this.readable += 1;
    const clock = form === stampForm.instant ? this.utcClock : this.wallClock;
    // Rows without a trade say nothing about trading hours.
    if (block.status[i] === 0) clock.add(stamp, block.v[i] ?? 0);
    this.addDelta(stamp - this.last);
    this.last = stamp;
  }

  private addPacked(packed: number, line: number): void {
    if (packedFirst(packed) > 12) {
      if (this.firstOver12 === 0) this.firstOver12Line = line;
      this.firstOver12 += 1;
    }
    if (packedSecond(packed) > 12) {
      if (this.secondOver12 === 0) this.secondOver12Line = line;
      this.secondOver12 += 1;
    }
    if (this.firstOver12 + this.secondOver12 > 0) return;
    const dayFirst = unpackStamp(packed, true);
    const monthFirst = unpackStamp(packed, false);
    if (dayFirst < this.lastDayFirst) this.dayFirstBack += 1;
    if (monthFirst < this.lastMonthFirst) this.monthFirstBack += 1;
    this.lastDayFirst = dayFirst;
    this.lastMonthFirst = monthFirst;
  }

  private addDelta(delta: number): void {
    if (delta > 0) this.forward += 1;
    else if (delta < 0) this.backward += 1;
    if (delta === this.lastDelta) {
      this.deltaRun += 1;
      return;
    }
    this.flushDelta();
    this.lastDelta = delta;
    this.deltaRun = 1;
  }

  private flushDelta(): void {
    if (this.lastDelta > 0 && (this.deltas.has(this.lastDelta) || this.deltas.size < 10_000)) {
      this.deltas.set(this.lastDelta, (this.deltas.get(this.lastDelta) ?? 0) + this.deltaRun);
    }
    this.deltaRun = 0;
  }

  /** The commonest step between stamps and its share; undefined without two readable rows. */
  interval(): { readonly intervalMs: number; readonly share: number } | undefined {
    this.flushDelta();
    let best = 0;
    let count = 0;
    for (const [delta, seen] of this.deltas) {
      if (seen > count || (seen === count && delta < best)) {
        best = delta;
        count = seen;
      }
    }
    return count === 0 ? undefined : { intervalMs: best, share: count / Math.max(1, this.readable - 1) };
  }

  /**
   * The date order of the file.
   * @param given the order that the caller states; contradicted by a row, it is refused.
   * @throws GrandModelError `MIXED_DATE_ORDER`, `DATE_ORDER_UNKNOWN`.
   */
  dateOrder(file: string, given?: DateOrder): DateOrderFinding {
    const counts = { dayFirstRows: this.firstOver12, monthFirstRows: this.secondOver12 };
    if (this.packed === 0) return { order: given ?? "day-first", source: "not needed", ...counts };
    if (this.firstOver12 > 0 && this.secondOver12 > 0) throw this.mixed(file);
    if (given !== undefined) {
      const wrong = given === "day-first" ? this.secondOver12Line : this.firstOver12Line;
      if (wrong > 0) throw contradicted(file, given, wrong);
      return { order: given, source: "given", ...counts };
    }
    if (this.firstOver12 > 0) return { order: "day-first", source: "a component above 12", ...counts };
    if (this.secondOver12 > 0) return { order: "month-first", source: "a component above 12", ...counts };
    if (this.dayFirstBack === 0 && this.monthFirstBack > 0)
      return { order: "day-first", source: "monotonicity", ...counts };
    if (this.monthFirstBack === 0 && this.dayFirstBack > 0) {
      return { order: "month-first", source: "monotonicity", ...counts };
    }
    throw marketError({
      code: "DATE_ORDER_UNKNOWN",
      file,
      expected: "a date that can be read in one way only",
      hint: "No day above 12 and no order of rows tells day from month: say --date-order day-first or month-first.",
    });
  }

  private mixed(file: string): Error {
    return marketError({
      code: "MIXED_DATE_ORDER",
      file,
      line: Math.max(this.firstOver12Line, this.secondOver12Line),
      expected: `one order of dates: line ${this.firstOver12Line} is day-first, line ${this.secondOver12Line} month-first`,
      hint: "Two files were probably joined: import them apart.",
    });
  }
}

function contradicted(file: string, given: DateOrder, line: number): Error {
  const other = given === "day-first" ? "month-first" : "day-first";
  return marketError({
    code: "MIXED_DATE_ORDER",
    file,
    line,
    value: given,
    expected: `dates that can be ${given}; this row has a month above 12`,
    hint: `The file is ${other}: leave out --date-order, or say --date-order ${other}.`,
  });
}
