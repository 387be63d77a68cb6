/**
 * @file Rows of delimited text into columns: one pass over bytes, no strings, no objects per row.
 *
 * A row never throws: what cannot be read sets bits of `rejectReason` in `status`. Blank lines and comment lines (`#`)
 * are skipped but counted, so that `line` is the line of the file. O(bytes), nothing allocated.
 */
import { rejectReason } from "../quality/reasons.ts";
import { lastNumberFault, lastScanEnd, numberFault, parseNumber, scanNumber } from "./number.kernel.ts";
import { lastStampForm, lastStampUnpadded, parseClock, parseStamp, stampForm } from "./stamp.kernel.ts";

/** What a column holds. */
export const columnRole = {
  ignored: 0,
  stamp: 1,
  /** Time of day beside a date column. */
  clock: 2,
  open: 3,
  high: 4,
  low: 5,
  close: 6,
  volume: 7,
  /** Second volume, used where `volume` is zero. */
  tickVolume: 8,
  /** Milliseconds since midnight of the file's date. */
  sinceMidnight: 9,
  symbol: 10,
} as const;

/** Where to find what in a row. */
export interface RowLayout {
  /** Byte between fields. */
  readonly separator: number;
  /** `columnRole` of each column. */
  readonly roles: Uint8Array;
  /** Wall-clock ms of the file's date, for `sinceMidnight`. */
  readonly midnightMs: number;
  /** Bytes of the symbol that rows must carry; empty when all rows count. */
  readonly symbol: Uint8Array;
  /** What prices are divided by: 1e9 for fixed-point vendors, else 1. */
  readonly priceDivisor: number;
}

/** Columns of parsed rows before they are judged. */
export interface RowBlock {
  readonly capacity: number;
  rows: number;
  readonly line: Uint32Array;
  readonly stamp: Float64Array;
  /** `stampForm` of `stamp`. */
  readonly form: Uint8Array;
  readonly o: Float64Array;
  readonly h: Float64Array;
  readonly l: Float64Array;
  readonly c: Float64Array;
  readonly v: Float64Array;
  /** Bits of `rejectReason` found while parsing. */
  readonly status: Uint16Array;
}

/** Where the parser stands. */
export interface RowCursor {
  position: number;
  /** Line of the file at `position`, from 1. */
  line: number;
  /** Slashed dates written with and without leading zeros. */
  padded: number;
  unpadded: number;
  /** Rows of another symbol, passed over. */
  otherSymbol: number;
}

/** An empty block. */
export function allocateRows(capacity: number): RowBlock {
  return {
    capacity,
    rows: 0,
    line: new Uint32Array(capacity),
    stamp: new Float64Array(capacity),
    form: new Uint8Array(capacity),
    o: new Float64Array(capacity),
    h: new Float64Array(capacity),
    l: new Float64Array(capacity),
    c: new Float64Array(capacity),
    v: new Float64Array(capacity),
    status: new Uint16Array(capacity),
  };
}

/** Parses whole lines of `bytes[cursor.position, end)` until the block is full or the bytes end. */
export function parseRows(
  bytes: Uint8Array,
  end: number,
  layout: RowLayout,
  block: RowBlock,
  cursor: RowCursor,
): void {
  let at = cursor.position;
  while (at < end && block.rows < block.capacity) {
    const stop = endOfLine(bytes, at, end);
    if (stop > at && bytes[at] !== 35) parseRow(bytes, at, stop, layout, block, cursor);
    at = stop + 1;
    if (at < end && bytes[stop] === 13 && bytes[at] === 10) at += 1;
    cursor.line += 1;
  }
  cursor.position = at;
}

/** Position of the next CR or LF, or `end`. */
function endOfLine(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === 10 || byte === 13) return at;
    at += 1;
  }
  return end;
}

/** Edges of the field last cut. */
let fieldFrom = 0;
let fieldTo = 0;

/** Cuts the field at `at`, without surrounding spaces and quotes; returns the position after its separator. */
function cutField(bytes: Uint8Array, at: number, stop: number, separator: number): number {
  let from = at;
  while (from < stop && bytes[from] === 32) from += 1;
  let to: number;
  let next: number;
  if (from < stop && bytes[from] === 34) {
    from += 1;
    to = from;
    while (to < stop && bytes[to] !== 34) to += 1;
    next = to;
    while (next < stop && bytes[next] !== separator) next += 1;
  } else {
    to = from;
    while (to < stop && bytes[to] !== separator) to += 1;
    next = to;
    while (to > from && bytes[to - 1] === 32) to -= 1;
  }
  fieldFrom = from;
  fieldTo = to;
  return next + 1;
}

function parseRow(
  bytes: Uint8Array,
  start: number,
  stop: number,
  layout: RowLayout,
  block: RowBlock,
  cursor: RowCursor,
): void {
  const roles = layout.roles;
  const separator = layout.separator;
  const row = block.rows;
  let status = 0;
  let stamp = Number.NaN;
  let form: number = stampForm.fault;
  let clock = 0;
  let volume = 0;
  let tickVolume = 0;
  let column = 0;
  block.o[row] = block.h[row] = block.l[row] = block.c[row] = Number.NaN;
  for (let at = start; at <= stop && column < roles.length; column++) {
    const role = roles[column]!;
    if (role >= columnRole.open && role <= columnRole.volume) {
      let number = scanNumber(bytes, at, stop, separator);
      const next = lastScanEnd();
      if (next >= 0) at = next + 1;
      else {
        at = cutField(bytes, at, stop, separator);
        number = parseNumber(bytes, fieldFrom, fieldTo);
        status |= faultBits(lastNumberFault());
      }
      if (role === columnRole.volume) volume = number;
      else putPrice(block, row, role, number / layout.priceDivisor);
      continue;
    }
    at = cutField(bytes, at, stop, separator);
    if (role === 0) continue;
    if (role === columnRole.stamp) {
      stamp = parseStamp(bytes, fieldFrom, fieldTo);
      form = lastStampForm();
      if (form === stampForm.packed) {
        if (lastStampUnpadded() === 1) cursor.unpadded += 1;
        else cursor.padded += 1;
      }
      continue;
    }
    if (role === columnRole.clock) {
      clock = parseClock(bytes, fieldFrom, fieldTo);
      continue;
    }
    if (role === columnRole.symbol) {
      if (!sameBytes(bytes, fieldFrom, fieldTo, layout.symbol)) {
        cursor.otherSymbol += 1;
        return;
      }
      continue;
    }
    const value = parseNumber(bytes, fieldFrom, fieldTo);
    status |= faultBits(lastNumberFault());
    if (role === columnRole.tickVolume) tickVolume = value;
    else {
      stamp = layout.midnightMs + value;
      form = stampForm.wall;
    }
  }
  if (column < roles.length || form === stampForm.fault || Number.isNaN(stamp) || Number.isNaN(clock)) {
    status |= rejectReason.PARSE;
  }
  block.stamp[row] = stamp + clock;
  block.form[row] = form;
  block.v[row] = volume === 0 ? tickVolume : volume;
  block.status[row] = status;
  block.line[row] = cursor.line;
  block.rows = row + 1;
}

function putPrice(block: RowBlock, row: number, role: number, price: number): void {
  if (role === columnRole.open) block.o[row] = price;
  else if (role === columnRole.high) block.h[row] = price;
  else if (role === columnRole.low) block.l[row] = price;
  else block.c[row] = price;
}

function faultBits(fault: number): number {
  if (fault === numberFault.none) return 0;
  if (fault === numberFault.missing) return rejectReason.NAN;
  return fault === numberFault.infinite ? rejectReason.INF : rejectReason.PARSE;
}

function sameBytes(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  if (wanted.length === 0) return true;
  if (to - from !== wanted.length) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[from + i] !== wanted[i]!) return false;
  return true;
}
