/**
 * @file Value defects of one bar as bits of `rejectReason`: fail-closed, so that a missing value never passes a test.
 */
import { rejectReason } from "./reasons.ts";

/** Limits that the instrument sets. */
export interface ValueLimits {
  /** Exclusive bounds of believable prices. */
  readonly low: number;
  readonly high: number;
  readonly volumeMax: number;
  /** True where prices of zero and below occur (crude oil in April 2020). */
  readonly allowNegative: boolean;
}

/** Bits of the defects of one bar; 0 when it is sound. NaN and infinities set their own bits and `OHLC`. */
export function valueDefects(
  o: number,
  h: number,
  l: number,
  c: number,
  v: number,
  limits: ValueLimits,
): number {
  let bits = 0;
  if (!(h >= o && h >= c && l <= o && l <= c && h >= l)) bits |= rejectReason.OHLC;
  if (
    !(
      o > limits.low &&
      l > limits.low &&
      c > limits.low &&
      h < limits.high &&
      o < limits.high &&
      c < limits.high
    )
  ) {
    bits |= rangeBits(o, h, l, c, limits);
  }
  if (!(v >= 0 && v <= limits.volumeMax)) bits |= volumeBits(v);
  if (o - o + (h - h) + (l - l) + (c - c) !== 0)
    bits |= missingBits(o) | missingBits(h) | missingBits(l) | missingBits(c);
  return bits;
}

function missingBits(value: number): number {
  if (Number.isFinite(value)) return 0;
  return Number.isNaN(value) ? rejectReason.NAN : rejectReason.INF;
}

/** Non-positive prices, and finite prices outside the bounds (an infinity is `INF`, not a range). */
function rangeBits(o: number, h: number, l: number, c: number, limits: ValueLimits): number {
  let bits = 0;
  if (!limits.allowNegative && (o <= 0 || h <= 0 || l <= 0 || c <= 0)) bits |= rejectReason.NONPOS;
  if (isOutside(o, limits) || isOutside(h, limits) || isOutside(l, limits) || isOutside(c, limits)) {
    bits |= rejectReason.OUT_OF_RANGE;
  }
  return bits;
}

function isOutside(price: number, limits: ValueLimits): boolean {
  return Number.isFinite(price) && (price <= limits.low || price >= limits.high);
}

function volumeBits(v: number): number {
  if (Number.isNaN(v)) return rejectReason.NAN;
  const negative = v < 0 ? rejectReason.NEG_VOL : 0;
  if (!Number.isFinite(v)) return rejectReason.INF | negative;
  return negative === 0 ? rejectReason.OUT_OF_RANGE : negative;
}
