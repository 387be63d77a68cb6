/**
 * @file How little one test part says: beside the net result that catches the eye, the mean per session with its interval,
 * of one seed on one fold. A claim needs folds and seeds (docs/results/main-nq.md).
 */
import { bootstrapIntervals } from "../../../evaluation/bootstrap/intervals.ts";
import { mean } from "../../../evaluation/returns/sums.kernel.ts";
import type { BarSeries } from "../../../market/bars.ts";
import type { BarRange } from "../../../pipeline/training/folds.ts";
import { pnlBySession, sharpeOf, sumOf } from "../../../pipeline/training/performance.ts";
import { keyFromSeed } from "../../../runtime/random/key.ts";
import { bundleOf, type Displayable, withBundle } from "../helpers/displayable.ts";
import { table } from "../helpers/table.ts";

const sessionsPerYear = 252;
const repetitions = 2000;

export interface OneFold {
  /** Net of the part, USD. */
  readonly netUsd: number;
  /** Says that one seed and one fold prove nothing; a table and two sentences. */
  readonly verdict: Displayable;
}

/**
 * @param pnlUsd after costs, one item per bar of `test`
 * @param bars of which `test` is a part
 */
export function oneFold(pnlUsd: Float64Array, bars: BarSeries, test: BarRange): OneFold {
  const days = pnlBySession(pnlUsd, bars.session.subarray(test.from, test.to));
  const found = bootstrapIntervals(
    days,
    { mean, sharpe: (each) => sharpeOf(each, sessionsPerYear) },
    { key: keyFromSeed(1), repetitions, blockLength: 1 },
  );
  const row = (measure: string, { estimate, percentile }: typeof found.mean) => ({
    measure,
    estimate,
    low95: percentile.low,
    high95: percentile.high,
  });
  const netUsd = sumOf(pnlUsd);
  const rows = table([row("mean per session, USD", found.mean), row("Sharpe, a year", found.sharpe)], {
    title: `One seed, one test part, ${bars.dataSource} bars: ${Math.round(netUsd).toLocaleString("en-US")} USD in ${days.length} sessions`,
  });
  const { low, high } = found.mean.percentile;
  const chance = low > 0 || high < 0 ? "lies on one side of 0, and is one draw of many" : "contains 0";
  const words =
    `Not a finding: the interval of the mean ${chance}; five folds and five seeds are asked for, and walk-forward over them ` +
    "(docs/results/main-nq.md) has not shown an edge. The Sharpe target of 1.5 is " +
    (bars.dataSource === "real" ? "not demonstrated." : `not eligible: ${bars.dataSource} bars.`);
  const { "text/plain": plain = "", "text/html": html = "" } = bundleOf(rows);
  return {
    netUsd,
    verdict: withBundle(() => ({
      "text/plain": `${typeof plain === "string" ? plain : ""}\n${words}`,
      "text/html": `${typeof html === "string" ? html : ""}<p>${words}</p>`,
    })),
  };
}
