/**
 * @file Synergies of one bar size: MLMI, NW-RQK and gap events of the same series feed the detector (30-minute-only runs
 * of strategic-tactical.md section 5). Strengths are normalised and capped here: |value - 50| / 50, |slope/ATR| / 0.3,
 * gap size / ATR.
 */
import { type FairValueGaps, fvg } from "../gaps/fvg.ts";
import type { Bar } from "../indicator/bar.ts";
import type { Calculation, Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";
import { type Mlmi, mlmi } from "../mlmi/mlmi.ts";
import { type Nwrqk, nwrqk } from "../nwrqk/nwrqk.ts";
import { eventKind, SynergyDetector, synergyDefaults, type SynergyOptions } from "./detector.ts";

/** What may be varied. */
export interface SynergiesOptions extends SynergyOptions {
  readonly tick: number;
  readonly nwrqkPreset: "default" | "slow46";
  /** Distance of MLMI from 50 at which it is an event, points. */
  readonly mlmiDistance: number;
  /** Least size of a gap, percent of price: 0.1 for gaps of 30-minute bars. */
  readonly minPercent: number;
}

/** Slope / ATR that counts as full strength. */
const fullSlope = 0.3;

/** Detector with its three sources. */
export class Synergies implements Calculation {
  readonly name: string;
  readonly columns: readonly string[] = [
    "synergy_type",
    "synergy_direction",
    "synergy_confidence",
    "synergy_age",
  ];
  readonly eventual: readonly string[] = this.columns.slice(1);
  readonly warmUp: number;
  readonly lookback: number = Infinity;
  readonly detector: SynergyDetector;
  private readonly mlmi: Mlmi;
  private readonly nwrqk: Nwrqk;
  private readonly gaps: FairValueGaps;
  private readonly options: SynergiesOptions;
  private readonly far: Cell;
  private readonly seen: Cell;

  constructor(memory: Memory, options: SynergiesOptions) {
    this.options = options;
    this.name = `synergies(${JSON.stringify(options)})`;
    this.mlmi = mlmi()(memory);
    this.nwrqk = nwrqk({ tick: options.tick }, options.nwrqkPreset)(memory);
    this.gaps = fvg({ tick: options.tick, minPercent: options.minPercent })(memory);
    this.detector = new SynergyDetector(memory, options);
    this.far = memory.cell();
    this.seen = memory.cell();
    this.warmUp = Math.max(this.mlmi.warmUp, this.nwrqk.warmUp, this.gaps.warmUp);
  }

  advance(bar: Bar): void {
    this.seen.value += 1;
    this.mlmi.advance(bar);
    this.nwrqk.advance(bar);
    this.gaps.advance(bar);
    this.offerTrend();
    this.offerMomentum();
    this.offerGap();
    this.detector.close();
  }

  rescale(ratio: number): void {
    this.mlmi.rescale(ratio);
    this.nwrqk.rescale(ratio);
    this.gaps.rescale(ratio);
  }

  emit(values: Float64Array, valid: Uint8Array): void {
    const { detector } = this;
    values[0] = detector.type;
    values[1] = detector.direction;
    values[2] = detector.confidence;
    values[3] = detector.age;
    const ready = this.seen.value >= this.warmUp;
    valid[0] = ready ? 1 : 0;
    valid.fill(ready && Number.isFinite(detector.age) ? 1 : 0, 1);
  }

  private offerTrend(): void {
    const { stateChange, slope } = this.nwrqk;
    if (stateChange !== 0) this.detector.offer(eventKind.nwrqk, stateChange, Math.abs(slope) / fullSlope);
  }

  /** Entry into the far zone, or a signal while there. */
  private offerMomentum(): void {
    if (!this.mlmi.valid) return;
    const distance = this.mlmi.value - 50;
    const zone = Math.abs(distance) >= this.options.mlmiDistance ? Math.sign(distance) : 0;
    const entered = zone !== this.far.value;
    this.far.value = zone;
    if (zone !== 0 && (entered || this.mlmi.signal !== 0)) {
      this.detector.offer(eventKind.mlmi, zone, Math.abs(distance) / 50);
    }
  }

  private offerGap(): void {
    const { mitigationSignal, mitigationSize, atr } = this.gaps;
    if (mitigationSignal !== 0) this.detector.offer(eventKind.fvg, mitigationSignal, mitigationSize / atr);
  }
}

/** Synergies as an indicator. */
export function synergies(options: Partial<SynergiesOptions> & { readonly tick: number }): Recipe<Synergies> {
  const all: SynergiesOptions = {
    ...synergyDefaults,
    nwrqkPreset: "default",
    mlmiDistance: 25,
    minPercent: 0.1,
    ...options,
  };
  return (memory) => new Synergies(memory, all);
}
