/** @file What differs between a run that has its future and one that has lost it: features value by value, records line by line. */
import type { FeatureColumns } from "../engine/market-view.ts";
import type { LookaheadFinding, LookaheadProbe, LookaheadSubject } from "./finding.ts";
import type { Instant } from "./walk.ts";

/** The first finding of each probe and subject. */
export class FindingList {
  private readonly found = new Map<string, LookaheadFinding>();

  add(finding: LookaheadFinding): void {
    const key = `${finding.probe} ${finding.subject}`;
    if (!this.found.has(key)) this.found.set(key, finding);
  }

  get all(): readonly LookaheadFinding[] {
    return [...this.found.values()];
  }
}

/** Compares the first `length` values of each column; returns how many. NaN equals NaN, 0 does not equal -0. */
export function compareFeatures(
  full: FeatureColumns,
  cut: FeatureColumns,
  length: number,
  differs: (name: string, withFuture: string, withoutFuture: string) => void,
): number {
  let compared = 0;
  for (const [name, column] of Object.entries(full)) {
    const other = cut[name];
    if (other === undefined) {
      differs(name, "present", "absent");
      continue;
    }
    for (let t = 0; t < length; t += 1) {
      compared += 1;
      if (Object.is(column[t], other[t])) continue;
      differs(`${name}[${t}]`, String(column[t]), String(other[t]));
      break;
    }
  }
  return compared;
}

/** Compares two walks instant by instant. @param offset bars before the first of the walks */
export function compareInstants(
  full: readonly Instant[],
  cut: readonly Instant[],
  probe: LookaheadProbe,
  offset: number,
  report: (finding: LookaheadFinding) => void,
): void {
  for (const [i, { bar, lines }] of full.entries()) {
    const others = cut[i]?.lines ?? [];
    for (let k = 0; k < Math.max(lines.length, others.length); k += 1) {
      const a = lines[k] ?? "nothing";
      const b = others[k] ?? "nothing";
      if (a === b) continue;
      const name = a.split(" ")[0] ?? "";
      const subject = subjectOf(a === "nothing" ? b : a);
      report({ probe, subject, bar: bar + offset, name, withFuture: a, withoutFuture: b });
      break;
    }
  }
}

function subjectOf(line: string): LookaheadSubject {
  if (line.startsWith("state ")) return "state";
  return /^(fill|roll|mark) /.test(line) ? "fill" : "decision";
}
