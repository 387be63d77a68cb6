/**
 * @file `strategic-13`: the default strategic schema, 48 x 13 over 30-minute bars (features.md section 8).
 * Agent slices: mlmi [0, 1, 8, 9], nwrqk [2, 3, 4, 5], regime [10, 11, 12], coordinator all, time [6, 7] for everybody.
 * Flattened index = 13 row + column, row 0 oldest.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Memory } from "../indicator/memory.ts";
import { ReturnVolatility } from "../basic/measures.ts";
import { clip } from "../basic/squash.ts";
import { Ring } from "../basic/ring.kernel.ts";
import { positiveNumber } from "../issues.ts";
import { Mlmi, type MlmiOptions, mlmiDefaults } from "../mlmi/mlmi.ts";
import { Nwrqk, type NwrqkOptions, nwrqkPresets } from "../nwrqk/nwrqk.ts";
import { type ProfileOptions, VolumeNodes, profileDefaults } from "../profile/lvn.ts";
import { type MmdOptions, RegimeScore, mmdDefaults } from "../regime/mmd.ts";
import { RollingNormaliser, normaliserAlpha } from "./normaliser.ts";
import type { MatrixSchema, RowMaker } from "./schema.ts";

/** What may be varied. */
export interface StrategicOptions {
  /** Tick size in points, from the instrument. */
  readonly tick: number;
  readonly nwrqkPreset?: keyof typeof nwrqkPresets;
  readonly mlmi?: Partial<MlmiOptions>;
  readonly nwrqk?: Partial<NwrqkOptions>;
  readonly profile?: Partial<ProfileOptions>;
  readonly mmd?: Partial<MmdOptions>;
  /** Bars whose rows are invalid at the start of a segment; default 3000. */
  readonly warmUp?: number;
  /** Rows of the window; default 48. */
  readonly rows?: number;
}

export const strategicColumns: readonly string[] = [
  "mlmi_value",
  "mlmi_signal",
  "nwrqk_value",
  "nwrqk_slope",
  "lvn_distance",
  "lvn_strength",
  "hour_sin",
  "hour_cos",
  "momentum_20",
  "momentum_50",
  "mmd_score",
  "volatility_30",
  "volume_profile_skew",
];

/** Columns that each strategic agent reads as its own. */
export const strategicSlices: Readonly<Record<"mlmi" | "nwrqk" | "regime" | "time", readonly number[]>> = {
  mlmi: [0, 1, 8, 9],
  nwrqk: [2, 3, 4, 5],
  regime: [10, 11, 12],
  time: [6, 7],
};

const shortMomentum = 20;
const longMomentum = 50;

/** The rows of `strategic-13` and the indicators behind them. */
export class StrategicRows implements RowMaker {
  readonly mlmi: Mlmi;
  readonly nwrqk: Nwrqk;
  readonly nodes: VolumeNodes;
  readonly regime: RegimeScore;
  private readonly sigma: ReturnVolatility;
  private readonly closes: Ring;
  private readonly slope: RollingNormaliser;

  constructor(memory: Memory, options: StrategicOptions) {
    const { tick } = options;
    this.mlmi = new Mlmi(memory, { ...mlmiDefaults, ...options.mlmi });
    this.nwrqk = new Nwrqk(memory, {
      ...nwrqkPresets[options.nwrqkPreset ?? "default"],
      tick,
      ...options.nwrqk,
    });
    this.nodes = new VolumeNodes(memory, { ...profileDefaults, tick, ...options.profile });
    this.regime = new RegimeScore(memory, { ...mmdDefaults, tick, ...options.mmd });
    this.sigma = new ReturnVolatility(memory, 30);
    this.closes = new Ring(memory, longMomentum + 1);
    this.slope = new RollingNormaliser(memory, normaliserAlpha.slope);
  }

  advance(bar: Bar, row: Float64Array, cells: Uint8Array): void {
    this.mlmi.advance(bar);
    this.nwrqk.advance(bar);
    this.nodes.advance(bar);
    this.regime.advance(bar);
    this.sigma.push(bar.close);
    this.closes.push(bar.close);
    cells.fill(1);
    this.writeMomentumIndex(row, cells);
    this.writeTrend(bar, row, cells);
    this.writeNodes(row, cells);
    const angle = (2 * Math.PI * bar.closeMinute) / 1440;
    row[6] = Math.sin(angle);
    row[7] = Math.cos(angle);
    this.writeReturns(row, cells);
    this.writeRegime(row, cells);
  }

  rescale(ratio: number): void {
    this.mlmi.rescale(ratio);
    this.nwrqk.rescale(ratio);
    this.nodes.rescale(ratio);
    this.regime.rescale(ratio);
    this.sigma.rescale(ratio);
    this.closes.rescale(ratio);
  }

  private writeMomentumIndex(row: Float64Array, cells: Uint8Array): void {
    row[0] = (this.mlmi.value - 50) / 50;
    row[1] = this.mlmi.signal;
    if (!this.mlmi.valid) cells.fill(0, 0, 2);
  }

  private writeTrend(bar: Bar, row: Float64Array, cells: Uint8Array): void {
    const { nwrqk } = this;
    row[2] = clip((nwrqk.value - bar.close) / nwrqk.atr, 3) / 3;
    row[3] = 0;
    if (!nwrqk.valid) cells[2] = 0;
    if (!nwrqk.slopeValid) {
      cells[3] = 0;
      return;
    }
    const known = this.slope.ready;
    const score = this.slope.push(nwrqk.slope);
    row[3] = known ? clip(score, 2) / 2 : clip(nwrqk.slope / 0.3);
  }

  private writeNodes(row: Float64Array, cells: Uint8Array): void {
    const { nodes } = this;
    row[4] = Math.sign(nodes.distance) * (1 - Math.exp(-Math.abs(nodes.distance) / nodes.atr));
    row[5] = nodes.strength / 100;
    row[12] = Math.tanh(nodes.skew);
    if (!nodes.hasNode) cells.fill(0, 4, 6);
    if (!nodes.ready) cells[12] = 0;
  }

  private writeReturns(row: Float64Array, cells: Uint8Array): void {
    const { closes, sigma } = this;
    const ready = sigma.ready && closes.full;
    if (!ready) {
      cells.fill(0, 8, 10);
      return;
    }
    const close = closes.at(0);
    row[8] = Math.tanh(
      Math.log(close / closes.at(shortMomentum)) / (sigma.floored * Math.sqrt(shortMomentum)),
    );
    row[9] = Math.tanh(Math.log(close / closes.at(longMomentum)) / (sigma.floored * Math.sqrt(longMomentum)));
  }

  private writeRegime(row: Float64Array, cells: Uint8Array): void {
    const { regime, sigma } = this;
    const usual = regime.referenceVolatility;
    row[10] = regime.score / (1 + Math.abs(regime.score));
    row[11] = clip(Math.log(sigma.floored / Math.max(usual, 1e-8)) / 2);
    if (!regime.valid) cells[10] = 0;
    if (!regime.referenceKnown) cells[11] = 0;
  }
}

/** The default strategic schema. @throws GrandModelError `FEATURE_PARAMETER` for a tick that is not > 0. */
export function strategic13(options: StrategicOptions): MatrixSchema<StrategicRows> {
  positiveNumber("strategic13.tick", options.tick);
  return {
    name: `strategic-13(${JSON.stringify(options)})`,
    columns: strategicColumns,
    rows: options.rows ?? 48,
    warmUp: options.warmUp ?? 3000,
    make: (memory) => new StrategicRows(memory, options),
  };
}
