/**
 * @file The bars of a run as its stages see them: features of both teams and the market as Risk measures it, fed bar by
 * bar. Everything here is a function of the bars so far, so a resumed run feeds them again and stands where it stood.
 * Bars before the first that trades are warm-up: they feed features, and fit what is usual at each time of day.
 */
import { Bar, readBar } from "../../features/indicator/bar.ts";
import { barsBetween, type BarSeries, lowerBound, sliceBars } from "../../market/bars.ts";
import { dailyReturnsOf } from "../../stages/risk/daily-returns.ts";
import type { UnitCosts } from "../../stages/risk/market.ts";
import { RiskMonitor } from "../../stages/risk/monitor.ts";
import { evenProfile, fitSlotProfile } from "../../stages/risk/slot-profile.ts";
import { StrategicFeed } from "../../stages/strategic/feed.ts";
import { TacticalFeed } from "../../stages/tactical/feed.ts";
import { type Contract, contractOf } from "../../trading/contract.ts";
import { adverseTicks, type CostModel } from "../../trading/costs/cost-model.ts";
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

/** Feeds of a run. */
export class Feeds {
  readonly contract: Contract;
  readonly strategicSeries: RunSeries;
  /** The series that trades: five-minute bars where there are some. */
  readonly clock: RunSeries;
  readonly strategic: StrategicFeed;
  /** Undefined in a strategic-only run. */
  readonly tactical: TacticalFeed | undefined;
  /** Of the series that trades. */
  readonly monitor: RiskMonitor;
  private clockFed = 0;
  private readonly bar = new Bar();

  /** Takes the warm-up in. @throws GrandModelError `PIPELINE_SERIES` without a bar to trade. */
  constructor(setup: PipelineSetup) {
    const { features, spec, strategicBars, tacticalBars } = setup;
    this.contract = contractOf(spec);
    const from = Math.max(setup.from, tacticalBars?.t[0] ?? -Infinity);
    this.strategicSeries = runSeries(strategicBars, from, setup);
    this.clock = tacticalBars === undefined ? this.strategicSeries : runSeries(tacticalBars, from, setup);
    this.strategic = new StrategicFeed(spec, features?.strategic, strategicBars.length);
    this.tactical =
      tacticalBars === undefined
        ? undefined
        : new TacticalFeed(spec, { ...features?.tactical, capacity: tacticalBars.length });
    this.monitor = monitorOf(setup, this.contract, this.clock);
    this.feedStrategic(this.strategicSeries.first);
    this.feedClock(this.clock.first);
  }

  /** Takes 30-minute bars in until `until` of them are known. */
  feedStrategic(until: number): void {
    const { bar, strategic, strategicSeries } = this;
    for (let t = strategic.length; t < until; t += 1) strategic.append(readBar(strategicSeries.bars, t, bar));
  }

  /** Takes bars of the trading series in until `until` of them are known. */
  feedClock(until: number): void {
    const { clock, monitor, tactical } = this;
    for (; this.clockFed < until; this.clockFed += 1) {
      tactical?.appendFrom(clock.bars, this.clockFed);
      monitor.append(clock.bars, this.clockFed);
    }
  }
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

function monitorOf(setup: PipelineSetup, contract: Contract, { bars, first }: RunSeries): RiskMonitor {
  const { calendar, costs, margin, risk, strategicBars } = setup;
  const begin = bars.t[0] ?? 0;
  return new RiskMonitor({
    contract,
    costs: unitCosts(costs),
    margin: margin ?? [{ effective: 0, initialUsd: 0, maintenanceUsd: 0 }],
    calendar,
    config: risk,
    profile: first > 0 ? fitSlotProfile(bars, 0, first) : evenProfile(bars.intervalMs),
    // The half-hour history is often the longer one.
    dailyHistory: dailyReturnsOf(barsBetween(strategicBars, -Infinity, begin - strategicBars.intervalMs + 1)),
  });
}

/** Costs that sizing counts into the loss at the stop. A commission that depends on price counts through slippage alone. */
function unitCosts(costs: CostModel): UnitCosts {
  const { commission, multiplier } = costs;
  return {
    commissionPerSideUsd: commission.kind === "perUnit" ? commission.usd * multiplier : 0,
    slipTicks: adverseTicks(costs, "stop", 1),
  };
}
