/**
 * @file The gates on top of a tear sheet (docs/statistics.md, honest reporting): each says what was measured, what it must
 * be, and is green, red, or grey where the data cannot support a claim (synthetic or bridged bars). A missing input is red
 * with the command that supplies it, never left out.
 */
import type { DataSource } from "../../market/bars.ts";

export interface Gate {
  readonly key: string;
  readonly label: string;
  readonly state: "green" | "red" | "grey";
  /** What was found, ready to print. */
  readonly found: string;
  /** What green needs. */
  readonly limit: string;
}

/** Strategy minus baseline, annual mean return, with the ends of its paired 95 % interval. */
export interface BaselineComparison {
  readonly name: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** What the gates look at; `undefined` where it was not computed. */
export interface GateInput {
  readonly dataSource: DataSource;
  readonly bestBaseline: BaselineComparison | undefined;
  readonly deflatedSharpe: { readonly probability: number; readonly trials: number } | undefined;
  readonly probabilityOfOverfitting: number | undefined;
  /** Rows of daily returns, and the minimum that the Sharpe ratio needs at 95 %. */
  readonly trackRecord: { readonly days: number; readonly minimumDays: number };
  readonly netAtDoubleCostsUsd: number | undefined;
  readonly seeds: { readonly positive: number; readonly total: number } | undefined;
  readonly lookAheadPassed: boolean | undefined;
  readonly trades: { readonly count: number; readonly ambiguousShare: number };
}

/** All gates in the order of the report. */
export function judgeGates(input: GateInput): Gate[] {
  const gates = [
    {
      key: "data",
      label: "Real data",
      passed: input.dataSource === "real",
      found: input.dataSource,
      limit: "real bars",
    },
    baselineGate(input),
    fromMeasure(
      "deflatedSharpe",
      "Deflated Sharpe ratio",
      ">= .95",
      "grandmodel backtest, which counts trials",
      input.deflatedSharpe,
      (d) => ({
        passed: d.probability >= 0.95,
        found: `${d.probability.toFixed(3)} with ${d.trials} trials`,
      }),
    ),
    fromMeasure(
      "overfitting",
      "Overfitting (PBO)",
      "<= .20",
      "--pbo",
      input.probabilityOfOverfitting,
      (pbo) => ({
        passed: pbo <= 0.2,
        found: pbo.toFixed(2),
      }),
    ),
    trackRecordGate(input),
    fromMeasure("costs", "Positive at 2 x costs", "> 0 USD", "--costs", input.netAtDoubleCostsUsd, (net) => ({
      passed: net > 0,
      found: `${net.toFixed(0)} USD`,
    })),
    fromMeasure("seeds", "Seeds positive", ">= half of >= 10 seeds", "--seeds 10", input.seeds, (seeds) => ({
      passed: seeds.total >= 10 && seeds.positive >= seeds.total / 2,
      found: `${seeds.positive} of ${seeds.total}`,
    })),
    fromMeasure(
      "lookAhead",
      "No look-ahead",
      "passed",
      "check-lookahead",
      input.lookAheadPassed,
      (passed) => ({
        passed,
        found: passed ? "passed" : "LEAK FOUND",
      }),
    ),
    {
      key: "trades",
      label: "Enough clear trades",
      passed: input.trades.count >= 30 && input.trades.ambiguousShare <= 0.1,
      found: `${input.trades.count} trades, ${(100 * input.trades.ambiguousShare).toFixed(1)} % ambiguous`,
      limit: ">= 30 trades, <= 10 % ambiguous",
    },
  ];
  return gates.map(({ passed, ...gate }) => ({
    ...gate,
    state: input.dataSource === "real" ? (passed ? "green" : "red") : "grey",
  }));
}

type Judged = Omit<Gate, "state"> & { readonly passed: boolean };

function fromMeasure<T>(
  key: string,
  label: string,
  limit: string,
  supply: string,
  measure: T | undefined,
  judge: (measure: T) => { readonly passed: boolean; readonly found: string },
): Judged {
  if (measure === undefined) {
    return { key, label, limit, passed: false, found: `not measured: run with ${supply}` };
  }
  return { key, label, limit, ...judge(measure) };
}

function baselineGate({ bestBaseline }: GateInput): Judged {
  return fromMeasure(
    "baseline",
    "Beats the best baseline",
    "interval above 0",
    "baselines",
    bestBaseline,
    (best) => ({
      passed: best.low > 0,
      found: `${best.name}: annual difference ${percent(best.difference)} [${percent(best.low)}, ${percent(best.high)}]`,
    }),
  );
}

function trackRecordGate({ trackRecord: { days, minimumDays } }: GateInput): Judged {
  return {
    key: "trackRecord",
    label: "Track record long enough",
    passed: days >= minimumDays,
    found: Number.isFinite(minimumDays)
      ? `${days} of ${Math.ceil(minimumDays)} days`
      : `${days} days; no length suffices`,
    limit: "length >= minimum track record at 95 %",
  };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
