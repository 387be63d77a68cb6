/**
 * @file Time stamps from bytes: epochs, ISO, compact and slashed dates, each row by its own looks.
 *
 * Padding and seconds may vary from row to row. A date of the form `a/b/yyyy` cannot be read alone: it is kept packed
 * (`packStamp`) until the whole file has said which of a and b is the day. Not attempted: month names, two-digit years.
 */
import { civilDay } from "../calendar/civil.ts";

/** How a stamp is to be understood. */
export const stampForm = {
  /** UTC milliseconds: an epoch, or a wall time with its offset. */
  instant: 0,
  /** Wall-clock milliseconds as if UTC. */
  wall: 1,
  /** `a/b/yyyy` packed; day and month still unknown. */
  packed: 2,
  /** Not a time. */
  fault: 3,
} as const;

/** Packed stamp: `((year * 32 + b) * 32 + a) * dayMs + ms of day`, exact in a float64. */
const dayMs = 86_400_000;
const sameDayCache = { a: -1, b: -1, year: -1, day: 0 };

let form = 0;
let unpadded = 0;

/** Code of `stampForm` for the last stamp parsed. */
export function lastStampForm(): number {
  return form;
}

/** 1 when the last slashed stamp was written short (`2/7/2025 9:30`: no leading zeros or no seconds), else 0. */
export function lastStampUnpadded(): number {
  return unpadded;
}

/** First component of a packed stamp. */
export function packedFirst(packed: number): number {
  return Math.floor(packed / dayMs) % 32;
}

/** Second component of a packed stamp. */
export function packedSecond(packed: number): number {
  return Math.floor(packed / (dayMs * 32)) % 32;
}

/** Wall-clock milliseconds of a packed stamp once the order is known. */
export function unpackStamp(packed: number, dayFirst: boolean): number {
  const date = Math.floor(packed / dayMs);
  const ofDay = packed - date * dayMs;
  const a = date % 32;
  const b = Math.floor(date / 32) % 32;
  const year = Math.floor(date / 1024);
  return wallDay(year, dayFirst ? b : a, dayFirst ? a : b) * dayMs + ofDay;
}

/** Day number with the last answer kept: consecutive bars share their day. */
function wallDay(year: number, month: number, day: number): number {
  if (sameDayCache.a !== day || sameDayCache.b !== month || sameDayCache.year !== year) {
    sameDayCache.a = day;
    sameDayCache.b = month;
    sameDayCache.year = year;
    sameDayCache.day = civilDay(year, month, day);
  }
  return sameDayCache.day;
}

/** Scanner position and the digits of the last run: module state instead of returned objects. */
let cursor = 0;
let runLength = 0;
let secondsRead = 0;

function readDigits(bytes: Uint8Array, to: number): number {
  let value = 0;
  const start = cursor;
  while (cursor < to) {
    const byte = bytes[cursor]!;
    if (byte < 48 || byte > 57) break;
    value = value * 10 + (byte - 48);
    cursor += 1;
  }
  runLength = cursor - start;
  return value;
}

function fail(): number {
  form = stampForm.fault;
  return Number.NaN;
}

/** The stamp in `bytes[from, to)`, in the sense of `lastStampForm()`; NaN for a fault. */
export function parseStamp(bytes: Uint8Array, from: number, to: number): number {
  cursor = from;
  unpadded = 0;
  const first = readDigits(bytes, to);
  const firstRun = runLength;
  if (firstRun === 0) return fail();
  if (cursor === to) return bareNumber(first, firstRun);
  const separator = bytes[cursor]!;
  if (separator === 32 || separator === 84) return compactDate(bytes, to, first, firstRun);
  if (separator === 46 && firstRun >= 9) return epochFraction(bytes, to, first, firstRun);
  if (separator !== 45 && separator !== 47 && separator !== 46) return fail();
  cursor += 1;
  const second = readDigits(bytes, to);
  const secondRun = runLength;
  if (secondRun === 0 || cursor === to || bytes[cursor] !== separator) return fail();
  cursor += 1;
  const third = readDigits(bytes, to);
  if (firstRun === 4) {
    if (second < 1 || second > 12 || third < 1 || third > daysIn(first, second)) return fail();
    return withClock(bytes, to, wallDay(first, second, third) * dayMs, stampForm.wall);
  }
  if (runLength !== 4 || first < 1 || first > 31 || second < 1 || second > 31) return fail();
  const packed = withClock(bytes, to, ((third * 32 + second) * 32 + first) * dayMs, stampForm.packed);
  unpadded = firstRun === 1 || secondRun === 1 || secondsRead === 0 ? 1 : 0;
  return packed;
}

/** Days of a month. */
export function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** All digits: an epoch by magnitude, or `yyyymmdd[HHmm[ss]]`. */
function bareNumber(value: number, run: number): number {
  if (run === 8) return compactDay(value, 0);
  if ((run === 12 || run === 14) && value >= 19e10 && value < (run === 12 ? 21e10 : 21e12)) {
    const clock = run === 12 ? (value % 10_000) * 100 : value % 1_000_000;
    return compactDay(Math.floor(value / (run === 12 ? 10_000 : 1_000_000)), compactClock(clock));
  }
  if (run < 9 || run > 19) return fail();
  form = stampForm.instant;
  if (run <= 10) return value * 1000;
  if (run <= 13) return value;
  return run <= 16 ? Math.floor(value / 1000) : Math.floor(value / 1e6);
}

/** Epoch seconds or milliseconds with a fraction, which is cut. */
function epochFraction(bytes: Uint8Array, to: number, value: number, run: number): number {
  cursor += 1;
  const start = cursor;
  const fraction = readDigits(bytes, to);
  if (cursor !== to) return fail();
  const whole = bareNumber(value, run);
  if (run > 10) return whole;
  let scale = 1;
  for (let i = start; i < cursor && i < start + 15; i++) scale *= 10;
  return whole + Math.floor((fraction / scale) * 1000 + 1e-6);
}

function compactDay(value: number, clockMs: number): number {
  const month = Math.floor(value / 100) % 100;
  const day = value % 100;
  const year = Math.floor(value / 10_000);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || Number.isNaN(clockMs)) return fail();
  form = stampForm.wall;
  return wallDay(year, month, day) * dayMs + clockMs;
}

function compactClock(value: number): number {
  const hour = Math.floor(value / 10_000);
  const minute = Math.floor(value / 100) % 100;
  const second = value % 100;
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return (hour * 3600 + minute * 60 + second) * 1000;
}

/** `yyyymmdd HHmm[ss[mmm]]` or `yyyymmdd HH:mm...`. */
function compactDate(bytes: Uint8Array, to: number, date: number, run: number): number {
  if (run !== 8) return fail();
  const day = compactDay(date, 0);
  if (form === stampForm.fault) return fail();
  const clockStart = cursor + 1;
  cursor = clockStart;
  const clock = readDigits(bytes, to);
  if (cursor === to && (runLength === 4 || runLength === 6 || runLength === 9)) {
    const seconds = runLength === 4 ? clock * 100 : runLength === 6 ? clock : Math.floor(clock / 1000);
    const ms = compactClock(seconds);
    if (Number.isNaN(ms)) return fail();
    form = stampForm.wall;
    return day + ms + (runLength === 9 ? clock % 1000 : 0);
  }
  cursor = clockStart - 1;
  return withClock(bytes, to, day, stampForm.wall);
}

/** The rest of a stamp after its date: `[T ]HH:mm[:ss[.fff]][ AM|PM][offset]`, or nothing. */
function withClock(bytes: Uint8Array, to: number, dateMs: number, dateForm: number): number {
  form = dateForm;
  if (cursor === to) return dateMs;
  const between = bytes[cursor]!;
  if (between !== 32 && between !== 84 && between !== 116) return fail();
  cursor += 1;
  while (cursor < to && bytes[cursor] === 32) cursor += 1;
  const ofDay = readClock(bytes, to);
  if (Number.isNaN(ofDay)) return fail();
  if (cursor === to) return dateMs + ofDay;
  const offset = readOffset(bytes, to);
  if (Number.isNaN(offset)) return fail();
  if (dateForm === stampForm.packed) return fail();
  form = stampForm.instant;
  return dateMs + ofDay - offset;
}

/** Milliseconds of the day at the cursor: `H:mm[:ss[.fff]][ AM|PM]`; NaN for a fault. */
function readClock(bytes: Uint8Array, to: number): number {
  let hour = readDigits(bytes, to);
  if (runLength === 0 || runLength > 2 || hour > 23 || cursor === to || bytes[cursor] !== 58)
    return Number.NaN;
  cursor += 1;
  const minute = readDigits(bytes, to);
  if (runLength !== 2 || minute > 59) return Number.NaN;
  let ms = 0;
  secondsRead = 0;
  if (cursor < to && bytes[cursor] === 58) {
    cursor += 1;
    secondsRead = 1;
    const second = readDigits(bytes, to);
    if (runLength !== 2 || second > 59) return Number.NaN;
    ms = second * 1000;
    if (cursor < to && (bytes[cursor] === 46 || bytes[cursor] === 44)) {
      cursor += 1;
      let unit = 100;
      for (; cursor < to && bytes[cursor]! >= 48 && bytes[cursor]! <= 57; cursor++) {
        ms += (bytes[cursor]! - 48) * unit;
        unit = Math.floor(unit / 10);
      }
    }
  }
  hour = readHalfDay(bytes, to, hour);
  return Number.isNaN(hour) ? hour : (hour * 60 + minute) * 60_000 + ms;
}

/** Hour after an optional ` AM` or ` PM` at the cursor. */
function readHalfDay(bytes: Uint8Array, to: number, hour: number): number {
  let at = cursor;
  while (at < to && bytes[at] === 32) at += 1;
  if (at + 2 > to || (bytes[at + 1]! | 32) !== 109) return hour;
  const letter = bytes[at]! | 32;
  if (letter !== 97 && letter !== 112) return hour;
  if (hour < 1 || hour > 12) return Number.NaN;
  cursor = at + 2;
  return (hour % 12) + (letter === 112 ? 12 : 0);
}

/** Milliseconds of an offset `Z`, `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`, also after a space or before ` UTC`. */
function readOffset(bytes: Uint8Array, to: number): number {
  while (cursor < to && bytes[cursor] === 32) cursor += 1;
  const sign = bytes[cursor]!;
  if ((sign | 32) === 122) return cursor + 1 === to ? 0 : Number.NaN;
  if ((sign | 32) === 117) return to - cursor === 3 ? 0 : Number.NaN;
  if (sign !== 43 && sign !== 45) return Number.NaN;
  cursor += 1;
  let minutes = readDigits(bytes, to);
  if (runLength === 4) minutes = Math.floor(minutes / 100) * 60 + (minutes % 100);
  else if (runLength === 2) {
    minutes *= 60;
    if (cursor < to && bytes[cursor] === 58) {
      cursor += 1;
      minutes += readDigits(bytes, to);
    }
  } else return Number.NaN;
  if (cursor !== to || minutes > 15 * 60) return Number.NaN;
  return (sign === 45 ? -minutes : minutes) * 60_000;
}

/** Milliseconds of the day in `bytes[from, to)`: `H:mm[:ss[.fff]]` or `HHmm[ss]`; NaN for a fault. */
export function parseClock(bytes: Uint8Array, from: number, to: number): number {
  cursor = from;
  const digits = readDigits(bytes, to);
  if (cursor === to && (runLength === 4 || runLength === 6))
    return compactClock(runLength === 4 ? digits * 100 : digits);
  cursor = from;
  const ofDay = readClock(bytes, to);
  return cursor === to ? ofDay : Number.NaN;
}
