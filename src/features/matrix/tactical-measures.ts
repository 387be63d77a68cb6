/** @file The measures that both tactical schemas read: gaps, ATR5, anchors of the past, short volatility. */
import type { Bar } from "../indicator/bar.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { ExponentialAverage } from "../basic/averages.ts";
import { ReturnVolatility } from "../basic/measures.ts";
import { Ring } from "../basic/ring.kernel.ts";
import { type FvgOptions, fvgDefaults } from "../gaps/fvg-options.ts";
import { FairValueGaps } from "../gaps/fvg.ts";

const anchorBars = 60;
const volumeBars = 20;
const volatilityBars = 60;
const momentumBars = 5;

export class TacticalMeasures {
  readonly gaps: FairValueGaps;
  private readonly anchorAverage: ExponentialAverage;
  private readonly volumeAverage: ExponentialAverage;
  private readonly sigma: ReturnVolatility;
  private readonly closes: Ring;
  private readonly anchorBefore: Cell;
  private readonly volumeBefore: Cell;

  constructor(memory: Memory, tick: number, fvg: Partial<FvgOptions> = {}) {
    this.gaps = new FairValueGaps(memory, { ...fvgDefaults, tick, ...fvg });
    this.anchorAverage = new ExponentialAverage(memory, anchorBars);
    this.volumeAverage = new ExponentialAverage(memory, volumeBars);
    this.sigma = new ReturnVolatility(memory, volatilityBars);
    this.closes = new Ring(memory, momentumBars + 1);
    this.anchorBefore = memory.cell();
    this.volumeBefore = memory.cell();
  }

  /** EMA60 of the closes before this bar, points. */
  get anchor(): number {
    return this.anchorBefore.value;
  }

  /** ATR14 of the bars so far, at least one tick. */
  get atr(): number {
    return this.gaps.atr;
  }

  /** Everything but the gaps' own filters is known. */
  get ready(): boolean {
    return this.sigma.ready && this.closes.full && this.gaps.ready;
  }

  /** sigma60, population. */
  get volatility(): number {
    return this.sigma.floored;
  }

  advance(bar: Bar): void {
    this.anchorBefore.value = this.anchorAverage.ready ? this.anchorAverage.value : bar.close;
    this.volumeBefore.value = this.volumeAverage.ready ? this.volumeAverage.value : bar.volume;
    this.gaps.advance(bar);
    this.anchorAverage.push(bar.close);
    this.volumeAverage.push(bar.volume);
    this.sigma.push(bar.close);
    this.closes.push(bar.close);
  }

  rescale(ratio: number): void {
    this.gaps.rescale(ratio);
    this.anchorAverage.rescale(ratio);
    this.sigma.rescale(ratio);
    this.closes.rescale(ratio);
    this.anchorBefore.value *= ratio;
  }

  /** tanh(ln((1 + V) / (1 + EMA20(V) before))): signed, so that low volume can be told. */
  volumeColumn(bar: Bar): number {
    return Math.tanh(Math.log((1 + bar.volume) / (1 + this.volumeBefore.value)));
  }

  /** tanh(ln(C / C5) / (sigma60 sqrt 5)). */
  momentumColumn(): number {
    const move = Math.log(this.closes.at(0) / this.closes.at(momentumBars));
    return Math.tanh(move / (this.sigma.floored * Math.sqrt(momentumBars)));
  }

  /** 100 (C / C5 - 1), percent. */
  percentMove(): number {
    return 100 * (this.closes.at(0) / this.closes.at(momentumBars) - 1);
  }
}
