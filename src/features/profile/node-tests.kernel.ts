/**
 * @file How price has treated a level: the tests inside a window of bars. O(bars).
 * A test is a bar whose range crosses the level while the next close is back on the side that the previous close was
 * on; it counts once that next bar has closed, so the newest bar of the window cannot be a test yet.
 */
import type { Ring } from "../basic/ring.kernel.ts";

/** Prices closer than this share of the ATR to the level are on it. */
const levelTolerance = 1e-9;

/** Tests of one level. */
export interface LevelTests {
  count: number;
  /** Sum over tests of min(1, |next close - level| / ATR). */
  rejection: number;
  /** Bars since the last test, counted from its own bar; Infinity when there was none. */
  barsSince: number;
}

/** Counts the tests of `level` in full or partly filled windows of equal `count`, into `out`. */
export function countTests(
  highs: Ring,
  lows: Ring,
  closes: Ring,
  level: number,
  atr: number,
  out: LevelTests,
): void {
  out.count = 0;
  out.rejection = 0;
  out.barsSince = Infinity;
  const tolerance = levelTolerance * atr;
  for (let age = closes.count - 2; age >= 1; age -= 1) {
    if (!(lows.at(age) < level - tolerance && highs.at(age) > level + tolerance)) continue;
    const before = closes.at(age + 1) - level;
    const next = closes.at(age - 1) - level;
    if (Math.abs(before) <= tolerance || Math.abs(next) <= tolerance || before > 0 !== next > 0) continue;
    out.count += 1;
    out.rejection += Math.min(1, Math.abs(next) / atr);
    out.barsSince = age;
  }
}
