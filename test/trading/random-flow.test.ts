/**
 * @file 10,000 random order flows over random bars, each checked against the laws: money conserved to the micro-cent by
 * an independent ledger, position = sum of fills, no fill outside its bar or before its decision, no order past a
 * limit, children never orphaned, long and short mirror each other, MNQ = NQ / 10.
 */
import { describe, expect, test } from "vitest";
import type { BarSeries } from "../../src/market/bars.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";
import { contractOf, type ContractTerms } from "../../src/trading/contract.ts";
import { type CostModel, costTable, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { Engine } from "../../src/trading/engine/engine.ts";
import type { OrderRequest, OrderType } from "../../src/trading/engine/order-request.ts";
import { executionBars } from "../../src/trading/execution-bars.ts";
import { type AmbiguityMode, type FillRules, fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import { gate } from "../../src/trading/fills/fill-law.kernel.ts";
import { unlimited } from "../../src/trading/limits/pre-trade.ts";
import { NO_PRICE, tradeFlag } from "../../src/trading/result.ts";
import { IndependentLedger } from "./independent-ledger.ts";
import { mirrored, randomBars } from "./random-bars.ts";
import { mnq, nq, scripted } from "./support.ts";

const axisTicks = 60_000;
const nqCosts = costTable["NQ"] ?? freeOfCosts;
const modes: readonly AmbiguityMode[] = ["pessimistic", "fixed", "adaptive"];
const maxNetUnits = 6;

/** One random request a bar or so, in ticks from the last close; `mirror` -1 swaps buying and selling. */
function randomTrader(
  seed: number,
  mirror: 1 | -1,
  terms: ContractTerms,
): (bar: number, desk: Desk, close: number) => void {
  const draw = Generator.fromKey(foldIn(keyFromSeed(seed), "flow"));
  return (_bar, desk, close) => {
    const choice = draw.below(10);
    const side = (draw.below(2) === 0 ? mirror : -mirror) as 1 | -1;
    const size = 1 + draw.below(4);
    const [a, b, c, d] = [draw.below(30) - 10, 1 + draw.below(40), 1 + draw.below(60), draw.below(4)];
    const tif = (["GTC", "DAY", "IOC", "FOK"] as const)[draw.below(4)] ?? "GTC";
    const at = (ticks: number): number => close + mirror * ticks * terms.tickSize;
    const away = side * mirror;
    if (choice < 4) {
      const types: readonly OrderType[] = [
        { kind: "market" },
        { kind: "limit", price: at(-away * a) },
        { kind: "stop", price: at(away * b) },
        { kind: "stopLimit", stop: at(away * b), limit: at(away * (b + a)) },
      ];
      const type = types[d] ?? { kind: "market" };
      const reference = type.kind === "market" ? close : type.kind === "stopLimit" ? type.limit : type.price;
      const bracket = {
        stop: reference - side * b * terms.tickSize,
        target: reference + side * c * terms.tickSize,
      };
      const request: OrderRequest = { side, size, type, timeInForce: tif };
      desk.submit(draw.below(2) === 0 ? request : { ...request, bracket });
    } else if (choice === 4) desk.close();
    else if (choice === 5) desk.cancelAll();
    else if (choice === 6) desk.target(side * size);
    else if (choice === 7) {
      const direction = Math.sign(desk.position());
      desk.protect({
        stop: close - direction * b * terms.tickSize,
        target: close + direction * c * terms.tickSize,
      });
    } else if (choice === 8 && d === 0) desk.work({ side, size }, { kind: "twap", seconds: 900, slices: 3 });
  };
}

interface Flow {
  readonly seed: number;
  readonly bars: BarSeries;
  readonly terms?: ContractTerms;
  readonly cost?: CostModel;
  readonly mirror?: 1 | -1;
  readonly fills?: FillRules;
  readonly limited?: boolean;
}

function runFlow(flow: Flow): Engine<object> {
  const terms = flow.terms ?? nq;
  const bars = executionBars({ ...flow.bars, symbol: terms.symbol }, contractOf(terms));
  const trade = randomTrader(flow.seed, flow.mirror ?? 1, terms);
  const engine = new Engine({
    strategy: scripted((bar, desk, market) => trade(bar, desk, market.bar.close())),
    series: [bars],
    costs: { [terms.symbol]: flow.cost ?? nqCosts },
    fills: flow.fills ?? fillProfiles.exchange,
    initialUsd: 5_000_000,
    limits: flow.limited === true ? { ...unlimited, maxNetUnits, maxOrderUnits: 3 } : unlimited,
  });
  engine.run();
  return engine;
}

function checkLaws(
  engine: Engine<object>,
  limited: boolean,
): { readonly fills: number; readonly trades: number } {
  const { account, venues } = engine;
  const bars = engine.clockSeries();
  const { fills, trades, ledger } = account;
  const own = new IndependentLedger(ledger.initialMicroCents, bars.contract.microCentsPerTick);
  const volume = new Map<number, number>();
  let next = 0;
  for (let t = 0; t < bars.source.length; t += 1) {
    for (; next < fills.length && fills.get(next, "bar") <= t; next += 1) {
      const fill = {
        side: fills.get(next, "side"),
        units: fills.get(next, "units"),
        ticks: fills.get(next, "ticks"),
        feeMicroCents: fills.get(next, "feeMicroCents"),
      };
      const bar = fills.get(next, "bar");
      own.add(fill);
      const before = fill.ticks - fill.side * fills.get(next, "slippageTicks");
      if (before < (bars.low[bar] ?? 0) || before > (bars.high[bar] ?? 0))
        throw new Error(`fill ${next} outside bar ${bar}`);
      if (fills.get(next, "order") !== 0) {
        if (bar <= fills.get(next, "decisionBar") && fills.get(next, "reason") < 3)
          throw new Error(`fill ${next} too early`);
        if (((bars.gates[bar] ?? 0) & gate.noFill) !== 0) throw new Error(`fill ${next} in a closed bar`);
        volume.set(bar, (volume.get(bar) ?? 0) + fill.units);
      }
      if (limited && Math.abs(own.position()) > maxNetUnits)
        throw new Error(`position ${own.position()} past the limit`);
    }
    // A border fill belongs to the bar before it and is booked with the next one.
    const borderNext = ((bars.gates[t + 1] ?? 0) & gate.border) !== 0;
    if (borderNext) continue;
    if (own.position() !== engine.positions[t]) throw new Error(`position differs at ${t}`);
    if (Number(own.equity(bars.close[t] ?? 0)) / 1e8 !== engine.equityUsd[t])
      throw new Error(`equity differs at ${t}`);
  }
  for (const [bar, units] of volume) {
    if (units > Math.floor((bars.source.v[bar] ?? 0) * 0.1 + 1e-9))
      throw new Error(`bar ${bar} filled above the cap`);
  }
  let net = 0;
  for (let row = 0; row < trades.length; row += 1) {
    net += trades.get(row, "netMicroCents");
    if (trades.get(row, "mfeTicks") < 0 || trades.get(row, "maeTicks") > 0)
      throw new Error("excursions on the wrong side");
  }
  const { state } = ledger;
  const openFees = ledger.position(0).lots.reduce((sum, lot) => sum + lot.feeMicroCents, 0);
  if (net - openFees !== state.realisedMicroCents - state.feesMicroCents)
    throw new Error("trades do not sum to the account");
  if (state.cashMicroCents !== ledger.initialMicroCents + state.realisedMicroCents - state.feesMicroCents)
    throw new Error("cash identity");
  if (own.totalFees() !== BigInt(state.feesMicroCents)) throw new Error("fees differ");
  for (const order of venues[0]?.working ?? []) {
    if (order.filled > order.quantity || order.remaining <= 0)
      throw new Error("a working order has nothing left");
    if (order.draft.reduceOnly && ledger.position(0).units * order.draft.side >= 0)
      throw new Error("orphaned child");
  }
  return { fills: fills.length, trades: trades.length };
}

describe("10,000 random order flows", () => {
  test.each([
    { name: "quiet bars", troubles: false, limited: false, flows: 4000 },
    { name: "rolls, masks, thin bars", troubles: true, limited: false, flows: 3000 },
    { name: "under position limits", troubles: true, limited: true, flows: 3000 },
  ])("obey every law: $name", ({ troubles, limited, flows }) => {
    let fills = 0;
    let trades = 0;
    for (let seed = 1; seed <= flows; seed += 1) {
      const bars = randomBars({ seed, length: 40, troubles, barsPerSession: 12 });
      const ambiguity = modes[seed % modes.length] ?? "pessimistic";
      const rules = { ...fillProfiles.exchange, ambiguity, holdThroughRolls: seed % 2 === 0 };
      try {
        const counts = checkLaws(runFlow({ seed, bars, fills: rules, limited }), limited);
        fills += counts.fills;
        trades += counts.trades;
      } catch (error) {
        throw new Error(`seed ${seed}, ${ambiguity}`, { cause: error });
      }
    }
    expect(fills).toBeGreaterThan(5 * flows);
    expect(trades).toBeGreaterThan(2 * flows);
  });

  test("long and short mirror each other on a mirrored price path", () => {
    let trades = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const bars = randomBars({ seed, length: 40, troubles: seed % 2 === 0 });
      // The adaptive path breaks ties towards the low, which a mirror turns into the high.
      const straight = runFlow({ seed, bars });
      const mirror = runFlow({ seed, bars: mirrored(bars, axisTicks * nq.tickSize), mirror: -1 });
      expect(Array.from(mirror.equityUsd)).toEqual(Array.from(straight.equityUsd));
      expect(Array.from(mirror.positions)).toEqual(Array.from(straight.positions, (units) => 0 - units));
      trades += straight.account.trades.length;
    }
    expect(trades).toBeGreaterThan(800);
  });

  test("MNQ earns a tenth of NQ before commission, exactly", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const bars = randomBars({ seed, length: 40 });
      const cost = { ...nqCosts, commission: { kind: "perUnit", usd: 0 } as const };
      const big = runFlow({ seed, bars, cost });
      const small = runFlow({ seed, bars, cost, terms: mnq });
      const gross = (engine: Engine<object>): number => engine.account.ledger.state.realisedMicroCents;
      expect(10 * gross(small)).toBe(gross(big));
      expect(small.account.fills.length).toBe(big.account.fills.length);
    }
  });

  test("ten times the price with tick and point value adjusted gives the same ticks", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const bars = randomBars({ seed, length: 40 });
      const scale = (column: Float64Array): Float64Array => column.map((price) => 10 * price);
      const wide = { ...bars, o: scale(bars.o), h: scale(bars.h), l: scale(bars.l), c: scale(bars.c) };
      const straight = runFlow({ seed, bars });
      const scaled = runFlow({ seed, bars: wide, terms: { symbol: "BIG", tickSize: 2.5, pointValueUsd: 2 } });
      expect(Array.from(scaled.equityUsd)).toEqual(Array.from(straight.equityUsd));
    }
  });

  test("commissions are contracts filled times the side rate, and cost multiplier 0 makes net equal gross", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const bars = randomBars({ seed, length: 40 });
      const { fills, ledger } = runFlow({ seed, bars }).account;
      let units = 0;
      for (let row = 0; row < fills.length; row += 1) units += fills.get(row, "units");
      expect(ledger.state.feesMicroCents).toBe(units * 2.25e8);
      const free = runFlow({ seed, bars, cost: { ...nqCosts, multiplier: 0 } }).account.ledger.state;
      expect([free.feesMicroCents, free.slippageMicroCents]).toEqual([0, 0]);
    }
  });

  test("the independent ledger notices one lost tick", () => {
    const engine = runFlow({ seed: 1, bars: randomBars({ seed: 1, length: 40 }) });
    const { fills } = engine.account;
    expect(fills.length).toBeGreaterThan(0);
    fills.set(0, "ticks", fills.get(0, "ticks") + 1);
    expect(() => checkLaws(engine, false)).toThrow();
    expect([NO_PRICE < 0, tradeFlag.ambiguousExit]).toEqual([true, 1]);
  });
});
