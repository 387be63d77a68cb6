/**
 * @file The regime score: has the market of the last 100 bars the distribution of the 500 bars before?
 *
 * Points (r / sigma_ref, ln(range / ATR_ref), ln(sigma20 / sigma_ref), ln(V / V_ref)), where the references are medians
 * over the trailing 500 bars of sigma30, ATR14 and V. The discrepancy is an MMD by random Fourier features, its score
 * the distance from the mean of block permutations in their deviations (`regime-fit.kernel.ts`).
 *
 * Refits: a fit takes over at each session open. It is prepared during the session before, for an open 46 bars after
 * that session's, in equal parts on all bars between. Where a session has another number of bars the reference lies off
 * by the difference, and a fit that is not complete at the open takes over some bars later; the next one then has fewer
 * bars, does more on each and is in time again.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { AverageTrueRange, ReturnVolatility } from "../basic/measures.ts";
import { SortedRing } from "../basic/sorted-ring.kernel.ts";
import { positiveNumber, wholeNumber } from "../issues.ts";
import { PointHistory } from "./point-history.kernel.ts";
import { fourierBasis } from "./random-features.kernel.ts";
import { drawReassignments } from "./reassignments.ts";
import { RegimeFit, spanBars } from "./regime-fit.kernel.ts";

/** Parameters of the regime score. */
export interface MmdOptions {
  /** Random features D. */
  readonly features: number;
  readonly permutations: number;
  readonly seed: number;
  /** Bars of a normal session, from one refit to the next. */
  readonly sessionBars: number;
  readonly tick: number;
}

export const mmdDefaults: Omit<MmdOptions, "tick"> = {
  features: 128,
  permutations: 200,
  seed: 0,
  sessionBars: 46,
};

const atrLength = 14;
const medianBars = 500;

/** Regime score over the bars of a segment. */
export class RegimeScore implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = ["mmd2", "mmd_z", "mmd_p_value"];
  /** Bars until the first fit can have taken over in sessions of normal length; later ones make it later. */
  readonly warmUp: number;
  readonly eventual: readonly string[] = this.columns;
  readonly lookback: number = Infinity;
  private readonly options: MmdOptions;
  private readonly shortSigma: ReturnVolatility;
  private readonly sigma: ReturnVolatility;
  private readonly range: AverageTrueRange;
  private readonly sigmas: SortedRing;
  private readonly ranges: SortedRing;
  private readonly volumes: SortedRing;
  private readonly history: PointHistory;
  private readonly fits: readonly [RegimeFit, RegimeFit];
  /** 0 or 1: which fit is in force; -1 before the first. */
  private readonly active: Cell;
  private readonly session: Cell;
  /** Bars since the session opened. */
  private readonly slot: Cell;
  /** 1 while the next fit should take over as soon as it is complete. */
  private readonly due: Cell;
  private readonly discrepancy: Cell;
  private readonly scoreCell: Cell;
  private readonly pCell: Cell;

  constructor(memory: Memory, options: MmdOptions) {
    this.options = options;
    this.name = `mmd(${JSON.stringify(options)})`;
    this.warmUp = medianBars + 30 + spanBars;
    this.shortSigma = new ReturnVolatility(memory, 20);
    this.sigma = new ReturnVolatility(memory, 30);
    this.range = new AverageTrueRange(memory, atrLength, options.tick);
    this.sigmas = new SortedRing(memory, medianBars);
    this.ranges = new SortedRing(memory, medianBars);
    this.volumes = new SortedRing(memory, medianBars);
    this.history = new PointHistory(memory, spanBars + 2 * options.sessionBars);
    const basis = fourierBasis(options.features, options.seed);
    const reassignments = drawReassignments(options.permutations, options.seed);
    this.fits = [new RegimeFit(memory, basis, reassignments), new RegimeFit(memory, basis, reassignments)];
    this.active = memory.cell(-1);
    this.session = memory.cell();
    this.slot = memory.cell();
    this.due = memory.cell();
    this.discrepancy = memory.cell();
    this.scoreCell = memory.cell();
    this.pCell = memory.cell();
  }

  get valid(): boolean {
    return this.active.value >= 0;
  }

  /** z, unbounded. */
  get score(): number {
    return this.scoreCell.value;
  }

  /** Median of sigma30 over the trailing 500 bars. */
  get referenceVolatility(): number {
    return this.sigmas.quantile(0.5);
  }

  /** The trailing medians cover 500 bars. */
  get referenceKnown(): boolean {
    return this.sigmas.full;
  }

  advance(bar: Bar): void {
    this.slot.value = bar.session === this.session.value ? this.slot.value + 1 : 0;
    if (this.slot.value === 0) this.due.value = 1;
    this.session.value = bar.session;
    this.measure(bar);
    if (!this.sigmas.full) return;
    this.pushPoint(bar);
    this.turnOver();
    if (!this.valid) return;
    const fit = this.fits[this.active.value === 0 ? 0 : 1];
    this.discrepancy.value = fit.discrepancy();
    this.scoreCell.value = fit.score(this.discrepancy.value);
    this.pCell.value = fit.pValue(this.discrepancy.value);
  }

  rescale(ratio: number): void {
    this.shortSigma.rescale(ratio);
    this.sigma.rescale(ratio);
    this.range.rescale(ratio);
    this.ranges.rescale(ratio);
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    values[0] = this.discrepancy.value;
    values[1] = this.score;
    values[2] = this.pCell.value;
    valid.fill(this.valid ? 1 : 0);
  }

  /** Writes three numbers: z / (1 + |z|), 1 - 2 p, and 1 when p < 0.05. Zeros before the first fit. */
  context(out: Float64Array | Float32Array, from = 0): void {
    out[from] = this.valid ? this.score / (1 + Math.abs(this.score)) : 0;
    out[from + 1] = this.valid ? 1 - 2 * this.pCell.value : 0;
    out[from + 2] = this.valid && this.pCell.value < 0.05 ? 1 : 0;
  }

  private measure(bar: Bar): void {
    this.shortSigma.push(bar.close);
    this.sigma.push(bar.close);
    this.range.push(bar);
    if (!this.sigma.ready) return;
    this.sigmas.push(this.sigma.value);
    this.ranges.push(this.range.floored);
    this.volumes.push(bar.volume);
  }

  private pushPoint(bar: Bar): void {
    const sigma = Math.max(this.sigmas.quantile(0.5), 1e-8);
    const range = Math.max(bar.high - bar.low, this.options.tick);
    this.history.push(
      this.sigma.returns.at(0) / sigma,
      Math.log(range / this.ranges.quantile(0.5)),
      Math.log(this.shortSigma.floored / sigma),
      Math.log(Math.max(bar.volume, 1) / Math.max(this.volumes.quantile(0.5), 1)),
    );
  }

  /** Works on both fits and lets the next one take over when it is due and complete. */
  private turnOver(): void {
    const [zero, one] = this.fits;
    const next = this.active.value === 0 ? one : zero;
    if (this.valid) this.fits[this.active.value === 0 ? 0 : 1].work(this.history);
    if (next.idle) this.beginNext(next);
    else next.work(this.history);
    if (this.due.value === 0 || !next.ready) return;
    this.active.value = this.active.value === 0 ? 1 : 0;
    next.freeze();
    this.due.value = 0;
    this.beginNext(this.active.value === 0 ? one : zero);
  }

  /** Starts a fit for the next session open, if the bars that it needs are there. */
  private beginNext(next: RegimeFit): void {
    const barsToOpen = Math.max(1, this.options.sessionBars - this.slot.value);
    const first = this.history.count - 1 + barsToOpen - (spanBars - 1);
    if (first >= 0) next.begin(first, barsToOpen);
  }
}

/** The regime score as an indicator. */
export function mmd(options: Partial<MmdOptions> & { readonly tick: number }): Recipe<RegimeScore> {
  const all = { ...mmdDefaults, ...options };
  positiveNumber("mmd.tick", all.tick);
  wholeNumber("mmd.features", all.features);
  wholeNumber("mmd.permutations", all.permutations, 20);
  wholeNumber("mmd.sessionBars", all.sessionBars);
  return (memory) => new RegimeScore(memory, all);
}
