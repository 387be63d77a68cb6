/**
 * @file `technical-13`: thirteen common technical columns, for the ablation against `strategic-13` only
 * (features.md section 8). Unbounded columns are squashed by tanh; returns are in deviations, and the liquidity column is
 * ln of (V / range) over its own 500-bar median, both so that the scale of prices does not matter.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Memory } from "../indicator/memory.ts";
import { ExponentialAverage } from "../basic/averages.ts";
import { AverageTrueRange, RelativeStrength, ReturnVolatility } from "../basic/measures.ts";
import { Ring, correlationOf, meanOf } from "../basic/ring.kernel.ts";
import { SortedRing } from "../basic/sorted-ring.kernel.ts";
import { positiveNumber } from "../issues.ts";
import type { MatrixSchema, RowMaker } from "./schema.ts";
import type { StrategicOptions } from "./strategic13.ts";

export const technicalColumns: readonly string[] = [
  "return",
  "volume_surprise",
  "relative_dispersion",
  "momentum_10",
  "rsi_14",
  "macd",
  "bollinger_position",
  "mean_return_5",
  "price_volume_correlation",
  "volatility_regime",
  "value_at_risk_15",
  "liquidity",
  "return_novelty",
];

const medianBars = 500;
const half = 40;

/** The rows of `technical-13`. */
export class TechnicalRows implements RowMaker {
  private readonly tick: number;
  private readonly sigma: ReturnVolatility;
  private readonly longReturns: ReturnVolatility;
  private readonly sigmas: SortedRing;
  private readonly closes: Ring;
  private readonly volumes: Ring;
  private readonly recentVolumes: Ring;
  private readonly dispersions: SortedRing;
  private readonly liquidities: SortedRing;
  private readonly tail: SortedRing;
  private readonly strength: RelativeStrength;
  private readonly quick: ExponentialAverage;
  private readonly slow: ExponentialAverage;
  private readonly range: AverageTrueRange;

  constructor(memory: Memory, tick: number) {
    this.tick = tick;
    this.sigma = new ReturnVolatility(memory, 30);
    this.longReturns = new ReturnVolatility(memory, 2 * half);
    this.sigmas = new SortedRing(memory, medianBars);
    this.closes = new Ring(memory, 20);
    this.volumes = new Ring(memory, 20);
    this.recentVolumes = new Ring(memory, 10);
    this.dispersions = new SortedRing(memory, medianBars);
    this.liquidities = new SortedRing(memory, medianBars);
    this.tail = new SortedRing(memory, 15);
    this.strength = new RelativeStrength(memory, 14);
    this.quick = new ExponentialAverage(memory, 12);
    this.slow = new ExponentialAverage(memory, 26);
    this.range = new AverageTrueRange(memory, 14, tick);
  }

  advance(bar: Bar, row: Float64Array, cells: Uint8Array): void {
    this.pushBar(bar);
    const known =
      this.longReturns.ready && this.sigmas.full && this.dispersions.full && this.liquidities.full;
    cells.fill(known ? 1 : 0);
    if (!known) return;
    const sigma = this.sigma.floored;
    const { closes, volumes, sigmas } = this;
    const mean = closes.mean();
    const dispersion = closes.deviation();
    const { returns } = this.sigma;
    row[0] = Math.tanh(returns.at(0) / sigma);
    row[1] = Math.tanh(bar.volume / Math.max(1, this.recentVolumes.mean()) - 1);
    row[2] = Math.tanh(dispersion / mean / Math.max(this.dispersions.quantile(0.5), 1e-8));
    row[3] = Math.tanh(Math.log(bar.close / closes.at(10)) / (sigma * Math.sqrt(10)));
    row[4] = this.strength.value / 100;
    row[5] = Math.tanh((this.quick.value - this.slow.value) / this.range.floored);
    row[6] = dispersion > 0 ? Math.tanh((bar.close - mean) / (2 * dispersion)) : 0;
    row[7] = Math.tanh(meanOf(returns.numbers, returns.start + returns.length - 5, 5) / sigma);
    row[8] = correlationOf(closes.numbers, closes.start, volumes.numbers, volumes.start, 20);
    row[9] = sigma > sigmas.quantile(0.8) ? 1 : sigma < sigmas.quantile(0.2) ? -1 : 0;
    row[10] = Math.tanh(-this.tail.quantile(0.05) / sigma);
    row[11] = Math.tanh(Math.log(this.liquidity(bar) / this.liquidities.quantile(0.5)));
    const long = this.longReturns.returns;
    row[12] = Math.tanh(1 - correlationOf(long.numbers, long.start, long.numbers, long.start + half, half));
  }

  rescale(ratio: number): void {
    this.sigma.rescale(ratio);
    this.longReturns.rescale(ratio);
    this.closes.rescale(ratio);
    this.liquidities.rescale(1 / ratio);
    this.strength.rescale(ratio);
    this.quick.rescale(ratio);
    this.slow.rescale(ratio);
    this.range.rescale(ratio);
  }

  private pushBar(bar: Bar): void {
    this.sigma.push(bar.close);
    this.longReturns.push(bar.close);
    this.closes.push(bar.close);
    this.volumes.push(bar.volume);
    this.recentVolumes.push(bar.volume);
    this.strength.push(bar.close);
    this.quick.push(bar.close);
    this.slow.push(bar.close);
    this.range.push(bar);
    this.liquidities.push(this.liquidity(bar));
    if (this.sigma.returns.count > 0) this.tail.push(this.sigma.returns.at(0));
    if (this.sigma.ready) this.sigmas.push(this.sigma.value);
    if (this.closes.full) this.dispersions.push(this.closes.deviation() / this.closes.mean());
  }

  /** Contracts a point of range. */
  private liquidity(bar: Bar): number {
    return Math.max(bar.volume, 1) / Math.max(bar.high - bar.low, this.tick);
  }
}

/** The technical schema. @throws GrandModelError `FEATURE_PARAMETER` for a tick that is not > 0. */
export function technical13(
  options: Pick<StrategicOptions, "tick" | "warmUp" | "rows">,
): MatrixSchema<TechnicalRows> {
  positiveNumber("technical13.tick", options.tick);
  return {
    name: `technical-13(${JSON.stringify(options)})`,
    columns: technicalColumns,
    rows: options.rows ?? 48,
    warmUp: options.warmUp ?? 3000,
    make: (memory) => new TechnicalRows(memory, options.tick),
  };
}
