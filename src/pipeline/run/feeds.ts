/**
 * @file The bars of a run as its stages see them: features of both teams and the market as Risk measures it, fed bar by
 * bar. Everything here is a function of the bars so far, so a resumed run feeds them again and stands where it stood.
 * Bars before the first that trades are warm-up: they feed features, and fit what is usual at each time of day.
 */
import { Bar, readBar } from "../../features/indicator/bar.ts";
import { barsBetween } from "../../market/bars.ts";
import { dailyReturnsOf } from "../../stages/risk/daily-returns.ts";
import type { UnitCosts } from "../../stages/risk/market.ts";
import { RiskMonitor } from "../../stages/risk/monitor.ts";
import { evenProfile, fitSlotProfile } from "../../stages/risk/slot-profile.ts";
import { StrategicFeed } from "../../stages/strategic/feed.ts";
import { TacticalFeed } from "../../stages/tactical/feed.ts";
import { type Contract, contractOf } from "../../trading/contract.ts";
import { adverseTicks, type CostModel } from "../../trading/costs/cost-model.ts";
import type { MeasuredAccount } from "../../trading/engine/engine.ts";
import type { Measurements } from "../../trading/limits/ladder.ts";
import type { PipelineSetup } from "./config.ts";
import { runsOf, type RunSeries } from "./series.ts";

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
  readonly risk: RiskFeed;
  private clockFed = 0;
  private readonly bar = new Bar();

  /** Takes the warm-up in. @throws GrandModelError `PIPELINE_SERIES` without a bar to trade. */
  constructor(setup: PipelineSetup) {
    const { features, spec, strategicBars, tacticalBars } = setup;
    this.contract = contractOf(spec);
    const { clock, strategic } = runsOf(setup);
    this.strategicSeries = strategic;
    this.clock = clock;
    this.strategic = new StrategicFeed(spec, features?.strategic, strategicBars.length);
    this.tactical =
      tacticalBars === undefined
        ? undefined
        : new TacticalFeed(spec, { ...features?.tactical, capacity: tacticalBars.length });
    this.risk = new RiskFeed(setup, this.clock);
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
    const { clock, risk, tactical } = this;
    for (; this.clockFed < until; this.clockFed += 1) tactical?.appendFrom(clock.bars, this.clockFed);
    risk.feed(until);
  }
}

/**
 * The market as Risk sees it, fed by whoever needs it first at an instant: the ladder right after the marks, or the teams.
 */
export class RiskFeed {
  readonly monitor: RiskMonitor;
  private readonly clock: RunSeries;
  private fed = 0;

  /** Takes the warm-up in. */
  constructor(setup: PipelineSetup, clock: RunSeries) {
    this.clock = clock;
    this.monitor = monitorOf(setup, contractOf(setup.spec), clock);
    this.feed(clock.first);
  }

  /** Takes bars of the trading series in until `until` of them are known. */
  feed(until: number): void {
    for (; this.fed < until; this.fed += 1) this.monitor.append(this.clock.bars, this.fed);
  }

  /** What the emergency ladder measures beside losses and margin. */
  measure({ closedBars, equityUsd, units }: MeasuredAccount): Measurements {
    this.feed(this.clock.first + closedBars);
    return this.monitor.measurements(units, equityUsd);
  }
}

function monitorOf(setup: PipelineSetup, contract: Contract, { bars, first }: RunSeries): RiskMonitor {
  const { calendar, costs, dailyHistory, margin, risk, strategicBars } = setup;
  const before = barsBetween(strategicBars, -Infinity, (bars.t[0] ?? 0) - strategicBars.intervalMs + 1);
  return new RiskMonitor({
    contract,
    costs: unitCosts(costs),
    margin: margin ?? [{ effective: 0, initialUsd: 0, maintenanceUsd: 0 }],
    calendar,
    config: risk,
    profile: first > 0 ? fitSlotProfile(bars, 0, first) : evenProfile(bars.intervalMs),
    // The half-hour history is often the longer one.
    dailyHistory: dailyHistory ?? dailyReturnsOf(before),
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
