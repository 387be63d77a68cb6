/**
 * @file Suite `backtest`: bars a second of the three ways to trade bars, each against a bare loop that computes the same
 * signal over the same columns and does nothing else. Synthetic five-minute bars, one core, rounds interleaved; the
 * median of the rounds is reported.
 */
import { allocateBars, type BarSeries } from "../src/market/bars.ts";
import { Generator } from "../src/runtime/random/generator.ts";
import { keyFromSeed } from "../src/runtime/random/key.ts";
import {
  allocateAccounts,
  allocateActions,
  allocateOutcome,
  batchMarket,
  resetAccount,
} from "../src/trading/batch/batch.ts";
import { stepBatch } from "../src/trading/batch/step.kernel.ts";
import { contractOf } from "../src/trading/contract.ts";
import { costTable, freeOfCosts } from "../src/trading/costs/cost-model.ts";
import { Engine } from "../src/trading/engine/engine.ts";
import type { Strategy } from "../src/trading/engine/strategy.ts";
import { type ExecutionBars, executionBars } from "../src/trading/execution-bars.ts";
import { fillProfiles } from "../src/trading/fills/fill-rules.ts";
import { runSignals } from "../src/trading/vector/signal-run.ts";
import type { BenchContext, Figure } from "./figures.ts";

const barCount = 400_000;
const fastBars = 50;
const slowBars = 200;
const accountCount = 256;
const initialUsd = 10_000_000;
const costs = costTable["NQ"] ?? freeOfCosts;

/** Measures the suite. */
export async function backtestSuite(context: BenchContext): Promise<readonly Figure[]> {
  context.step("preparing 400,000 synthetic bars");
  const bars = executionBars(walk(barCount), contractOf({ symbol: "NQ", tickSize: 0.25, pointValueUsd: 20 }));
  const rounds = context.quick ? 3 : 9;
  context.step("timing the bare loop, the vectorised path, the event engine and the batch environments");
  const contenders = {
    bare: () => bareLoop(bars),
    vector: () => vectorRun(bars),
    event: () => eventRun(bars),
    batch: () => batchRun(bars),
  };
  const rates = {
    bare: [] as number[],
    vector: [] as number[],
    event: [] as number[],
    batch: [] as number[],
  };
  let trades = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ["bare", "vector", "event", "batch"] as const) {
      const from = context.elapsedMs();
      const done = contenders[name]();
      rates[name].push(done.bars / ((context.elapsedMs() - from) / 1000));
      if (name === "event") trades = done.trades;
    }
  }
  const bare = median(rates.bare);
  const figure = (name: string, rate: number, note: string): Figure => ({
    name,
    value: rate,
    unit: "bars/s",
    reference: bare,
    ratio: rate / bare,
    note,
  });
  const signal = `SMA ${fastBars}/${slowBars}, ${trades} trades, exchange costs; reference: bare loop over the same signal`;
  return [
    figure("backtest.event.bars_per_s", median(rates.event), signal),
    figure("backtest.vector.bars_per_s", median(rates.vector), `signal included; ${signal}`),
    figure(
      "trading.env.bars_per_s",
      median(rates.batch),
      `${accountCount} accounts, random target and bracket each bar`,
    ),
  ];
}

/** A random walk on the quarter-point grid with the volume of a liquid contract. */
function walk(length: number): BarSeries {
  const draw = Generator.fromKey(keyFromSeed(7));
  const bars = allocateBars(
    { symbol: "NQ", intervalMs: 300_000, dataSource: "synthetic", fileHash: "bench" },
    length,
  );
  let price = 80_000;
  for (let i = 0; i < length; i += 1) {
    const close = price + draw.below(41) - 20;
    bars.t[i] = i * 300_000;
    bars.o[i] = price / 4;
    bars.c[i] = close / 4;
    bars.h[i] = (Math.max(price, close) + draw.below(10)) / 4;
    bars.l[i] = (Math.min(price, close) - draw.below(10)) / 4;
    bars.v[i] = 1000;
    bars.session[i] = 20_200_101 + Math.floor(i / 276);
    price = close;
  }
  return bars;
}

interface Done {
  readonly bars: number;
  readonly trades: number;
}

/** The target of the signal at each close: +1 or -1 by two running sums. */
function signalOf(bars: ExecutionBars, targets: Int32Array): void {
  const { close } = bars;
  let fast = 0;
  let slow = 0;
  for (let t = 0; t < close.length; t += 1) {
    fast += close[t]! - (t >= fastBars ? close[t - fastBars]! : 0);
    slow += close[t]! - (t >= slowBars ? close[t - slowBars]! : 0);
    targets[t] = t < slowBars ? 0 : fast * slowBars > slow * fastBars ? 1 : -1;
  }
}

const targets = new Int32Array(barCount);

function bareLoop(bars: ExecutionBars): Done {
  signalOf(bars, targets);
  let changes = 0;
  for (let t = 1; t < targets.length; t += 1) if (targets[t] !== targets[t - 1]) changes += 1;
  return { bars: barCount, trades: changes };
}

function vectorRun(bars: ExecutionBars): Done {
  signalOf(bars, targets);
  const result = runSignals({ name: "sma", bars, targets, costs, fills: fillProfiles.exchange, initialUsd });
  return { bars: barCount, trades: result.trades.length };
}

interface Sums {
  fast: number;
  slow: number;
  side: number;
}

const crossing: Strategy<Sums> = {
  name: "sma",
  initial: () => ({ fast: 0, slow: 0, side: 0 }),
  onBar: ({ bar }, desk, sums) => {
    const close = bar.close();
    sums.fast += close - (bar.count > fastBars ? bar.close(fastBars) : 0);
    sums.slow += close - (bar.count > slowBars ? bar.close(slowBars) : 0);
    if (bar.count <= slowBars) return;
    const side = sums.fast * slowBars > sums.slow * fastBars ? 1 : -1;
    if (side === sums.side) return;
    sums.side = side;
    desk.target(side);
  },
};

function eventRun(bars: ExecutionBars): Done {
  const engine = new Engine({
    strategy: crossing,
    series: [bars],
    costs: { NQ: costs },
    fills: fillProfiles.exchange,
    initialUsd,
  });
  engine.run();
  return { bars: barCount, trades: engine.account.trades.length };
}

const market = { of: undefined as ReturnType<typeof batchMarket> | undefined };

function batchRun(bars: ExecutionBars): Done {
  market.of ??= batchMarket(bars, costs, fillProfiles.exchange);
  const steps = Math.floor((4 * barCount) / accountCount);
  const accounts = allocateAccounts(accountCount, initialUsd);
  const actions = allocateActions(accountCount);
  const outcome = allocateOutcome(accountCount);
  const draw = Generator.fromKey(keyFromSeed(11));
  for (let b = 0; b < accountCount; b += 1) resetAccount(accounts, b, draw.below(barCount - steps));
  for (let step = 0; step < steps; step += 1) {
    const word = draw.nextU32();
    for (let b = 0; b < accountCount; b += 1) {
      // A new target about every eighth bar, brackets 40 ticks away.
      if (((word >>> (b & 15)) & 7) === 0) actions.target[b] = ((word + b) % 3) - 1;
      const close = bars.close[accounts.cursor[b]!]!;
      actions.stopTicks[b] = close - actions.target[b]! * 40;
      actions.targetTicks[b] = close + actions.target[b]! * 40;
    }
    stepBatch(market.of, accounts, actions, outcome);
  }
  return { bars: steps * accountCount, trades: accounts.fills.reduce((sum, n) => sum + n, 0) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
