/** @file How far trades went for and against the position while open (J. Sweeney, "Maximum adverse excursion", 1997). */
import type { TradeColumns } from "../../trading/result.ts";
import { quantile, sortedValues } from "../returns/tail.ts";
import { mean } from "../returns/sums.kernel.ts";

export interface ExcursionSummary {
  /** Ticks per unit, medians over trades. */
  readonly medianMfeTicks: number;
  readonly medianMaeTicks: number;
  /** Mean of final move / best move over trades that had a best move: 1 exits at the top. */
  readonly captureOfBest: number;
  /** Median MAE of winners and of losers: a stop between them separates the two. */
  readonly winnersMedianMaeTicks: number;
  readonly losersMedianMaeTicks: number;
  /** Bars between entry and exit, mean and median. */
  readonly meanHoldingBars: number;
  readonly medianHoldingBars: number;
}

export function excursions(trades: TradeColumns): ExcursionSummary {
  const rows = Array.from({ length: trades.length }, (_, i) => i);
  const move = (i: number): number =>
    Math.sign(trades.units[i] ?? 0) * ((trades.exitTicks[i] ?? 0) - (trades.entryTicks[i] ?? 0));
  const median = (of: (i: number) => number, keep: (i: number) => boolean = () => true): number =>
    quantile(sortedValues(Float64Array.from(rows.filter(keep), of)), 0.5);
  const mfe = (i: number): number => trades.mfeTicks[i] ?? 0;
  const mae = (i: number): number => trades.maeTicks[i] ?? 0;
  const holding = (i: number): number => (trades.exitBar[i] ?? 0) - (trades.entryBar[i] ?? 0);
  return {
    medianMfeTicks: median(mfe),
    medianMaeTicks: median(mae),
    captureOfBest: mean(
      Float64Array.from(
        rows.filter((i) => mfe(i) > 0),
        (i) => move(i) / mfe(i),
      ),
    ),
    winnersMedianMaeTicks: median(mae, (i) => move(i) > 0),
    losersMedianMaeTicks: median(mae, (i) => move(i) < 0),
    meanHoldingBars: mean(Float64Array.from(rows, holding)),
    medianHoldingBars: median(holding),
  };
}
