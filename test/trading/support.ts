/** @file Series, runs and strategies that the tests of this room share. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { allocateBars, type BarSeries } from "../../src/market/bars.ts";
import { bytesOf, sha256 } from "../../src/runtime/hash.adapter.ts";
import { type Contract, contractOf, type ContractTerms, tickPrice } from "../../src/trading/contract.ts";
import { type CostModel, freeOfCosts } from "../../src/trading/costs/cost-model.ts";
import type { Desk } from "../../src/trading/engine/desk.ts";
import { Engine, type RunConfig } from "../../src/trading/engine/engine.ts";
import type { MarketView } from "../../src/trading/engine/market-view.ts";
import type { Strategy } from "../../src/trading/engine/strategy.ts";
import { type ExecutionBars, executionBars, type GateOptions } from "../../src/trading/execution-bars.ts";
import { type FillRules, fillProfiles } from "../../src/trading/fills/fill-rules.ts";
import type { BacktestResult } from "../../src/trading/result.ts";

/** Open, high, low, close and, where it matters, volume of a bar in points. */
export type Prices = readonly [number, number, number, number, number?];

export const nq: ContractTerms = { symbol: "NQ", tickSize: 0.25, pointValueUsd: 20 };
export const mnq: ContractTerms = { symbol: "MNQ", tickSize: 0.25, pointValueUsd: 2 };
export const share: ContractTerms = { symbol: "SHARE", tickSize: 0.01, pointValueUsd: 1 };

const minute = 60_000;

/** Bars five minutes apart from 2024-01-02 18:00 UTC; volume 1000 unless given. */
export function series(symbol: string, bars: readonly Prices[], intervalMs: number = 5 * minute): BarSeries {
  const made = allocateBars({ symbol, intervalMs, dataSource: "synthetic", fileHash: "test" }, bars.length);
  for (const [i, [o, h, l, c, v]] of bars.entries()) {
    made.t[i] = 1_704_218_400_000 + i * intervalMs;
    made.o[i] = o;
    made.h[i] = h;
    made.l[i] = l;
    made.c[i] = c;
    made.v[i] = v ?? 1000;
    made.session[i] = 20_240_103;
  }
  return made;
}

/** Bars whose four prices are one. */
export function flatSeries(symbol: string, prices: readonly number[]): BarSeries {
  return series(
    symbol,
    prices.map((price) => [price, price, price, price] as const),
  );
}

export function ready(bars: BarSeries, terms: ContractTerms = nq, gates: GateOptions = {}): ExecutionBars {
  return executionBars(bars, contractOf(terms), gates);
}

/** A strategy given as one function of the closed bar count. */
export function scripted(onBar: (bar: number, desk: Desk, market: MarketView) => void): Strategy<object> {
  return {
    name: "scripted",
    initial: () => ({}),
    onBar: (market, desk) => onBar(market.bar.count - 1, desk, market),
  };
}

/** No costs, no volume cap, touch fills: prices of the fill law as they are. */
export const bareRules: FillRules = fillProfiles.reference;

/** Exchange rules without a volume cap, for tests of prices. */
export const uncapped: FillRules = { ...fillProfiles.exchange, participationCap: 1e9 };

export function runScript(
  bars: ExecutionBars,
  onBar: (bar: number, desk: Desk, market: MarketView) => void,
  options: Partial<RunConfig<object>> & { readonly cost?: CostModel } = {},
): Engine<object> {
  const { cost, ...rest } = options;
  const engine = new Engine({
    strategy: scripted(onBar),
    series: [bars],
    costs: { [bars.source.symbol]: cost ?? freeOfCosts },
    fills: bareRules,
    initialUsd: 1_000_000,
    ...rest,
  });
  engine.run();
  return engine;
}

/** Fills of a run as `[bar, signed units, price]`. */
export function fillList(engine: Engine<object>): readonly (readonly [number, number, number])[] {
  const { fills, ledger } = engine.account;
  return Array.from({ length: fills.length }, (_, i) => {
    const contract = ledger.contracts[fills.get(i, "contract")] as Contract;
    return [
      fills.get(i, "bar"),
      fills.get(i, "side") * fills.get(i, "units"),
      tickPrice(contract, fills.get(i, "ticks")),
    ] as const;
  });
}

interface GoldenCase {
  readonly group?: string;
  readonly id?: string;
  readonly name: string;
  readonly inputs: unknown;
  readonly expected: unknown;
}

/** Cases of a golden file beside the repository, or undefined where the folder is absent. */
export function golden(file: string): readonly GoldenCase[] | undefined {
  const path = new URL(`../../../shared/golden/${file}`, import.meta.url);
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly GoldenCase[] }).cases;
}

const googFile = new URL("../../../shared/data/GOOG.csv", import.meta.url);

/** Path of the public GOOG daily file beside the repository. */
export const googPath: string = fileURLToPath(googFile);

/** True when the public GOOG daily file lies beside the repository. */
export const hasGoog: boolean = existsSync(googFile);

/** The 2,148 daily bars of GOOG. */
export function goog(): BarSeries {
  const rows = readFileSync(googFile, "utf8").trim().split("\n").slice(1);
  return dailySeries(
    "GOOG",
    rows.map((row) => row.split(",")),
  );
}

/** Daily bars from rows of date, open, high, low, close, volume. */
export function dailySeries(symbol: string, rows: readonly (readonly (string | number)[])[]): BarSeries {
  const made = allocateBars(
    { symbol, intervalMs: 86_400_000, dataSource: "real", fileHash: "daily" },
    rows.length,
  );
  for (const [i, [date, o, h, l, c, v]] of rows.entries()) {
    made.t[i] = Date.parse(`${date}T00:00:00Z`);
    made.o[i] = Number(o);
    made.h[i] = Number(h);
    made.l[i] = Number(l);
    made.c[i] = Number(c);
    made.v[i] = Number(v);
    made.session[i] = Number(String(date).replaceAll("-", ""));
  }
  return made;
}

/** sha256 over every column of a result and its totals. */
export function digest(result: BacktestResult): string {
  const columns = [result.trades, result.fills, result.equity].flatMap((table) => Object.values(table));
  const bytes = columns.map((column) => (ArrayBuffer.isView(column) ? bytesOf(column) : String(column)));
  return sha256(...bytes, JSON.stringify(result.totals));
}
