/**
 * @file One short run of the pipeline for the look-ahead guard: the bars around a cut, and everything that the run showed up
 * to it. The run starts flat and sees the history that its features need.
 */
import { type BarSeries, lowerBound, sliceBars } from "../../market/bars.ts";
import type { DecisionRecord } from "../../pipeline/record/decision-record.ts";
import type { PipelineConfig } from "../../pipeline/run/config.ts";
import { runPipeline } from "../../pipeline/run/pipeline.ts";
import type { Key } from "../../runtime/random/key.ts";
import type { StrategicPolicy, TacticalPolicy } from "../../stages/policy.ts";
import type { BacktestResult } from "../../trading/result.ts";
import { type Perturbation, perturbedBars, reveal } from "../../trading/lookahead/perturb.ts";

/** Bars of both stages; without five-minute bars the strategic team is traded itself. */
export interface PolicyBars {
  readonly strategicBars: BarSeries;
  readonly tacticalBars?: BarSeries;
}

/** The series that trades. */
export function tradingBars({ strategicBars, tacticalBars }: PolicyBars): BarSeries {
  return tacticalBars ?? strategicBars;
}

/** How much of the bars a run is given, in bars of the series. */
export interface RunExtent {
  /** Before the first close of the run. */
  readonly history: { readonly strategic: number; readonly trading: number };
  /** Closes of the trading series up to the cut. */
  readonly closes: number;
}

/** Trading bars after a cut: enough for any half hour, fill or bracket that is under way. */
const futureBars = 36;

/** A cut: the bars that a run is given, its first open and the close after which the future begins. */
export interface Place {
  readonly bars: PolicyBars;
  readonly fromMs: number;
  readonly cutMs: number;
  readonly closes: number;
}

/** Trading bars at which a cut may lie, `[first, end)`; empty when the bars are too few. */
export function cutRange(bars: PolicyBars, { closes, history }: RunExtent): readonly [number, number] {
  const trading = tradingBars(bars);
  const warmMs = bars.strategicBars.t[history.strategic] ?? Infinity;
  const first = Math.max(history.trading, lowerBound(trading.t, warmMs)) + closes;
  return [first, Math.max(first, trading.length - futureBars)];
}

/** The surroundings of trading bar `bar`. */
export function placeOf(bars: PolicyBars, bar: number, { closes, history }: RunExtent): Place {
  const trading = tradingBars(bars);
  const { intervalMs, t } = trading;
  const fromMs = t[bar - closes + 1] ?? 0;
  const endMs = (t[bar + futureBars] ?? 0) + intervalMs;
  const cut = (series: BarSeries, before: number): BarSeries =>
    sliceBars(series, Math.max(0, lowerBound(series.t, fromMs) - before), closedBy(series, endMs));
  const { strategicBars, tacticalBars } = bars;
  return {
    bars: {
      strategicBars: cut(strategicBars, history.strategic),
      ...(tacticalBars === undefined ? {} : { tacticalBars: cut(tacticalBars, history.trading) }),
    },
    fromMs,
    cutMs: (t[bar] ?? 0) + intervalMs,
    closes,
  };
}

/** The bars of a place with another future: none, or bars that never were. */
export function otherFuture(place: Place, probe: "truncation" | Perturbation, key: Key): PolicyBars {
  const change = (series: BarSeries): BarSeries => {
    const known = closedBy(series, place.cutMs);
    if (probe === "truncation") return sliceBars(series, 0, known);
    const other = perturbedBars(series, probe, key);
    for (let t = 0; t < known; t += 1) reveal(other, series, t);
    return other;
  };
  const { strategicBars, tacticalBars } = place.bars;
  return {
    strategicBars: change(strategicBars),
    ...(tacticalBars === undefined ? {} : { tacticalBars: change(tacticalBars) }),
  };
}

/** Bars of a series that have closed by an instant. */
function closedBy({ intervalMs, t }: BarSeries, ms: number): number {
  return lowerBound(t, ms - intervalMs + 1);
}

/** Numbers that a team was shown. */
export interface Shown {
  readonly stage: "strategic" | "tactical";
  /** Of the decision; ends with its time in seconds. */
  readonly id: string;
  readonly values: Float32Array;
}

/** What a run showed up to its cut. */
export interface Observed {
  readonly shown: readonly Shown[];
  readonly records: readonly DecisionRecord[];
  readonly fills: readonly string[];
  /** Marked equity at each close, USD. */
  readonly marks: readonly string[];
}

/** Runs the pipeline and keeps what belongs to the past of the cut. */
export async function observe(config: PipelineConfig, { closes, cutMs, fromMs }: Place): Promise<Observed> {
  const shown: Shown[] = [];
  const records: DecisionRecord[] = [];
  const note = (stage: Shown["stage"], id: string, values: Float32Array): void => {
    if (Number(id.split("/").at(-1)) * 1000 <= cutMs) shown.push({ stage, id, values: values.slice() });
  };
  const { tactical } = config;
  const { backtest } = await runPipeline({
    ...config,
    strategic: watchedStrategic(config.strategic, note),
    ...(tactical === undefined ? {} : { tactical: watchedTactical(tactical, note) }),
    from: fromMs,
    onRecord: (record) => {
      if (record.time <= cutMs) records.push(record);
    },
  });
  return {
    shown,
    records,
    fills: fillLines(backtest, closes),
    marks: Array.from(backtest.equity.equityUsd.subarray(0, closes), String),
  };
}

type Note = (stage: Shown["stage"], id: string, values: Float32Array) => void;

function watchedStrategic(policy: StrategicPolicy, note: Note): StrategicPolicy {
  return {
    name: policy.name,
    decide(observations, exposure, id) {
      note("strategic", id, observations);
      return policy.decide(observations, exposure, id);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function watchedTactical(policy: TacticalPolicy, note: Note): TacticalPolicy {
  return {
    name: policy.name,
    decide(observations, id) {
      note("tactical", id, observations);
      return policy.decide(observations, id);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Fills in the first `closes` bars of the run, one line each. */
function fillLines({ fills }: BacktestResult, closes: number): readonly string[] {
  const rows = Array.from({ length: fills.length }, (_, i) => i);
  return rows
    .filter((i) => (fills.bar[i] ?? 0) < closes)
    .map((i) => JSON.stringify([fills.order[i], fills.ms[i], fills.side[i], fills.units[i], fills.ticks[i]]));
}
