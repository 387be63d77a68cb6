/**
 * @file The market of the main job where no file is given: five-minute bars with a known edge, rolls and sessions like those
 * of the real contract; labelled synthetic in everything made of them.
 */
import type { BarSeries } from "../../market/bars.ts";
import { prepareBars } from "../../market/quality/prepare.ts";
import { generateMarket } from "../../market/synthetic/generator.ts";

/** A year: a quarter warms the features up, the rest is long enough for five parts with purge and embargo. */
const defaultSessions = 260;

/**
 * Mean of the next bar's return in standard deviations, towards the move of the last five bars: there is something to be
 * found, and it is known what. A real market promises no such thing.
 */
export const plantedEdge = 0.25;
const plantedLookback = 5;

/** What may vary. */
export interface SyntheticWords {
  readonly symbol: string;
  readonly sessions: number | undefined;
  readonly seed: number;
}

/** Prepared five-minute bars. Same words, same bars. @throws GrandModelError `INSTRUMENT_UNKNOWN` */
export function syntheticBars({ symbol, sessions = defaultSessions, seed }: SyntheticWords): BarSeries {
  const market = generateMarket({
    seed,
    symbol,
    intervalMs: 300_000,
    sessions,
    from: 20_240_102,
    startPrice: symbol === "CL" ? 75 : symbol.endsWith("ES") ? 5_000 : 18_000,
    sigma: 0.0006,
    rollSpread: 0.002,
    plantedEdge,
    plantedLookback,
  });
  return prepareBars(market.bars, { rolls: market.rolls }).bars;
}
