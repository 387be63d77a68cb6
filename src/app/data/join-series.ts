/** @file Two series of one contract, one after the other, with a break between them that no indicator and no trade crosses. */
import { allocateBars, type BarSeries } from "../../market/bars.ts";

const columns = ["t", "o", "h", "l", "c", "v", "flags", "session"] as const;

/** @param later bars of the same size and symbol that open after the end of `earlier` */
export function joinSeries(earlier: BarSeries, later: BarSeries): BarSeries {
  const n = earlier.length;
  const out = allocateBars(earlier, n + later.length);
  for (const name of columns) {
    out[name].set(earlier[name]);
    out[name].set(later[name], n);
  }
  out.segment.set(earlier.segment);
  out.rollFactor.set(earlier.rollFactor);
  // Later segments are numbered on; later factors are seen from the last bar of the earlier series.
  const segment = (earlier.segment[n - 1] ?? -1) + 1 - (later.segment[0] ?? 0);
  const factor = (earlier.rollFactor[n - 1] ?? 1) / (later.rollFactor[0] ?? 1);
  for (let i = 0; i < later.length; i += 1) {
    out.segment[n + i] = (later.segment[i] ?? 0) + segment;
    out.rollFactor[n + i] = (later.rollFactor[i] ?? 1) * factor;
  }
  return out;
}
