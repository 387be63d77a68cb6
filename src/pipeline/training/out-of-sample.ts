/**
 * @file A trained hierarchy on bars that nothing was fitted to: one run of the whole pipeline, reduced to what reports need.
 * Costs x0 and x2 are those of the very same decisions: net P&L falls by the cost difference, exactly (training.md section 9).
 */
import { type BarSeries, lowerBound } from "../../market/bars.ts";
import type { ContractSpec } from "../../market/instruments.ts";
import type { StrategicModel, TacticalModel } from "../../stages/model.ts";
import { strategicPolicy } from "../../stages/strategic/decide.ts";
import { tacticalPolicy } from "../../stages/tactical/network-policy.ts";
import { toUsd } from "../../trading/money.ts";
import { type BacktestResult, tradeFlag } from "../../trading/result.ts";
import { runPipeline } from "../run/pipeline.ts";
import type { Tally } from "../run/tally.ts";

export interface OutOfSampleRequest {
  readonly strategicBars: BarSeries;
  readonly tacticalBars: BarSeries;
  readonly spec: ContractSpec;
  readonly strategic: StrategicModel;
  readonly tactical: TacticalModel;
  /** UTC ms. */
  readonly from: number;
  readonly to: number;
  readonly passes: { readonly strategic: number; readonly tactical: number };
}

/** One row per session, flat ones included. */
export interface SessionColumns {
  /** Trade dates `yyyymmdd`, ascending. */
  readonly date: readonly number[];
  /** Change of marked equity at full costs, USD. */
  readonly netUsd: readonly number[];
  /** Commission and adverse ticks of the session's fills, USD. */
  readonly costUsd: readonly number[];
}

/** A trade that was closed. */
export interface ClosedTrade {
  /** Bar of the tactical series at which it was entered. */
  readonly bar: number;
  readonly side: 1 | -1;
  /** After commission; slippage is in the prices. */
  readonly netUsd: number;
  /** Two admissible paths inside a bar gave different exits. */
  readonly ambiguous: boolean;
}

/** Plain data: a result can be stored and read again. */
export interface OutOfSample extends SessionColumns {
  readonly trades: number;
  readonly wins: number;
  readonly closed: readonly ClosedTrade[];
  /** Mean absolute position of the closes with one, contracts; 0 without any. */
  readonly meanPosition: number;
  readonly timeInMarket: number;
  readonly tally: Readonly<Tally>;
}

const initialUsd = 1_000_000;

export async function runOutOfSample(request: OutOfSampleRequest): Promise<OutOfSample> {
  const { from, passes, spec, strategicBars, tacticalBars, to } = request;
  await using strategic = await strategicPolicy(request.strategic, { mcPasses: passes.strategic });
  await using tactical = await tacticalPolicy(request.tactical, { mcPasses: passes.tactical });
  const { backtest, tally, timeInMarket } = await runPipeline({
    strategicBars,
    tacticalBars,
    spec,
    strategic,
    tactical,
    tacticalCalibration: request.tactical.calibration,
    from,
    to,
    initialUsd,
  });
  const { trades, equity } = backtest;
  const closed = closedTrades(backtest, lowerBound(tacticalBars.t, from));
  const held = Array.from(equity.position, Math.abs).filter((units) => units > 0);
  return {
    ...sessionColumns(backtest, tacticalBars, initialUsd),
    trades: trades.length,
    wins: closed.filter(({ netUsd }) => netUsd > 0).length,
    closed,
    meanPosition: held.length === 0 ? 0 : held.reduce((sum, units) => sum + units, 0) / held.length,
    timeInMarket,
    tally,
  };
}

/** @param first bar of the series at which the run began */
function closedTrades({ trades }: BacktestResult, first: number): readonly ClosedTrade[] {
  return Array.from({ length: trades.length }, (_, i) => ({
    bar: first + (trades.entryBar[i] ?? 0),
    side: (trades.units[i] ?? 0) > 0 ? 1 : -1,
    netUsd: toUsd(trades.netMicroCents[i] ?? 0),
    ambiguous: ((trades.flags[i] ?? 0) & tradeFlag.ambiguousExit) !== 0,
  }));
}

/** @param bars in which the session of each close stands */
export function sessionColumns(
  { contracts, equity, fills }: BacktestResult,
  bars: BarSeries,
  startUsd: number,
): SessionColumns {
  const sessionAt = new Map(Array.from(bars.t, (t, i) => [t + bars.intervalMs, bars.session[i] ?? 0]));
  const net = new Map<number, number>();
  let before = startUsd;
  for (const [i, closeMs] of equity.closeMs.entries()) {
    const date = sessionAt.get(closeMs) ?? 0;
    const usd = equity.equityUsd[i] ?? before;
    net.set(date, (net.get(date) ?? 0) + usd - before);
    before = usd;
  }
  const cost = new Map<number, number>();
  for (let i = 0; i < fills.length; i += 1) {
    const closeMs = equity.closeMs[fills.bar[i] ?? 0] ?? 0;
    const date = sessionAt.get(closeMs) ?? 0;
    const tick = contracts[fills.contract[i] ?? 0]?.microCentsPerTick ?? 0;
    const adverse = (fills.slippageTicks[i] ?? 0) * (fills.units[i] ?? 0) * tick;
    cost.set(date, (cost.get(date) ?? 0) + toUsd((fills.feeMicroCents[i] ?? 0) + adverse));
  }
  const date = [...net.keys()].sort((a, b) => a - b);
  return {
    date,
    netUsd: date.map((day) => net.get(day) ?? 0),
    costUsd: date.map((day) => cost.get(day) ?? 0),
  };
}
