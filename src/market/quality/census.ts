/**
 * @file Census of defects: how many rows of a file have which fault, before any policy; for reports on files that are refused.
 *
 * Counts rows, not cells. `ohlcViolations` is the naive test (a missing value never fails it), `ohlcFailClosed` the one that
 * loaders use. Stamps are compared as written (dates day-first where the order is open).
 */
import type { RowBlock } from "../import/rows.kernel.ts";
import { stampForm, unpackStamp } from "../import/stamp.kernel.ts";
import { valueDefects, type ValueLimits } from "./defects.kernel.ts";
import { rejectReason } from "./reasons.ts";

/** Rows by defect. */
export interface DefectCensus {
  rows: number;
  nanRows: number;
  infRows: number;
  nonPositiveRows: number;
  negativeVolume: number;
  zeroVolume: number;
  highBelowLow: number;
  ohlcViolations: number;
  ohlcFailClosed: number;
  outOfRangeRows: number;
  /** Rows with any defect of value, plausible range apart; and with it. */
  valueBadRows: number;
  valueOrRangeBadRows: number;
  uniqueStamps: number;
  duplicateStamps: number;
  exactDuplicateRows: number;
  /** Steps back in time from row to row; and with standing still. */
  backwardStrict: number;
  backwardOrEqual: number;
  /** Rows that a filter on the largest stamp so far would reject: one future stamp costs the rest of the file. */
  runningMaxRejectsStrict: number;
  runningMaxRejectsOrEqual: number;
}

const valueBits =
  rejectReason.NAN | rejectReason.INF | rejectReason.NONPOS | rejectReason.NEG_VOL | rejectReason.OHLC;

/** Counts the defects of parsed rows. */
export function censusOf(blocks: readonly RowBlock[], limits: ValueLimits): DefectCensus {
  const census = emptyCensus();
  const stamps = new Set<number>();
  const exact = new Set<string>();
  let last = Number.NaN;
  let largest = -Infinity;
  for (const block of blocks) {
    for (let i = 0; i < block.rows; i++) {
      countValues(census, block, i, limits);
      const t = stampOf(block, i);
      if (Number.isNaN(t)) continue;
      if (stamps.has(t)) census.duplicateStamps += 1;
      else census.uniqueStamps += 1;
      stamps.add(t);
      const key = [t, block.o[i], block.h[i], block.l[i], block.c[i], block.v[i]].join();
      if (exact.has(key)) census.exactDuplicateRows += 1;
      exact.add(key);
      if (t < last) census.backwardStrict += 1;
      if (t <= last) census.backwardOrEqual += 1;
      if (t < largest) census.runningMaxRejectsStrict += 1;
      if (t <= largest) census.runningMaxRejectsOrEqual += 1;
      last = t;
      largest = Math.max(largest, t);
    }
  }
  return census;
}

function countValues(census: DefectCensus, block: RowBlock, i: number, limits: ValueLimits): void {
  const o = block.o[i] ?? Number.NaN;
  const h = block.h[i] ?? Number.NaN;
  const l = block.l[i] ?? Number.NaN;
  const c = block.c[i] ?? Number.NaN;
  const v = block.v[i] ?? Number.NaN;
  const bits = valueDefects(o, h, l, c, v, limits);
  const has = (bit: number): number => ((bits & bit) === 0 ? 0 : 1);
  census.rows += 1;
  census.nanRows += has(rejectReason.NAN);
  census.infRows += has(rejectReason.INF);
  census.nonPositiveRows += has(rejectReason.NONPOS);
  census.negativeVolume += has(rejectReason.NEG_VOL);
  census.zeroVolume += v === 0 ? 1 : 0;
  census.highBelowLow += h < l ? 1 : 0;
  census.ohlcViolations += h < o || h < c || h < l || l > o || l > c ? 1 : 0;
  census.ohlcFailClosed += has(rejectReason.OHLC);
  census.outOfRangeRows += has(rejectReason.OUT_OF_RANGE);
  census.valueBadRows += has(valueBits);
  census.valueOrRangeBadRows += has(valueBits | rejectReason.OUT_OF_RANGE);
}

function stampOf(block: RowBlock, i: number): number {
  const stamp = block.stamp[i] ?? Number.NaN;
  return block.form[i] === stampForm.packed ? unpackStamp(stamp, true) : stamp;
}

function emptyCensus(): DefectCensus {
  return {
    rows: 0,
    nanRows: 0,
    infRows: 0,
    nonPositiveRows: 0,
    negativeVolume: 0,
    zeroVolume: 0,
    highBelowLow: 0,
    ohlcViolations: 0,
    ohlcFailClosed: 0,
    outOfRangeRows: 0,
    valueBadRows: 0,
    valueOrRangeBadRows: 0,
    uniqueStamps: 0,
    duplicateStamps: 0,
    exactDuplicateRows: 0,
    backwardStrict: 0,
    backwardOrEqual: 0,
    runningMaxRejectsStrict: 0,
    runningMaxRejectsOrEqual: 0,
  };
}
