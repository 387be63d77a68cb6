/**
 * @file Decimal numbers from bytes, equal to `Number(text)` bit for bit.
 *
 * Fast path: at most 15 digits and no exponent, so that mantissa and power of ten are exact and one division rounds
 * correctly (Clinger 1990). Everything else goes through `Number`. NaN policy: empty, `nan`, `null`, `NA` are missing;
 * `inf` in any usual spelling is an infinity; other text is a fault. O(length), no allocation on the fast path.
 */

/** What the last `parseNumber` met. */
export const numberFault = { none: 0, missing: 1, infinite: 2, text: 3 } as const;

const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const zero = 48;
const nine = 57;
const point = 46;

/** State of the last call; a module variable because a returned pair would allocate. */
let fault = 0;

/** Code of `numberFault` for the last number parsed. */
export function lastNumberFault(): number {
  return fault;
}

/** The number in `bytes[from, to)`; NaN when missing or not a number. */
export function parseNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let negative = false;
  const first = at < to ? bytes[at]! : 0;
  if (first === 45 || first === 43) {
    negative = first === 45;
    at += 1;
  }
  let mantissa = 0;
  let digits = 0;
  let fraction = -1;
  for (; at < to; at++) {
    const byte = bytes[at]!;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits += 1;
      if (fraction >= 0) fraction += 1;
    } else if (byte === point && fraction < 0) {
      fraction = 0;
    } else {
      return slowNumber(bytes, from, to);
    }
  }
  if (digits === 0 || digits > 15) return slowNumber(bytes, from, to);
  fault = 0;
  const value = fraction > 0 ? mantissa / powersOfTen[fraction]! : mantissa;
  return negative ? -value : value;
}

/** Position after the last number that `scanNumber` read; -1 when it left the field to the slow path. */
let scanEnd = 0;

/** End of the field of the last `scanNumber`, or -1. */
export function lastScanEnd(): number {
  return scanEnd;
}

/**
 * The plain decimal number that starts at `from` and ends at `separator` or `to`, read in one pass; anything else (spaces,
 * quotes, exponents, words, over 15 digits) is left alone: `lastScanEnd()` is -1 then.
 */
export function scanNumber(bytes: Uint8Array, from: number, to: number, separator: number): number {
  let at = from;
  let mantissa = 0;
  let start = from;
  while (at < to) {
    const digit = bytes[at]! - zero;
    if (digit < 0 || digit > 9) break;
    mantissa = mantissa * 10 + digit;
    at += 1;
  }
  let digits = at - start;
  let fraction = 0;
  if (at < to && bytes[at] === point) {
    at += 1;
    start = at;
    while (at < to) {
      const digit = bytes[at]! - zero;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
      at += 1;
    }
    fraction = at - start;
    digits += fraction;
  }
  if (digits === 0 || digits > 15 || (at < to && bytes[at] !== separator)) {
    scanEnd = -1;
    return 0;
  }
  scanEnd = at;
  return fraction > 0 ? mantissa / powersOfTen[fraction]! : mantissa;
}

function slowNumber(bytes: Uint8Array, from: number, to: number): number {
  let text = "";
  for (let i = from; i < to && i - from < 400; i++) text += String.fromCharCode(bytes[i]!);
  text = text.trim();
  if (/^(?:|[+-]?nan|null|none|n\/?a)$/i.test(text)) {
    fault = numberFault.missing;
    return Number.NaN;
  }
  if (/^[+-]?inf(?:inity)?$/i.test(text)) {
    fault = numberFault.infinite;
    return text.startsWith("-") ? -Infinity : Infinity;
  }
  const value = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) fault = numberFault.text;
  else fault = Number.isFinite(value) ? numberFault.none : numberFault.infinite;
  return value;
}
