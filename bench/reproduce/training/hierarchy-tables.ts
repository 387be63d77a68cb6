/** @file What the hierarchy did out of sample, as tables of a result page: folds, slices of trades, opinions of both stages, gates. */
import { type Gate, judgeGates } from "../../../src/evaluation/report/gates.ts";
import { minimumTrackRecord, sharpeSample } from "../../../src/evaluation/inference/sharpe-inference.ts";
import type { BarSeries } from "../../../src/market/bars.ts";
import { type Estimate, seedEstimate } from "../../../src/pipeline/training/estimate.ts";
import { type OpinionReport, opinionReport } from "../../../src/pipeline/training/opinion-report.ts";
import { returnAfter } from "../../../src/pipeline/training/shadow.ts";
import { tradeSlices } from "../../../src/pipeline/training/trade-slices.ts";
import type { WalkForwardReport } from "../../../src/pipeline/training/walk-forward-report.ts";
import { type PlotLine, plotLines } from "../../results/plot-lines.ts";
import { table } from "../../results/table.ts";
import type { FoldResult } from "./nq-seed.ts";

type BySeed = readonly (readonly FoldResult[])[];
const stages = ["strategic", "tactical"] as const;
interface StageOpinions extends OpinionReport {
  readonly stage: string;
}

/** Notes in order, and plots by file name. */
export interface HierarchyTables {
  readonly notes: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export function hierarchyTables(
  task: string,
  report: WalkForwardReport,
  daily: { readonly dates: readonly number[]; readonly returns: Float64Array },
  bySeed: BySeed,
  bars: BarSeries,
): HierarchyTables {
  const opinions = stages.flatMap((stage) => {
    const found = opinionReport(opinionsOf(bySeed, stage));
    return found === undefined ? [] : [{ stage, ...found }];
  });
  const shown = [`${task}-risk-coverage.svg`, `${task}-reliability.svg`] as const;
  return {
    notes: [
      "**By fold.** Net USD of the pipeline: mean of the seeds [each seed]. Sharpe ratios: the tactical stage alone, greedy votes, on the bars it was trained on, chosen on, tested on (mean of the seeds).",
      foldTable(bySeed),
      `Ends of the tactical trainings: ${endsOf(bySeed)}. Aspirational, convergence (within 1,000 episodes): **${bySeed.flat().every(({ end }) => end === "converged") ? "PASS" : "FAIL"}**.`,
      "**By slice.** Trades of all seeds by the market at entry; the states come from the 20 days before, terciles from all bars. Win rate with Wilson interval, net USD as mean of the seeds with interval over days. Below 30 trades: TOO_FEW.",
      sliceTable(bySeed, bars, daily.dates),
      "**Opinions out of sample.** Every close of the test parts, the team's likelier side at the calibrated temperature, judged after six bars or at the session's end. Direction before costs; interval over days, all seeds of a day together. A coin is right half of the time.",
      opinionTable(opinions),
      ...opinions.map(accuracyVerdict),
      `Closes of the test days after which the market rose, of those after which it moved: ${risingShare(bars, daily.dates)}; who always says "long" is right as often, and has shown nothing by it.`,
      `**Calibration.** "The side earned more than a round trip", after the temperature, 15 bins of equal width. Without knowledge no probability above the frequency of that event is right.`,
      ...opinions.flatMap((report) => [`Reliability, ${report.stage}:`, reliabilityTable(report)]),
      "**Risk and coverage.** Mean net loss of the decisions kept when the least certain (epistemic uncertainty of dropout, within each model) are left out, in basis points; mean of the seeds with t-interval.",
      coverageTable(opinions),
      ...opinions.map(gainVerdict),
      "**Gates** for calling the hierarchy better than a baseline (docs/statistics.md); the one that is missed is named:",
      gateTable(gatesOf(report, daily.returns, bySeed, bars)),
    ],
    files: {
      [shown[0]]: plotLines(opinions.map(coverageLine), {
        x: "share of decisions kept, %",
        y: "mean net loss, basis points",
      }),
      [shown[1]]: plotLines([...opinions.map(reliabilityLine), diagonal], {
        x: "stated probability",
        y: "frequency: side earned its costs",
      }),
    },
  };
}

function opinionsOf(bySeed: BySeed, stage: (typeof stages)[number]) {
  return bySeed.map((results) => results.map(({ opinions }) => opinions[stage]));
}

function foldTable(bySeed: BySeed): string {
  const folds = bySeed[0] ?? [];
  const rows = folds.map(({ fold, result }, k) => {
    const own = bySeed.flatMap((results) => results[k] ?? []);
    const net = own.map(({ result: { netUsd } }) => netUsd.reduce((a, b) => a + b, 0));
    const mean = (of: (result: FoldResult) => number): string =>
      (own.reduce((total, one) => total + of(one), 0) / own.length).toFixed(2);
    const accuracy = stages.map((stage) => {
      const found = opinionReport(own.map(({ opinions }) => [opinions[stage]]));
      return found === undefined ? "silent" : `${(100 * found.accuracy.value).toFixed(1)} %`;
    });
    return [
      String(fold),
      `${result.date[0]} to ${result.date.at(-1)}`,
      String(result.date.length),
      `${seedEstimate(net).value.toFixed(0)} [${net.map((usd) => usd.toFixed(0)).join(", ")}]`,
      own.map(({ result: { trades } }) => trades).join(", "),
      mean(({ seen }) => seen.train.sharpe),
      mean(({ seen }) => seen.validation.sharpe),
      mean(({ votes }) => votes.tactical.sharpe),
      accuracy.join(" / "),
      own.map(({ threshold }) => threshold.toFixed(2)).join(", "),
    ];
  });
  const head = ["fold", "test days", "days", "net USD", "trades", "train", "validation", "test"];
  return table([...head, "direction right, strategic / tactical", "thresholds"], rows);
}

function endsOf(bySeed: BySeed): string {
  const ends = new Map<string, number>();
  for (const { end } of bySeed.flat()) ends.set(end, (ends.get(end) ?? 0) + 1);
  return [...ends].map(([end, count]) => `${end} ${count}`).join(", ");
}

function sliceTable(bySeed: BySeed, bars: BarSeries, dates: readonly number[]): string {
  const trades = bySeed.map((results) => results.flatMap(({ result }) => result.closed));
  const rows = tradeSlices(trades, bars, dates).map((slice) => [
    slice.division,
    slice.label,
    `${slice.trades}${slice.trades < 30 ? " TOO_FEW" : ""}`,
    percent(slice.winRate),
    interval(slice.netUsd, 0),
  ]);
  return table(["division", "slice", "trades", "win rate", "net USD"], rows);
}

function opinionTable(opinions: readonly StageOpinions[]): string {
  const rows = opinions.map(({ accuracy, calibration, decisions, executed, stage }) => {
    return [
      stage,
      decisions.toLocaleString("en-US"),
      percent(accuracy),
      executed === undefined ? "none" : `${percent(executed)} of ${executed.count.toLocaleString("en-US")}`,
      calibration.expected.toFixed(3),
      calibration.maximum.toFixed(3),
    ];
  });
  return table(["stage", "opinions", "direction right", "of those executed", "ECE", "MCE"], rows);
}

function accuracyVerdict({ accuracy, stage }: StageOpinions): string {
  const state = accuracy.low >= 0.75 ? "PASS" : "FAIL";
  const coin =
    accuracy.low > 0.5
      ? "above one half, see always-long below"
      : accuracy.high < 0.5
        ? "below one half"
        : "not told from one half";
  return `Aspirational, direction accuracy, ${stage} (75 %): ${percent(accuracy)}: **${state}**; ${coin}.`;
}

function reliabilityTable({ calibration }: OpinionReport): string {
  const rows = calibration.table.map(
    ({ count, frequency, interval: { high, low }, meanProbability, sparse }) => [
      `${count}${sparse ? " TOO_FEW" : ""}`,
      meanProbability.toFixed(3),
      `${frequency.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
    ],
  );
  return table(["opinions", "mean probability", "frequency"], rows);
}

function coverageTable(opinions: readonly StageOpinions[]): string {
  const rows = (opinions[0]?.coverage ?? []).map(({ kept }, i) => [
    `${Math.round(100 * kept)} %`,
    ...opinions.map(({ coverage }) => interval(points(coverage[i]?.loss ?? nothing), 3)),
  ]);
  return table(["kept", ...opinions.map(({ stage }) => `${stage}, loss`)], rows);
}

const nothing: Estimate = { value: NaN, low: NaN, high: NaN };

/** Share of rises among the moves that opinions of five-minute closes are judged by. */
function risingShare(bars: BarSeries, dates: readonly number[]): string {
  const tested = new Set(dates);
  let [rises, moves] = [0, 0];
  for (let t = 0; t < bars.length; t += 1) {
    const change = tested.has(bars.session[t] ?? 0) ? returnAfter(bars, t) : 0;
    if (change > 0) rises += 1;
    if (change !== 0) moves += 1;
  }
  return `${((100 * rises) / moves).toFixed(1)} %`;
}

function gainVerdict({ gain, stage }: StageOpinions): string {
  const verdict =
    gain.low > 0
      ? "the uncertainty orders losses"
      : "no better than a random order within its interval: the samples are decoration here";
  return `Random order minus area under the curve, ${stage}: ${interval(points(gain), 3)} basis points over seeds: ${verdict}.`;
}

function gatesOf(
  report: WalkForwardReport,
  returns: Float64Array,
  bySeed: BySeed,
  { dataSource }: BarSeries,
): readonly Gate[] {
  const best = [...report.differences].sort((a, b) => b.netUsd - a.netUsd)[0];
  const yearly = (usd: number): number => (usd / 1_000_000 / report.days) * 252;
  const closed = bySeed.flat().flatMap(({ result }) => result.closed);
  const { probability, trials } = report.deflatedSharpe;
  return judgeGates({
    dataSource,
    bestBaseline: best && {
      name: best.name,
      difference: yearly(best.value),
      low: yearly(best.low),
      high: yearly(best.high),
    },
    deflatedSharpe: probability === undefined ? undefined : { probability, trials },
    probabilityOfOverfitting: report.probabilityOfOverfitting,
    trackRecord: { days: report.days, minimumDays: minimumTrackRecord(sharpeSample(returns), 0, 0.95) },
    netAtDoubleCostsUsd: report.netUsd.x2.value,
    seeds: { positive: report.seedNetUsd.filter((usd) => usd > 0).length, total: bySeed.length },
    lookAheadPassed: undefined,
    trades: {
      count: closed.length,
      ambiguousShare:
        closed.length === 0 ? 0 : closed.filter(({ ambiguous }) => ambiguous).length / closed.length,
    },
  });
}

function gateTable(gates: readonly Gate[]): string {
  return table(
    ["gate", "state", "found", "needed"],
    gates.map(({ found, label, limit, state }) => [label, state, found, limit]),
  );
}

function coverageLine({ coverage, stage: label }: StageOpinions): PlotLine {
  const of = (end: (loss: Estimate) => number): number[] => coverage.map(({ loss }) => 1e4 * end(loss));
  return {
    label,
    x: coverage.map(({ kept }) => 100 * kept),
    y: of(({ value }) => value),
    low: of(({ low }) => low),
    high: of(({ high }) => high),
  };
}

function reliabilityLine({ calibration, stage: label }: StageOpinions): PlotLine {
  const bins = calibration.table.filter(({ sparse }) => !sparse);
  return {
    label,
    x: bins.map(({ meanProbability }) => meanProbability),
    y: bins.map(({ frequency }) => frequency),
    low: bins.map(({ interval: { low } }) => low),
    high: bins.map(({ interval: { high } }) => high),
  };
}

const diagonal: PlotLine = {
  label: "as stated",
  x: [0.2, 0.8],
  y: [0.2, 0.8],
  low: [0.2, 0.8],
  high: [0.2, 0.8],
};

function points({ high, low, value }: Estimate): Estimate {
  return { value: 1e4 * value, low: 1e4 * low, high: 1e4 * high };
}

function interval({ high, low, value }: Estimate, digits: number): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

function percent({ high, low, value }: Estimate): string {
  return `${interval({ value: 100 * value, low: 100 * low, high: 100 * high }, 1)} %`;
}
