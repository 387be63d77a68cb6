/**
 * @file Whatever the teams say: Risk only shrinks or vetoes, Execution only chooses how, every hard limit holds, nothing is
 * held past the flat time, and the record says so. Random policies over random markets, and a checked ledger.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sessionCalendar } from "../../src/market/session.ts";
import type { DecisionRecord, TradingRecord } from "../../src/pipeline/record/decision-record.ts";
import { explainDecision, explanationText } from "../../src/pipeline/record/explain.ts";
import { decisionRecordSchema } from "../../src/pipeline/record/record-schema.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import type { PipelineConfig } from "../../src/pipeline/run/config.ts";
import type { PipelineResult } from "../../src/pipeline/run/result.ts";
import { riskDefaults } from "../../src/stages/risk/config.ts";
import { hardLimits } from "../../src/trading/limits/pre-trade.ts";
import { fillReasons } from "../../src/trading/result.ts";
import { diceConfig, diceStrategic, diceTactical } from "./support.ts";

interface Played {
  readonly records: readonly DecisionRecord[];
  readonly result: PipelineResult;
}

async function play(config: PipelineConfig): Promise<Played> {
  const records: DecisionRecord[] = [];
  const result = await runPipeline({ ...config, onRecord: (record) => records.push(record) });
  return { records, result };
}

function trading(records: readonly DecisionRecord[]): readonly TradingRecord[] {
  return records.flatMap((record) => (record.stage === "strategic" ? [] : [record]));
}

/** What holds in every run. */
function checkRun({ records, result }: Played): void {
  for (const record of records.filter((_, i) => i % 5 === 0)) {
    expect(decisionRecordSchema.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
    expect(explainDecision(record).paragraph).not.toMatch(/NaN|undefined|null/u);
  }
  for (const record of trading(records)) {
    const { checks, outcome, plan, risk } = record;
    const sent = plan?.orders.filter(({ id }) => id !== null) ?? [];
    const units = sent.reduce((sum, order) => sum + order.units, 0);
    expect(["sent", "sent-reduced", "closing"].includes(outcome)).toBe(sent.length > 0);
    if (risk === null) {
      expect(plan).toBeNull();
      continue;
    }
    expect(risk.approvedUnits).toBeLessThanOrEqual(risk.requestedUnits);
    expect(risk.approvedUnits).toBeLessThanOrEqual(riskDefaults.maxContractsPerTrade);
    expect(units).toBeLessThanOrEqual(plan?.units ?? 0);
    expect(plan?.units ?? 0).toBeLessThanOrEqual(risk.approvedUnits);
    for (const { before, after } of risk.caps) expect(after).toBeLessThanOrEqual(before);
    if (units === 0) continue;
    // No order without every check of both gates.
    expect(checks.every(({ pass }) => pass)).toBe(true);
    if (risk.effect === "reduce") {
      expect(units).toBeLessThanOrEqual(Math.abs(record.position));
      expect(record.direction * record.position).toBeLessThan(0);
      continue;
    }
    for (const order of sent) {
      expect(order.side * (record.price - (order.stop ?? Number.NaN))).toBeGreaterThan(0);
      for (const { price } of order.targets) expect(order.side * (price - record.price)).toBeGreaterThan(0);
    }
  }
  checkAccount(result);
}

function checkAccount(result: PipelineResult): void {
  const { backtest } = result;
  const calendar = sessionCalendar("cme-equity");
  const { equity, fills, totals } = backtest;
  let position = 0;
  for (let i = 0; i < fills.length; i += 1) {
    const before = position;
    position += (fills.side[i] ?? 0) * (fills.units[i] ?? 0);
    expect(Math.abs(position)).toBeLessThanOrEqual(hardLimits.maxNetUnits);
    if (Math.abs(position) <= Math.abs(before)) continue;
    const ms = fills.ms[i] ?? 0;
    // A fill at the open carries the open's time, any other its bar's close; none waits for another session.
    const session = calendar.sessionAt(fills.atOpen[i] === 1 ? ms : ms - 1);
    const decided = equity.closeMs[fills.decisionBar[i] ?? 0] ?? 0;
    expect(calendar.sessionAt(decided)?.tradeDate).toBe(session?.tradeDate);
    expect(fills.ms[i]).toBeLessThanOrEqual(
      (session?.closeMs ?? 0) - riskDefaults.flatBeforeCloseMin * 60_000,
    );
  }
  for (const entries of entriesBySession(result).values()) {
    expect(entries).toBeLessThanOrEqual(riskDefaults.maxTradesPerDay);
  }
  for (let t = 0; t < equity.length; t += 1) {
    const closeMs = equity.closeMs[t] ?? 0;
    const session = calendar.sessionAt(closeMs - 1);
    const flatFrom = (session?.closeMs ?? Infinity) - riskDefaults.flatBeforeCloseMin * 60_000;
    if (closeMs > flatFrom) expect(equity.position[t]).toBe(0);
  }
  // Money: initial + net of trades = end, because everything is closed by the last flat time.
  expect(position).toBe(0);
  const net = backtest.trades.netMicroCents.reduce((sum, x) => sum + x, 0);
  expect(totals.finalUsd).toBe(totals.initialUsd + net / 1e8);
}

/** Orders that opened something, by trade date. */
function entriesBySession({ backtest }: PipelineResult): ReadonlyMap<number, number> {
  const { fills } = backtest;
  const calendar = sessionCalendar("cme-equity");
  const opened = new Map<number, Set<number>>();
  let position = 0;
  for (let i = 0; i < fills.length; i += 1) {
    const before = position;
    position += (fills.side[i] ?? 0) * (fills.units[i] ?? 0);
    const date = calendar.tradeDate(fills.ms[i] ?? 0);
    if (Math.abs(position) > Math.abs(before))
      opened.set(date, (opened.get(date) ?? new Set()).add(fills.order[i] ?? 0));
  }
  return new Map([...opened].map(([date, orders]) => [date, orders.size]));
}

describe("a run of random policies", () => {
  test("keeps every limit and says so, five-minute bars", async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 8, max: 60 }),
        async (seed, sharpness) => {
          const config = {
            ...diceConfig(3, seed),
            strategic: diceStrategic(seed, sharpness),
            tactical: diceTactical(seed, sharpness),
          };
          const played = await play(config);
          checkRun(played);
          sent += played.result.tally.outcomes.sent + played.result.tally.outcomes["sent-reduced"];
        },
      ),
      { numRuns: 8 },
    );
    expect(sent).toBeGreaterThan(30);
  });

  test("keeps every limit and says so, half hours alone", async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const { tacticalBars: _bars, tactical: _policy, ...config } = diceConfig(12, seed);
        const played = await play(config);
        expect(played.result.mode).toBe("strategic-only");
        checkRun(played);
        sent += played.result.tally.outcomes.sent + played.result.tally.outcomes["sent-reduced"];
      }),
      { numRuns: 4 },
    );
    expect(sent).toBeGreaterThan(40);
  });

  test("small limits bind: one trade a day, a capital that no stop fits into", async () => {
    const config = diceConfig(4, 3);
    const { result } = await play({ ...config, risk: { ...riskDefaults, maxTradesPerDay: 1 } });
    const { outcomes, reasons } = result.tally;
    expect(outcomes.sent + outcomes["sent-reduced"]).toBeGreaterThan(1);
    expect(reasons["TRADES_PER_DAY"] ?? 0).toBeGreaterThan(0);
    expect(entriesBySession(result)).toEqual(
      new Map([...entriesBySession(result).keys()].map((date) => [date, 1])),
    );
    const poor = await play({ ...config, initialUsd: 10_000 });
    expect(poor.result.backtest.trades.length).toBe(0);
    expect(poor.result.tally.outcomes.rejected).toBeGreaterThan(100);
  });

  test("what was lost before counts: a record of losses leaves no bet", async () => {
    const losses = Array.from({ length: 60 }, () => ({ sleeve: "NONE", rMultiple: -1 }) as const);
    const { result } = await play({ ...diceConfig(2, 3), priorOutcomes: losses });
    expect(result.backtest.trades.length).toBe(0);
    expect(result.tally.reasons["KELLY"]).toBeGreaterThan(50);
    // The first of the two sessions has ended without an entry.
    expect(result.outcomes).toHaveLength(59);
  });

  test("a short record of losses fades: sessions without a bet take it away, and bets begin again", async () => {
    const losses = Array.from({ length: 16 }, () => ({ sleeve: "NONE", rMultiple: -1 }) as const);
    const config = { ...diceConfig(8, 3), priorOutcomes: losses };
    const { records, result } = await play(config);
    const entered = trading(records).filter(({ outcome }) => outcome.startsWith("sent"));
    const calendar = sessionCalendar("cme-equity");
    const first = calendar.tradeDate(records[0]?.time ?? 0);
    expect(result.tally.reasons["KELLY"]).toBeGreaterThan(10);
    expect(entered.length).toBeGreaterThan(0);
    expect(calendar.tradeDate(entered[0]?.time ?? 0)).toBeGreaterThan(first);
  });

  test("is explained in words: a trade and a refusal", async () => {
    const { records } = await play(diceConfig(3, 3));
    const traded = trading(records).find(({ outcome }) => outcome.startsWith("sent"));
    const refused = trading(records).find(({ outcome }) => outcome === "unqualified");
    const told = explanationText(explainDecision(traded!));
    expect(told).toMatch(/the tactical team of three prefers (long|short) with a score of \d/u);
    expect(told).toMatch(/Risk allowed \d+ of \d+ requested/u);
    expect(told).toMatch(/Execution: (buy|sell) \d+ at .* \(order \d+\)/u);
    expect(told).toMatch(/gate RISK_REWARD +\d/u);
    expect(explanationText(explainDecision(refused!))).toMatch(/fail: [A-Z_]+/u);
    const strategic = records.find(({ stage }) => stage === "strategic");
    expect(explainDecision(strategic!).checks).toEqual([]);
  });

  test("fills reach the books for reasons that the engine knows", async () => {
    const { result } = await play(diceConfig(3, 3));
    const reasons = new Set(Array.from(result.backtest.fills.reason, (code) => fillReasons[code]));
    expect([...reasons]).toEqual(expect.arrayContaining(["signal", "limit", "protective-stop"]));
    expect(result.timeInMarket).toBeGreaterThan(0);
    expect(result.contexts).toBe(result.tally.strategic);
  });
});
