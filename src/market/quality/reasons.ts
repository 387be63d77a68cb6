/**
 * @file Why a row of a file is set aside: reason codes as bits, counted separately because one row may have several.
 */

/** Bit of each reason. Source: operations.md section 8; `OFF_CLOCK` and `SYMBOL` are ours. */
export const rejectReason = {
  /** A value is missing. */
  NAN: 1,
  INF: 2,
  /** A price of zero or less, for instruments whose prices are positive. */
  NONPOS: 4,
  NEG_VOL: 8,
  /** Not (H >= O, H >= C, L <= O, L <= C, H >= L); fails closed on missing values. */
  OHLC: 16,
  /** Stamp seen before. */
  DUP: 32,
  /** Stamp before the last accepted one. */
  OOO: 64,
  /** A leap ahead that the following rows do not confirm. */
  FUTURE: 128,
  /** Outside the instrument's plausible prices, or more volume than an integer holds. */
  OUT_OF_RANGE: 256,
  /** Return beyond the feed's jump filter (off for files: tails are the risk). */
  JUMP: 512,
  OFF_TICK: 1024,
  /** Text that is no number, no time, or a wrong number of fields. */
  PARSE: 2048,
  /** A wall time that does not exist (spring), or a stamp off the bar grid. */
  OFF_CLOCK: 4096,
} as const;

/** Name of a reason. */
export type RejectReason = keyof typeof rejectReason;

/** All names, in the order of their bits. */
export const rejectReasons: readonly RejectReason[] = Object.keys(rejectReason) as RejectReason[];

/** Names of the bits that are set. */
export function reasonNames(bits: number): readonly RejectReason[] {
  return rejectReasons.filter((name) => (bits & rejectReason[name]) !== 0);
}
