/**
 * @file Bars that come too early: a coarser bar shown at an instant must be made of finer bars that have closed by then.
 * A coarse series stamped at its open shows half an hour of future at every bar and passes every other test.
 */
import type { ExecutionBars } from "../execution-bars.ts";
import type { LookaheadFinding } from "./finding.ts";

/** Checks every pair of series of one symbol; at most one finding a pair. */
export function seriesFindings(series: readonly ExecutionBars[]): readonly LookaheadFinding[] {
  const findings: LookaheadFinding[] = [];
  for (const coarse of series) {
    for (const fine of series) {
      const pair =
        coarse.source.symbol === fine.source.symbol && coarse.source.intervalMs > fine.source.intervalMs;
      const finding = pair ? firstEarly(coarse, fine) : undefined;
      if (finding !== undefined) findings.push(finding);
    }
  }
  return findings;
}

function firstEarly(coarse: ExecutionBars, fine: ExecutionBars): LookaheadFinding | undefined {
  let at = 0;
  for (let t = 0; t < coarse.source.length; t += 1) {
    const openMs = coarse.source.t[t] ?? 0;
    const closeMs = openMs + coarse.source.intervalMs;
    while (at < fine.source.length && (fine.source.t[at] ?? 0) < openMs) at += 1;
    let last = -1;
    while (at < fine.source.length && (fine.source.t[at] ?? 0) + fine.source.intervalMs <= closeMs) {
      last = at;
      at += 1;
    }
    if (last < 0 || fine.close[last] === coarse.close[t]) continue;
    return {
      probe: "timing",
      subject: "series",
      bar: last,
      name: `${coarse.source.symbol}[${t}]`,
      withFuture: `close ${coarse.source.c[t]}`,
      withoutFuture: `finer bars had closed at ${fine.source.c[last]}`,
    };
  }
  return undefined;
}
