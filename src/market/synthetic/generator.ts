/**
 * @file Synthetic bars: seeded, on the session clock and the tick grid, labelled `synthetic` for ever.
 *
 * Log volatility is an AR(1) times an intraday shape times a regime factor; three regimes (trend, range, stress) change
 * with mean length 200 bars; innovations are Student-t(5) of unit variance; volume = shape * exp(a * |r| / sigma + noise).
 * The close moves in whole ticks by a rounded symmetric step, so `martingale` has conditional mean zero exactly. Highs and
 * lows come from a Brownian bridge of 12 steps between open and close. Not attempted: order-book effects, gaps on news.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { hashJson } from "../../runtime/hash.adapter.ts";
import { allocateBars, type BarSeries, barFlag, sliceBars } from "../bars.ts";
import { dayMs, type DayId, weekday } from "../calendar/civil.ts";
import { contractSpec, type ContractSpec, type PriceTicks, tickPrice } from "../instruments.ts";
import { markSessions } from "../quality/sessions.ts";
import { rollWindow } from "../rolls/detect.ts";
import { exchangeMinute, exchangeZone, sessionCalendar, type SessionBounds } from "../session.ts";
import { volatilityShape, volumeShape } from "./intraday-shape.ts";

/** Regimes of the generator. */
export const regimes = ["trend", "range", "stress"] as const;

/** What to generate. */
export interface SyntheticOptions {
  readonly seed: number;
  readonly symbol: string;
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly intervalMs: number;
  readonly sessions: number;
  /** First trade date, `yyyymmdd`. */
  readonly from: DayId;
  readonly startPrice: number;
  /** Standard deviation of a mean bar's log return. */
  readonly sigma: number;
  /** Mean log return of a bar. */
  readonly drift?: number;
  /** No drift, no trend, no reversion: the conditional mean of every step is zero. */
  readonly martingale?: boolean;
  /** Edge k of `planted-edge.ts`, in standard deviations; removes every other predictability of the mean. */
  readonly plantedEdge?: number;
  /** Bars over which the planted sign compares closes; the body of the last bar unless given. */
  readonly plantedLookback?: number;
  /** Ratio minus one of new to old contract at each roll; 0 for none. */
  readonly rollSpread?: number;
  /** Mean contracts of a bar. */
  readonly volume?: number;
}

/** Generated bars and what the generator knows about them. */
export interface SyntheticMarket {
  readonly bars: BarSeries;
  /** Index into `regimes` per bar. */
  readonly regime: Uint8Array;
  /** Standard deviation of each bar's log return, as drawn. */
  readonly sigma: Float64Array;
  /** Rolls that were put in: open of the first bar of the new contract and ratio. */
  readonly rolls: readonly { readonly t: number; readonly ratio: number }[];
}

const regimeVolatility = [0.9, 0.7, 2] as const;
const regimeLength = 200;
const persistence = 0.98;
const volatilityNoise = 0.1;
const bridgeSteps = 12;
const volumeResponse = 0.4;

/** Generates a market. Same options, same bars, bit for bit. */
export function generateMarket(options: SyntheticOptions): SyntheticMarket {
  const spec = options.spec ?? contractSpec(options.symbol);
  const sessions = sessionsFrom(spec, options.from, options.sessions);
  const count = sessions.reduce((n, s) => n + Math.ceil((s.closeMs - s.openMs) / options.intervalMs), 0);
  const bars = allocateBars(
    {
      symbol: options.symbol,
      intervalMs: options.intervalMs,
      dataSource: "synthetic",
      fileHash: hashJson({ generator: "synthetic-1", ...options, spec: spec.symbol }),
    },
    count,
  );
  const market = { bars, regime: new Uint8Array(count), sigma: new Float64Array(count) };
  const walk = new MarketWalk(options, spec, market);
  for (const session of sessions) walk.session(session);
  const used = sliceBars(bars, 0, walk.length);
  markSessions(used, sessionCalendar(spec.sessionTemplate), spec);
  return {
    bars: used,
    regime: market.regime.subarray(0, walk.length),
    sigma: market.sigma.subarray(0, walk.length),
    rolls: walk.rolls,
  };
}

function sessionsFrom(spec: ContractSpec, from: DayId, count: number): readonly SessionBounds[] {
  const calendar = sessionCalendar(spec.sessionTemplate);
  const found: SessionBounds[] = [];
  for (let at = calendar.sessionOf(from) ?? calendar.nextSession(from); found.length < count;) {
    found.push(at);
    at = calendar.nextSession(at.tradeDate);
  }
  return found;
}

/** The state of the walk: price in ticks, volatility, regime. */
class MarketWalk {
  length = 0;
  readonly rolls: { readonly t: number; readonly ratio: number }[] = [];
  private readonly options: SyntheticOptions;
  private readonly spec: ContractSpec;
  private readonly market: {
    readonly bars: BarSeries;
    readonly regime: Uint8Array;
    readonly sigma: Float64Array;
  };
  private readonly random: Generator;
  private readonly path = new Float64Array(bridgeSteps + 1);
  private ticks: number;
  private anchor: number;
  private logVolatility = 0;
  private regime = 1;
  private trend = 1;
  private lastSign = 0;
  /** Closes so far, in ticks of the contract that each was in. */
  private readonly closes: number[] = [];
  private rolledWindow = -1;

  constructor(options: SyntheticOptions, spec: ContractSpec, market: MarketWalk["market"]) {
    this.options = options;
    this.spec = spec;
    this.market = market;
    this.random = Generator.fromKey(foldIn(foldIn(keyFromSeed(options.seed), "synthetic"), options.symbol));
    this.ticks = Math.round(options.startPrice / spec.tickSize);
    this.anchor = this.ticks;
  }

  session(bounds: SessionBounds): void {
    this.maybeRoll(bounds);
    for (let t = bounds.openMs; t < bounds.closeMs; t += this.options.intervalMs) {
      if (bounds.halts.every(([from, to]) => t < from || t >= to)) this.bar(t);
    }
  }

  /** Changes contract at the first opening inside a roll window that is not a weekend's. */
  private maybeRoll(bounds: SessionBounds): void {
    const spread = this.options.rollSpread ?? 0;
    const openDay = Math.floor(exchangeZone.toLocal(bounds.openMs) / dayMs);
    const window = rollWindow(this.spec, openDay);
    if (spread === 0 || window === undefined || window === this.rolledWindow || weekday(openDay) === 0)
      return;
    this.rolledWindow = window;
    if (this.length === 0) return;
    const before = this.ticks;
    this.ticks = Math.round(before * (1 + spread));
    this.anchor *= this.ticks / before;
    this.lastSign = 0;
    this.rolls.push({ t: bounds.openMs, ratio: this.ticks / before });
    this.market.bars.flags[this.length] = barFlag.rollBar;
  }

  private bar(t: number): void {
    const { random, market } = this;
    const minute = exchangeMinute(t);
    if (random.nextFloat64() < 1 / regimeLength) this.changeRegime();
    this.logVolatility = persistence * this.logVolatility + volatilityNoise * random.normal();
    const sigma =
      this.options.sigma *
      Math.exp(this.logVolatility - 0.12) *
      volatilityShape(minute) *
      (regimeVolatility[this.regime] ?? 1);
    const open = this.ticks;
    const innovation = studentT5Draw(random);
    const step = (this.conditionalMean(sigma) + sigma * innovation) * open;
    const close = Math.max(1, open + Math.sign(step) * Math.round(Math.abs(step)));
    const [high, low] = this.range(open, close, sigma * open);
    const i = this.length;
    const bars = market.bars;
    bars.t[i] = t;
    bars.o[i] = this.price(open);
    bars.h[i] = this.price(high);
    bars.l[i] = this.price(low);
    bars.c[i] = this.price(close);
    bars.v[i] = this.volumeOf(minute, Math.abs(innovation));
    market.regime[i] = this.regime;
    market.sigma[i] = sigma;
    this.ticks = close;
    this.closes.push(close);
    this.lastSign = this.signAfter(open, close);
    this.length = i + 1;
  }

  private price(ticks: number): number {
    return tickPrice(this.spec, ticks as PriceTicks);
  }

  private changeRegime(): void {
    this.regime = (this.regime + 1 + this.random.below(2)) % regimes.length;
    this.trend = this.random.below(2) === 0 ? 1 : -1;
    this.anchor = this.ticks;
  }

  /** The planted sign at a close; 0 until there are bars enough to compare. */
  private signAfter(open: number, close: number): number {
    const { plantedLookback } = this.options;
    if (plantedLookback === undefined) return Math.sign(close - open);
    return Math.sign(close - (this.closes.at(-1 - plantedLookback) ?? close));
  }

  /** Mean log return of the next bar given the past: what a strategy could earn. */
  private conditionalMean(sigma: number): number {
    const { plantedEdge, martingale, drift = 0 } = this.options;
    if (plantedEdge !== undefined) return plantedEdge * sigma * this.lastSign;
    if (martingale === true) return 0;
    if (this.regime === 0) return drift + 0.05 * sigma * this.trend;
    return this.regime === 1 ? drift + 0.02 * Math.log(this.anchor / this.ticks) : drift;
  }

  /** High and low of a Brownian bridge from open to close, in ticks. */
  private range(open: number, close: number, sigmaTicks: number): readonly [high: number, low: number] {
    const { path, random } = this;
    const stepSize = sigmaTicks / Math.sqrt(bridgeSteps);
    path[0] = 0;
    for (let k = 1; k <= bridgeSteps; k++) path[k] = (path[k - 1] ?? 0) + stepSize * random.normal();
    const end = path[bridgeSteps] ?? 0;
    let high = Math.max(open, close);
    let low = Math.min(open, close);
    for (let k = 1; k < bridgeSteps; k++) {
      const share = k / bridgeSteps;
      const at = Math.round(open + (path[k] ?? 0) - share * end + share * (close - open));
      high = Math.max(high, at);
      low = Math.min(low, at);
    }
    return [high, Math.max(1, low)];
  }

  private volumeOf(minute: number, size: number): number {
    const mean = this.options.volume ?? 2000;
    const noise = 0.3 * this.random.normal();
    return Math.max(
      1,
      Math.round(mean * volumeShape(minute) * Math.exp(volumeResponse * Math.min(size, 6) + noise - 0.35)),
    );
  }
}

/** Student-t with 5 degrees of freedom, scaled to unit variance. */
function studentT5Draw(random: Generator): number {
  const z = random.normal();
  let chi2 = 0;
  for (let k = 0; k < 5; k++) {
    const g = random.normal();
    chi2 += g * g;
  }
  return (z / Math.sqrt(chi2 / 5)) * Math.sqrt(3 / 5);
}
