/**
 * @file The look-ahead guard: a strategy is run once as it is, and again so that at every bar t its features are computed
 * from a series that ends at t (truncation) or continues with other bars (perturbation). Features up to t, orders,
 * fills and equity must be the same to the bit.
 *
 * Why one walk is enough: features of data[0..t] are compared over their whole length at every t, so the run on
 * data[0..t] sees what the full run saw; while nothing differs, the walk's state is the full run's state, and the first
 * difference is the first leak. Cost: n engine steps and one computation of the features for each cut. Up to 4,096 bars
 * all cuts are at full length; beyond, every bar is a cut inside a window (`windows.ts`: linear in n), and `fullCuts`
 * cuts are made at full length besides, for what only a long history shows.
 */
import { type BarSeries, sliceBars } from "../../market/bars.ts";
import { type Key, keyFromSeed } from "../../runtime/random/key.ts";
import type { RunConfig } from "../engine/engine.ts";
import { finestOfEach } from "../engine/series-order.ts";
import { compareFeatures, compareInstants, FindingList } from "./compare.ts";
import type { LookaheadReport } from "./finding.ts";
import { seriesFindings } from "./frames.ts";
import { perturbations, perturbedBars, reveal } from "./perturb.ts";
import { type FeaturesAt, Walk } from "./walk.ts";
import { checkWindows, defaultWindow, windowRun } from "./windows.ts";

/** How to check. */
export interface LookaheadOptions {
  readonly seed?: number;
  /** Least bars of history of a window; a run up to four times as long is cut at full length. Default 1024. */
  readonly window?: number;
  /** Told after each cut of each probe: cuts made so far, and all there will be. */
  readonly onCut?: (done: number, total: number) => void;
}

/** Cuts at full length when the run is checked in windows. */
const fullCuts = 64;

/** Truncation and the perturbations. */
const probes = ["truncation", ...perturbations] as const;

/** Checks a run over its series. */
export function checkLookahead<State>(
  config: RunConfig<State>,
  options: LookaheadOptions = {},
): LookaheadReport {
  const [clock = 0] = finestOfEach(config.series);
  const bars = config.series[clock]?.source.length ?? 0;
  const full = featuresOf(config, sourcesOf(config));
  const reference = new Walk(config).run(() => full);
  const windows = checkWindows(bars, warmUpOf(full, reference, bars), options.window ?? defaultWindow);
  const findings = new FindingList();
  for (const finding of [...seriesFindings(config.series), ...reference.timingFindings()])
    findings.add(finding);
  const wholeRun = windows.length > 1;
  const total = probes.length * (bars + (wholeRun ? fullCuts : 0));
  const counts = { featureValues: 0, decisions: 0, fills: 0, cuts: 0 };
  const check = <S>(part: RunConfig<S>, offset: number, isCut: (bar: number) => boolean): Walk<S> =>
    checkCuts(part, { offset, isCut, key: keyFromSeed(options.seed ?? 1) }, findings, (compared) => {
      counts.featureValues += compared;
      counts.cuts += 1;
      options.onCut?.(counts.cuts, total);
    });
  for (const window of windows) {
    const part = windowRun(config, clock, window);
    const walk = check(part, window.from, (bar) => bar >= window.cutFrom - window.from);
    counts.decisions += walk.count("order", window.cutFrom - window.from);
    counts.fills += walk.count("fill", window.cutFrom - window.from);
  }
  if (wholeRun)
    check(
      config,
      0,
      (bar) => Math.floor(((bar + 1) * fullCuts) / bars) > Math.floor((bar * fullCuts) / bars),
    );
  const { decisions, featureValues, fills } = counts;
  const found = findings.all;
  return {
    clean: found.length === 0,
    bars: reference.instants.length,
    windows: windows.length,
    featureValues,
    decisions,
    fills,
    findings: found,
  };
}

/** Where one part of a run is cut. */
interface Cuts {
  /** Bars before the first of the part. */
  readonly offset: number;
  readonly isCut: (bar: number) => boolean;
  readonly key: Key;
}

/** Every probe over one part; returns the part's run with its whole future. */
function checkCuts<State>(
  config: RunConfig<State>,
  { isCut, key, offset }: Cuts,
  findings: FindingList,
  onCut: (compared: number) => void,
): Walk<State> {
  const sources = sourcesOf(config);
  const full = featuresOf(config, sources);
  const reference = new Walk(config).run(() => full);
  for (const probe of probes) {
    const future = futureOf(sources, probe, key);
    let wasCut = false;
    const featuresAt: FeaturesAt = (lengths, bar) => {
      if (!isCut(bar)) {
        // A strategy may hold on to the series it was given: give it the whole one back.
        if (wasCut) featuresOf(config, sources);
        wasCut = false;
        return full;
      }
      wasCut = true;
      const columns = featuresOf(config, future(lengths));
      let compared = 0;
      for (const [index, made] of columns.entries()) {
        compared += compareFeatures(full[index] ?? {}, made, lengths[index] ?? 0, (name, a, b) =>
          findings.add({
            probe,
            subject: "feature",
            bar: bar + offset,
            name,
            withFuture: a,
            withoutFuture: b,
          }),
        );
      }
      onCut(compared);
      return columns;
    };
    const walk = new Walk(config).run(featuresAt);
    compareInstants(reference.instants, walk.instants, probe, offset, (finding) => findings.add(finding));
  }
  return reference;
}

function sourcesOf<State>(config: RunConfig<State>): readonly BarSeries[] {
  return config.series.map((bars) => bars.source);
}

function featuresOf<State>(
  { strategy }: RunConfig<State>,
  sources: readonly BarSeries[],
): ReturnType<FeaturesAt> {
  return sources.map((bars, index) => strategy.features?.(bars, index) ?? {});
}

/** Clock bars until every feature has its first value and the first order has been sent. */
function warmUpOf<State>(full: ReturnType<FeaturesAt>, reference: Walk<State>, bars: number): number {
  const columns = full.flatMap((made) => Object.values(made));
  const first = columns.map((column) => column.findIndex((value: number) => !Number.isNaN(value)));
  const warm = [...first, reference.firstOrderBar].filter((bar) => bar < bars);
  return Math.max(0, ...warm);
}

/** The series that a cut leaves: what is past, and nothing or something else after it. */
function futureOf(
  sources: readonly BarSeries[],
  probe: (typeof probes)[number],
  key: Key,
): (lengths: readonly number[]) => readonly BarSeries[] {
  if (probe === "truncation")
    return (lengths) => sources.map((bars, i) => sliceBars(bars, 0, lengths[i] ?? 0));
  const futures = sources.map((bars) => perturbedBars(bars, probe, key));
  const revealed = sources.map(() => 0);
  return (lengths) =>
    futures.map((future, i) => {
      const until = lengths[i] ?? 0;
      for (let t = revealed[i] ?? 0; t < until; t += 1) reveal(future, sources[i] ?? future, t);
      revealed[i] = until;
      return future;
    });
}
