/**
 * @file Heikin-Ashi bars: c = (O + H + L + C) / 4; o = (o1 + c1) / 2, seeded (O + C) / 2; h = max(H, o, c);
 * l = min(L, o, c). Never tradable prices: only MLMI and NW-RQK may be asked to read this close instead of the raw one.
 */
import type { Bar } from "../indicator/bar.ts";
import type { Recipe } from "../indicator/indicator.ts";
import type { Cell, Memory } from "../indicator/memory.ts";

/** Which close an indicator reads; `heikinAshi` smooths twice. */
export type PriceSource = "raw" | "heikinAshi";

/** The Heikin-Ashi bar that belongs to the last raw bar. */
export class HeikinAshi {
  private readonly seen: Cell;
  private readonly openCell: Cell;
  private readonly highCell: Cell;
  private readonly lowCell: Cell;
  private readonly closeCell: Cell;

  constructor(memory: Memory) {
    this.seen = memory.cell();
    this.openCell = memory.cell();
    this.highCell = memory.cell();
    this.lowCell = memory.cell();
    this.closeCell = memory.cell();
  }

  get open(): number {
    return this.openCell.value;
  }

  get high(): number {
    return this.highCell.value;
  }

  get low(): number {
    return this.lowCell.value;
  }

  get close(): number {
    return this.closeCell.value;
  }

  push(bar: Bar): void {
    const close = (bar.open + bar.high + bar.low + bar.close) / 4;
    const open =
      this.seen.value === 0 ? (bar.open + bar.close) / 2 : (this.openCell.value + this.closeCell.value) / 2;
    this.openCell.value = open;
    this.closeCell.value = close;
    this.highCell.value = Math.max(bar.high, open, close);
    this.lowCell.value = Math.min(bar.low, open, close);
    this.seen.value = 1;
  }

  rescale(ratio: number): void {
    this.openCell.value *= ratio;
    this.highCell.value *= ratio;
    this.lowCell.value *= ratio;
    this.closeCell.value *= ratio;
  }
}

/** Heikin-Ashi bars as an indicator, points. */
export function heikinAshi(): Recipe {
  return (memory) => {
    const smooth = new HeikinAshi(memory);
    return {
      name: "heikin_ashi",
      columns: ["ha_open", "ha_high", "ha_low", "ha_close"],
      warmUp: 1,
      lookback: Infinity,
      advance: (bar) => smooth.push(bar),
      rescale: (ratio) => smooth.rescale(ratio),
      emit: (values, valid) => {
        values[0] = smooth.open;
        values[1] = smooth.high;
        values[2] = smooth.low;
        values[3] = smooth.close;
        valid.fill(1);
      },
    };
  };
}
