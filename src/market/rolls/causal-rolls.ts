/**
 * @file Rolls as bars arrive: the rule of `detect.ts` with what is known at the close of the bar, never revised.
 *
 * Scale is the median of the gaps of the same slot seen so far (at least 20), and the first weekday gap of a window that
 * passes is the roll; `detect.ts` knows the whole series and takes the strongest. A weekend gap that passes before any weekday
 * gap of its window is ambiguous: flat is forced across it, no ratio is applied.
 */
import type { BarSeries } from "../bars.ts";
import type { ContractSpec } from "../instruments.ts";
import { RollFactors, type RollMarker } from "./adjust.ts";
import { type OpeningGap, OpeningGaps, type Roll, rollAt, rollStrength, rollWindow } from "./detect.ts";

const atLeastKnown = 20;

/** Sizes in ascending order, with their median. */
class SortedSizes {
  private readonly sizes: number[] = [];

  add(size: number): void {
    let at = this.sizes.length;
    while (at > 0 && (this.sizes[at - 1] ?? 0) > size) at -= 1;
    this.sizes.splice(at, 0, size);
  }

  /** Infinity until enough are known. */
  get median(): number {
    const n = this.sizes.length;
    if (n < atLeastKnown) return Infinity;
    const upper = this.sizes[n >> 1] ?? Infinity;
    return n % 2 === 1 ? upper : (upper + (this.sizes[(n >> 1) - 1] ?? 0)) / 2;
  }
}

/** Finds and writes rolls causally. */
export class CausalRolls implements RollMarker {
  private readonly spec: ContractSpec;
  private readonly gaps: OpeningGaps = new OpeningGaps();
  private readonly factors: RollFactors = new RollFactors();
  private readonly seen: Readonly<Record<OpeningGap["slot"], SortedSizes>> = {
    evening: new SortedSizes(),
    midnight: new SortedSizes(),
    weekend: new SortedSizes(),
  };
  /** The window of the last roll; a window rolls once. */
  private rolledWindow: number | undefined;

  constructor(spec: ContractSpec) {
    this.spec = spec;
  }

  get found(): readonly Roll[] {
    return this.factors.found;
  }

  mark(bars: BarSeries): void {
    for (let i = 0; i < bars.length; i++) {
      const gap = this.gaps.next(bars, i);
      this.factors.write(bars, i, gap === undefined ? [] : this.judged(gap));
    }
  }

  private judged(gap: OpeningGap): readonly Roll[] {
    const sizes = this.seen[gap.slot];
    const strength = rollStrength(gap, sizes.median);
    sizes.add(Math.abs(gap.gap));
    const window = rollWindow(this.spec, gap.day);
    if (strength < 1 || window === undefined || window === this.rolledWindow) return [];
    const roll = rollAt(gap);
    if (!roll.ambiguous) this.rolledWindow = window;
    return [roll];
  }
}
