/** @file The bars that a features command works on: imported, prepared, and in the bar size that the schema reads. */
import type { BarSeries, DataSource } from "../../market/bars.ts";
import { contractSpec } from "../../market/instruments.ts";
import { importBars } from "../../market/import/import-file.adapter.ts";
import { prepareBars } from "../../market/quality/prepare.ts";
import { resampleBars } from "../../market/resample.ts";

const strategicMs = 1_800_000;

/** Bars with the tick of their instrument. */
export interface LoadedBars {
  readonly bars: BarSeries;
  /** Points. */
  readonly tick: number;
  /** True when shorter bars of the file were put together to the schema's. */
  readonly resampled: boolean;
}

/** What the command line may say about the file. */
export interface LoadOptions {
  readonly symbol?: string | undefined;
  readonly zone?: string | undefined;
  readonly tick?: number | undefined;
  /** What the bars are; a file does not tell, so it counts as real unless this says otherwise. */
  readonly source?: DataSource | undefined;
}

/**
 * Reads a file of bars. Schemas named `strategic-` and `technical-` get 30-minute bars, resampled where the file's are
 * shorter; tactical schemas take the file's bars as they are.
 * @throws GrandModelError with a code of the market room.
 */
export async function loadBars(file: string, schema: string, options: LoadOptions): Promise<LoadedBars> {
  const imported = await importBars(file, {
    ...(options.symbol === undefined ? {} : { symbol: options.symbol }),
    ...(options.zone === undefined ? {} : { zone: options.zone }),
    ...(options.source === undefined ? {} : { dataSource: options.source }),
  });
  const { bars } = prepareBars(imported.bars);
  const tick = options.tick ?? contractSpec(bars.symbol).tickSize;
  const wantsHalfHours = schema.startsWith("strategic-") || schema.startsWith("technical-");
  if (!wantsHalfHours || bars.intervalMs >= strategicMs) return { bars, tick, resampled: false };
  return { bars: resampleBars(bars, strategicMs).bars, tick, resampled: true };
}
