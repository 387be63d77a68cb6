/**
 * @file The look-ahead guard for policies that decide through the pipeline. At each cut the pipeline runs over the closes
 * before it, once on bars that go on, once on bars that end there and once on each kind of other future; what the policies
 * were shown, what was decided, filled and marked up to the cut must be the same to the bit. Cost: five short runs a cut.
 */
import type { PipelineConfig } from "../../pipeline/run/config.ts";
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { FindingList } from "../../trading/lookahead/compare.ts";
import type { LookaheadFinding, LookaheadSubject } from "../../trading/lookahead/finding.ts";
import { perturbations } from "../../trading/lookahead/perturb.ts";
import {
  cutRange,
  observe,
  type Observed,
  otherFuture,
  placeOf,
  type PolicyBars,
  type RunExtent,
} from "./policy-run.ts";

/** What is checked, and where. */
export interface PolicyCheck {
  readonly bars: PolicyBars;
  /** The pipeline on given bars; everything but the bars must be the same each time. */
  readonly configOf: (bars: PolicyBars) => PipelineConfig;
  /** Names of the numbers that one agent of each stage is shown. */
  readonly names: { readonly strategic: readonly string[]; readonly tactical: readonly string[] };
  readonly extent: RunExtent;
  /** Places where the future is taken away, drawn with the seed; at most one a bar. */
  readonly cuts: number;
  readonly seed: number;
  readonly onCut?: (done: number) => void;
}

/** What was compared and found. */
export interface PolicyReport {
  readonly clean: boolean;
  readonly cuts: number;
  readonly featureValues: number;
  readonly decisions: number;
  readonly fills: number;
  readonly findings: readonly LookaheadFinding[];
}

type Report = (subject: LookaheadSubject, name: string, withFuture: string, withoutFuture: string) => void;

/** Checks the pipeline at random closes; without room for a cut nothing is compared and `cuts` is 0. */
export async function checkPolicyLookahead(check: PolicyCheck): Promise<PolicyReport> {
  const { bars, configOf, extent, names } = check;
  const key = keyFromSeed(check.seed);
  const findings = new FindingList();
  const counts = { cuts: 0, featureValues: 0, decisions: 0, fills: 0 };
  for (const bar of drawCuts(check)) {
    const place = placeOf(bars, bar, extent);
    const reference = await observe(configOf(place.bars), place);
    for (const probe of ["truncation", ...perturbations] as const) {
      const future = otherFuture(place, probe, foldIn(key, bar));
      const other = await observe(configOf(future), place);
      const report: Report = (subject, name, withFuture, withoutFuture) =>
        findings.add({ probe, subject, bar, name, withFuture, withoutFuture });
      counts.featureValues += compareShown(reference, other, names, report);
      compareLines("decision", reference.records.map(decisionText), other.records.map(decisionText), report);
      compareLines("fill", reference.fills, other.fills, report);
      compareLines("state", reference.marks, other.marks, report);
    }
    counts.decisions += reference.records.length;
    counts.fills += reference.fills.length;
    counts.cuts += 1;
    check.onCut?.(counts.cuts);
  }
  return { clean: findings.all.length === 0, ...counts, findings: findings.all };
}

/** Distinct trading bars, in order of time. */
function drawCuts({ bars, cuts, extent, seed }: PolicyCheck): readonly number[] {
  const [first, end] = cutRange(bars, extent);
  const draw = Generator.fromKey(foldIn(keyFromSeed(seed), "cuts"));
  const choices = Int32Array.from({ length: end - first }, (_, i) => first + i);
  draw.shuffle(choices);
  return [...choices.subarray(0, cuts)].sort((a, b) => a - b);
}

/** Compares every number that both runs showed; returns how many. */
function compareShown(full: Observed, cut: Observed, names: PolicyCheck["names"], report: Report): number {
  let compared = 0;
  for (const [i, { id, stage, values }] of full.shown.entries()) {
    const other = cut.shown[i]?.values ?? new Float32Array(0);
    const at = values.findIndex((value, k) => !Object.is(value, other[k]));
    compared += values.length;
    if (at < 0) continue;
    const own = names[stage];
    report("feature", `${own[at % own.length] ?? at} of ${id}`, String(values[at]), String(other[at]));
  }
  return compared;
}

function compareLines(
  subject: LookaheadSubject,
  full: readonly string[],
  cut: readonly string[],
  report: Report,
): void {
  const at = Array.from({ length: Math.max(full.length, cut.length) }, (_, i) => i).find(
    (i) => full[i] !== cut[i],
  );
  if (at === undefined) return;
  const [a, b] = [full[at] ?? "nothing", cut[at] ?? "nothing"];
  report(subject, `${subject} ${at + 1}`, excerpt(a, b), excerpt(b, a));
}

/** What stands in a text where it begins to differ from another. */
function excerpt(text: string, other: string): string {
  let at = 0;
  while (at < text.length && text[at] === other[at]) at += 1;
  return text.slice(Math.max(0, at - 40), at + 40);
}

function decisionText(record: DecisionRecord): string {
  return JSON.stringify(record);
}
