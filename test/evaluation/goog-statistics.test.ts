/** @file The published table of statistics of the SMA cross 10/30 on GOOG, in the compound convention. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { setup, strategy } from "../../examples/strategies/sma-cross.ts";
import * as compound from "../../src/evaluation/returns/compound.ts";
import { drawdownEpisodes, drawdownSeries } from "../../src/evaluation/returns/drawdown.ts";
import { compoundAlphaBeta } from "../../src/evaluation/returns/relative.ts";
import * as arithmetic from "../../src/evaluation/returns/arithmetic.ts";
import { tradeStatistics } from "../../src/evaluation/trades/trade-statistics.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { backtest } from "../../src/trading/engine/backtest.ts";
import { goog, hasGoog } from "../trading/support.ts";

interface Golden {
  readonly name: string;
  readonly expected: Readonly<Record<string, number>>;
}
const golden: readonly Golden[] = JSON.parse(
  readFileSync(new URL("../golden/backtest-statistics.json", import.meta.url), "utf8"),
).cases;
const expected = golden.find((one) => one.name === "SMA cross 10/30 on GOOG daily")!.expected;
const day = 86_400_000;

describe.skipIf(!hasGoog)("SMA cross 10/30 on the public GOOG file (../shared)", () => {
  it("every statistic of the table, relative 1e-8", () => {
    const bars = goog();
    const { equity, trades, contracts, totals } = backtest(configureRun(strategy, setup, [bars]));
    const levels = equity.equityUsd;
    const returns = levels.map((value, i) => (i === 0 ? NaN : value / levels[i - 1]! - 1));
    const drawdown = drawdownSeries(levels);
    const days = (from: number, to: number): number => Math.round((bars.t[to]! - bars.t[from]!) / day);
    const underwater = drawdownEpisodes(drawdown).map((one) => days(one.startIndex, one.endIndex));
    const tick = contracts[0]!.microCentsPerTick;
    const profit = trades.netMicroCents.map((value) => value / 1e8);
    const statistics = tradeStatistics({
      profit,
      tradeReturn: trades.netMicroCents.map(
        (value, i) => value / (Math.abs(trades.units[i]!) * trades.entryTicks[i]! * tick),
      ),
    });
    const total = totals.finalUsd / totals.initialUsd - 1;
    const hold = bars.c.at(-1)! / bars.c[29]! - 1;
    const { alpha, beta } = compoundAlphaBeta(levels, bars.c, total, hold);
    const durations = Array.from(trades.entryBar, (entry, i) => days(entry, trades.exitBar[i]!));
    const held = new Uint8Array(bars.length);
    for (const [i, entry] of trades.entryBar.entries()) held.fill(1, entry, trades.exitBar[i]! + 1);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const measured: Readonly<Record<string, number>> = {
      trades: trades.length,
      equityFinal: totals.finalUsd,
      equityPeak: Math.max(...levels),
      returnPct: 100 * total,
      returnAnnPct: 100 * compound.annualReturn(returns, 252),
      volatilityAnnPct: 100 * compound.annualVolatility(returns, 252),
      cagrPct: 100 * compound.compoundAnnualGrowth(levels[0]!, levels.at(-1)!, days(0, bars.length - 1)),
      sharpe: compound.sharpe(returns, 252),
      sortino: compound.sortino(returns, 252),
      calmar: compound.calmar(returns, 252),
      maxDrawdownPct: 100 * arithmetic.maxDrawdown(returns),
      avgDrawdownPct: -100 * mean(drawdownEpisodes(drawdown).map((one) => one.peak)),
      maxDrawdownDays: Math.max(...underwater),
      avgDrawdownDays: Math.ceil(mean(underwater)),
      winRatePct: 100 * statistics.winRate,
      bestTradePct: 100 * statistics.best,
      worstTradePct: 100 * statistics.worst,
      avgTradePct: 100 * statistics.average,
      expectancyPct: 100 * statistics.expectancy,
      profitFactor: statistics.profitFactor,
      sqn: statistics.systemQuality,
      kelly: statistics.kelly,
      exposurePct: (100 * held.reduce((a, b) => a + b, 0)) / bars.length,
      buyHoldPct: 100 * hold,
      durationDays: days(0, bars.length - 1),
      alphaPct: 100 * alpha,
      beta,
      maxTradeDays: Math.max(...durations),
      avgTradeDays: Math.ceil(mean(durations)),
    };
    const names = Object.keys(expected).filter((name) => typeof expected[name] === "number");
    expect(names.filter((name) => !(name in measured))).toEqual([]);
    for (const name of names) {
      const [got, want] = [measured[name]!, expected[name]!];
      expect(Math.abs(got / want - 1), `${name}: ${got} against ${want}`).toBeLessThanOrEqual(1e-8);
    }
  });
});
