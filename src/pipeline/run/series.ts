/**
 * @file The series of a run: all bars up to the end, and the part that trades, prepared with the bars before it in view.
 * A series that trades begins where the five-minute bars begin, or at `from`.
 */
import { barsBetween, type BarSeries, lowerBound, sliceBars } from "../../market/bars.ts";
import { contractOf } from "../../trading/contract.ts";
import { type ExecutionBars, executionBars, type GateOptions } from "../../trading/execution-bars.ts";
import { pipelineError } from "../issues.ts";
import type { PipelineSetup } from "./config.ts";

/** One series: all its bars, and those that trade. */
export interface RunSeries {
  readonly bars: BarSeries;
  /** Index of the first bar that trades. */
  readonly first: number;
  readonly trading: ExecutionBars;
}

/** Both series; in a strategic-only run the clock is the strategic one. @throws GrandModelError `PIPELINE_SERIES`. */
export function runsOf(setup: PipelineSetup): { readonly strategic: RunSeries; readonly clock: RunSeries } {
  const { strategicBars, tacticalBars } = setup;
  const from = Math.max(setup.from, tacticalBars?.t[0] ?? -Infinity);
  const strategic = runSeries(strategicBars, from, setup);
  return { strategic, clock: tacticalBars === undefined ? strategic : runSeries(tacticalBars, from, setup) };
}

function runSeries(all: BarSeries, from: number, setup: PipelineSetup): RunSeries {
  const { spec, to } = setup;
  const bars = { ...barsBetween(all, -Infinity, to - all.intervalMs + 1), symbol: spec.symbol };
  const first = lowerBound(bars.t, from);
  if (first === bars.length) {
    throw pipelineError({
      code: "PIPELINE_SERIES",
      path: `${all.symbol} ${all.intervalMs / 60_000} minutes`,
      value: all.length,
      expected: "at least one bar between `from` and `to`",
      hint: "Widen `from` and `to`, or load bars of that time.",
    });
  }
  return { bars, first, trading: tradingPart(executionBars(bars, contractOf(spec), gatesOf(setup)), first) };
}

function gatesOf({ calendar, risk }: PipelineSetup): GateOptions {
  return risk.holdOvernight ? { calendar } : { calendar, flatBeforeCloseMin: risk.flatBeforeCloseMin };
}

/** The bars from `first` on, prepared with the ones before them in view. */
function tradingPart(bars: ExecutionBars, first: number): ExecutionBars {
  return {
    ...bars,
    source: sliceBars(bars.source, first),
    open: bars.open.subarray(first),
    high: bars.high.subarray(first),
    low: bars.low.subarray(first),
    close: bars.close.subarray(first),
    gates: bars.gates.subarray(first),
    rangeRatio: bars.rangeRatio.subarray(first),
  };
}
