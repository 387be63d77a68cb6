/**
 * @file The market as Risk sees it, kept up to date bar by bar: volatility of days and bars, what is usual at this time of
 * day, liquidity, stress. Everything is a function of the bars so far, so that a run that is resumed by feeding its bars
 * again stands where it stood. Source: risk.md sections 3 and 4.
 */
import { barFlag, type BarSeries, noEntryFlags } from "../../market/bars.ts";
import { exchangeMinute, type SessionCalendar, sessionSlot, tradeDate } from "../../market/session.ts";
import type { Contract } from "../../trading/contract.ts";
import type { Measurements } from "../../trading/limits/ladder.ts";
import { type MarginRow, marginOn } from "../../trading/margin.ts";
import type { RiskConfig } from "./config.ts";
import { DailyReturns } from "./daily-returns.ts";
import { liquidityScore } from "./liquidity.ts";
import type { RiskMarket, UnitCosts } from "./market.ts";
import { SlotHistory, slotOf } from "./slot-history.ts";
import { type SlotProfile, varianceShareBetween } from "./slot-profile.ts";
import { type DailyRisk, dailyRisk, ewmaStep } from "./value-at-risk/filtered-history.ts";
import { exposureUsd, positionRisk } from "./value-at-risk/position-risk.ts";

/** Sessions behind ranks and scores, and behind the usual volume. */
const rankSessions = 250;
const volumeSessions = 20;

/** What does not change during a run. */
export interface RiskMonitorSetup {
  readonly contract: Contract;
  readonly costs: UnitCosts;
  readonly margin: readonly MarginRow[];
  readonly calendar: SessionCalendar;
  readonly config: RiskConfig;
  readonly profile: SlotProfile;
  /** Daily returns before the run, oldest first; may be empty. */
  readonly dailyHistory: ArrayLike<number>;
}

/** Reads closed bars of one series in order. */
export class RiskMonitor {
  private readonly setup: RiskMonitorSetup;
  private readonly days: DailyReturns;
  private readonly volatility: SlotHistory;
  private readonly range: SlotHistory;
  private readonly gap: SlotHistory;
  private readonly volume: SlotHistory;
  private readonly usualVolume: SlotHistory;
  private daily: DailyRisk | null;
  private variance = 0;
  private closeMs = 0;
  private close = 0;
  private barred = true;
  private percentile = 0.5;
  private volatilityRatio: number | undefined;
  private move = 0;
  private stress = 0;
  private volumeRatio = 1;

  constructor(setup: RiskMonitorSetup) {
    this.setup = setup;
    const slots = setup.profile.varianceShare.length;
    this.days = new DailyReturns(setup.dailyHistory);
    this.volatility = new SlotHistory(slots, rankSessions);
    this.range = new SlotHistory(slots, rankSessions);
    this.gap = new SlotHistory(slots, rankSessions);
    this.volume = new SlotHistory(slots, rankSessions);
    this.usualVolume = new SlotHistory(slots, volumeSessions);
    this.daily = this.measureDays();
  }

  /** Standard deviation of a bar's log return, exponentially weighted. */
  get barVolatility(): number {
    return Math.sqrt(this.variance);
  }

  /** Volume of the last bar over its trailing 20-session same-slot mean. */
  get volumeIntensity(): number {
    return this.volumeRatio;
  }

  /** Takes closed bar `i` in. */
  append(bars: BarSeries, i: number): void {
    const open = bars.o[i] ?? 0;
    const close = bars.c[i] ?? 0;
    const openMs = bars.t[i] ?? 0;
    // The price before, seen through a roll.
    const scale = i === 0 ? 1 : (bars.rollFactor[i] ?? 1) / (bars.rollFactor[i - 1] ?? 1);
    const before = this.close > 0 ? this.close * scale : open;
    const adjoins = openMs === this.closeMs;
    if (this.days.append(bars, i)) this.daily = this.measureDays();
    this.close = close;
    this.closeMs = openMs + bars.intervalMs;
    this.barred = ((bars.flags[i] ?? 0) & noEntryFlags) !== 0;
    // What a broken stretch shows is not what is usual, and its prints move nothing.
    const broken = ((bars.flags[i] ?? 0) & (barFlag.masked | barFlag.filled)) !== 0;
    this.move = broken ? 0 : Math.abs(close / (adjoins ? before : open) - 1);
    if (broken) return;
    this.variance = ewmaStep(this.variance, Math.log(close / before), this.setup.config.ewmaLambda);
    this.compare(slotOf(openMs, bars.intervalMs, this.setup.profile.varianceShare.length), {
      volatility: this.barVolatility,
      range: ((bars.h[i] ?? 0) - (bars.l[i] ?? 0)) / close,
      gap: Math.abs(Math.log(open / before)),
      volume: bars.v[i] ?? 0,
    });
  }

  /** The market at the last close. @param borderAhead the next bar begins another contract or another stretch */
  market(borderAhead: boolean): RiskMarket {
    const { calendar, config, contract, costs, margin, profile } = this.setup;
    const nowMs = this.closeMs;
    const session = calendar.sessionAt(nowMs);
    const flatMs = session === undefined ? nowMs : session.closeMs - config.flatBeforeCloseMin * 60_000;
    const slot = sessionSlot(nowMs, profile.intervalMs);
    const flatSlot = slot + Math.max(0, Math.ceil((flatMs - nowMs) / profile.intervalMs));
    return {
      contract,
      costs,
      marginPerUnitUsd: marginOn(margin, tradeDate(nowMs)).row.initialUsd,
      nowMs,
      barMs: profile.intervalMs,
      lastPrice: this.close,
      marketOpen: calendar.isOpen(nowMs),
      flatMs,
      entryBarred: this.barred || borderAhead,
      daily: this.daily,
      varianceShareLeft: config.holdOvernight ? 1 : varianceShareBetween(profile, slot, flatSlot),
      volatilityPercentile: this.percentile,
      liquidityScore: liquidityScore({ volumeRatio: this.volumeRatio, spreadRatio: 1 }),
      liquidityConditions: Math.min(1, this.volumeRatio),
      timeOfDayRisk: profile.hourRisk[Math.floor(exchangeMinute(nowMs) / 60)] ?? 0.5,
      marketStress: this.stress,
      correlations: [],
    };
  }

  /**
   * What the emergency ladder is to know at the last close (risk.md section 6). Volatility is that of a bar over its median
   * in the same slot, before twenty sessions are known that of a day over its trailing median; what neither can be
   * said of is left out. The move is that of the last bar: on half hours the larger one, on the safe side.
   */
  measurements(units: number, equityUsd: number): Measurements {
    const { config, contract } = this.setup;
    const {
      daily,
      lastPrice,
      liquidityConditions,
      liquidityScore: score,
      varianceShareLeft,
    } = this.market(false);
    const volatilityRatio =
      this.volatilityRatio ?? (daily === null ? undefined : daily.sigma / daily.sigmaTarget);
    return {
      ...(volatilityRatio === undefined ? {} : { volatilityRatio }),
      ...(daily === null ? {} : { varRatio: varRatio(daily) }),
      move5mPercent: 100 * this.move,
      liquidityScore: score,
      illiquidity: 1 - liquidityConditions,
    };

    function varRatio(risk: DailyRisk): number {
      const { varUsd } = positionRisk(exposureUsd(contract, units, lastPrice), risk, 0.95, varianceShareLeft);
      return varUsd / ((equityUsd * config.varHardPct) / 100);
    }
  }

  /** Ranks a bar among the same slots of the past, then adds it to them. */
  private compare(
    slot: number,
    bar: {
      readonly volatility: number;
      readonly range: number;
      readonly gap: number;
      readonly volume: number;
    },
  ): void {
    this.percentile = this.volatility.rank(slot, bar.volatility);
    this.volatilityRatio = this.volatility.ratio(slot, bar.volatility);
    const scores =
      this.volatility.score(slot, bar.volatility) +
      this.range.score(slot, bar.range) +
      this.gap.score(slot, bar.gap) +
      this.volume.score(slot, bar.volume);
    this.stress = 1 / (1 + Math.exp(2 - scores / 4));
    const usual = this.usualVolume.mean(slot);
    this.volumeRatio = usual === undefined || usual === 0 ? 1 : bar.volume / usual;
    this.volatility.push(slot, bar.volatility);
    this.range.push(slot, bar.range);
    this.gap.push(slot, bar.gap);
    this.volume.push(slot, bar.volume);
    this.usualVolume.push(slot, bar.volume);
  }

  private measureDays(): DailyRisk | null {
    return dailyRisk(this.days.returns, this.setup.config.ewmaLambda, this.setup.config.fhsWindow);
  }
}
