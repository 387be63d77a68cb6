/**
 * @file The look-ahead guard: a strategy is run once as it is, and again so that at every bar t its features are computed
 * from a series that ends at t (truncation) or continues with other bars (perturbation). Features up to t, orders,
 * fills and equity must be the same to the bit.
 *
 * Why one walk is enough: features of data[0..t] are compared over their whole length at every t, so the run on
 * data[0..t] sees what the full run saw; while nothing differs, the walk's state is the full run's state, and the first
 * difference is the first leak. Cost: n engine steps and n feature computations for each walk, instead of n runs.
 */
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import { Engine, type RunConfig } from "../engine/engine.ts";
import type { FeatureColumns } from "../engine/market-view.ts";
import type { Journal } from "../journal.ts";
import type { LookaheadFinding, LookaheadProbe, LookaheadReport, LookaheadSubject } from "./finding.ts";
import { seriesFindings } from "./frames.ts";
import { perturbations, perturbedBars, reveal } from "./perturb.ts";

/** How to check. */
export interface LookaheadOptions {
  readonly seed?: number;
  /** Told after each clock bar of each walk, for progress. */
  readonly onBar?: (probe: LookaheadProbe, bar: number) => void;
}

/** Checks a run over its series. */
export function checkLookahead<State>(
  config: RunConfig<State>,
  options: LookaheadOptions = {},
): LookaheadReport {
  const sources = config.series.map((bars) => bars.source);
  const full = sources.map((bars, index) => config.strategy.features?.(bars, index) ?? {});
  const reference = new Walk(config);
  reference.run(() => full);
  const findings: LookaheadFinding[] = [...seriesFindings(config.series)];
  findings.push(...reference.timingFindings());
  const counts = { featureValues: 0 };
  const key = keyFromSeed(options.seed ?? 1);
  for (const probe of ["truncation", ...perturbations] as const) {
    const future =
      probe === "truncation"
        ? truncated(sources)
        : perturbed(
            sources,
            sources.map((bars) => perturbedBars(bars, probe, key)),
          );
    const walk = new Walk(config);
    const differences = new Map<LookaheadSubject, LookaheadFinding>();
    const report = (finding: LookaheadFinding): void => {
      if (!differences.has(finding.subject)) differences.set(finding.subject, finding);
    };
    walk.run((lengths, bar) => {
      const columns = future(lengths).map((bars, index) => config.strategy.features?.(bars, index) ?? {});
      for (const [index, made] of columns.entries()) {
        const until = lengths[index] ?? 0;
        counts.featureValues += compareFeatures(full[index] ?? {}, made, until, (name, a, b) =>
          report({ probe, subject: "feature", bar, name, withFuture: a, withoutFuture: b }),
        );
      }
      options.onBar?.(probe, bar);
      return columns;
    });
    compareRecords(reference.records, walk.records, probe, report);
    findings.push(...differences.values());
  }
  return {
    clean: findings.length === 0,
    bars: reference.records.length,
    featureValues: counts.featureValues,
    decisions: reference.count("order"),
    fills: reference.count("fill"),
    findings,
  };
}

/** A run whose journal is kept by instant. */
class Walk<State> {
  /** For each instant, what was recorded: `kind text` lines, and the strategy's state. */
  readonly records: string[][] = [];
  private readonly engine: Engine<State>;
  private current: string[] = [];

  constructor(config: RunConfig<State>) {
    const journal: Journal = {
      append: (kind, _cause, ms, data) => {
        this.current.push(`${kind} ${ms} ${JSON.stringify(data)}`);
        return 0;
      },
    };
    // Its own features are never used: the caller hands them over at every instant.
    const { features: _features, ...strategy } = config.strategy;
    this.engine = new Engine({ ...config, strategy, journal });
  }

  run(featuresFor: (lengths: readonly number[], bar: number) => readonly FeatureColumns[]): void {
    for (;;) {
      const lengths = this.engine.upcoming();
      if (lengths === undefined) return;
      const clock = (lengths[this.engine.executionSeries[0] ?? 0] ?? 1) - 1;
      const columns = featuresFor(lengths, clock);
      for (const [i, view] of this.engine.market.series.entries()) view.features = columns[i] ?? {};
      this.current = [];
      this.engine.step();
      this.current.push(`state ${stateText(this.engine.state.strategy)}`);
      this.records.push(this.current);
    }
  }

  count(kind: string): number {
    return this.records.reduce(
      (sum, lines) => sum + lines.filter((line) => line.startsWith(`${kind} `)).length,
      0,
    );
  }

  /** Fills that happened before their decision could reach the market. */
  timingFindings(): readonly LookaheadFinding[] {
    const { fills } = this.engine.account;
    for (let row = 0; row < fills.length; row += 1) {
      const bar = fills.get(row, "bar");
      const decided = fills.get(row, "decisionBar");
      if (fills.get(row, "order") === 0 || bar > decided) continue;
      return [
        {
          probe: "timing",
          subject: "fill",
          bar,
          name: `order ${fills.get(row, "order")}`,
          withFuture: `filled in bar ${bar}`,
          withoutFuture: `decided at the close of bar ${decided}`,
        },
      ];
    }
    return [];
  }
}

function truncated(sources: readonly BarSeries[]): (lengths: readonly number[]) => readonly BarSeries[] {
  return (lengths) => sources.map((bars, i) => sliceBars(bars, 0, lengths[i] ?? 0));
}

function perturbed(
  sources: readonly BarSeries[],
  futures: readonly BarSeries[],
): (lengths: readonly number[]) => readonly BarSeries[] {
  const revealed = sources.map(() => 0);
  return (lengths) =>
    futures.map((future, i) => {
      const until = lengths[i] ?? 0;
      for (let t = revealed[i] ?? 0; t < until; t += 1) reveal(future, sources[i] ?? future, t);
      revealed[i] = until;
      return future;
    });
}

/** Compares all values up to the bar; returns how many. NaN equals NaN, 0 does not equal -0. */
function compareFeatures(
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

function compareRecords(
  full: readonly (readonly string[])[],
  cut: readonly (readonly string[])[],
  probe: LookaheadProbe,
  report: (finding: LookaheadFinding) => void,
): void {
  for (const [bar, lines] of full.entries()) {
    const others = cut[bar] ?? [];
    for (let i = 0; i < Math.max(lines.length, others.length); i += 1) {
      const a = lines[i] ?? "nothing";
      const b = others[i] ?? "nothing";
      if (a === b) continue;
      report({
        probe,
        subject: subjectOf(a === "nothing" ? b : a),
        bar,
        name: a.split(" ")[0] ?? "",
        withFuture: a,
        withoutFuture: b,
      });
      break;
    }
  }
}

function subjectOf(line: string): LookaheadSubject {
  if (line.startsWith("state ")) return "state";
  return /^(fill|roll|mark) /.test(line) ? "fill" : "decision";
}

function stateText(state: unknown): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, String);
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
}
