/**
 * @file The emergency ladder climbs on what bars show, with nothing open: five-minute moves, volatility, thin volume; the
 * VaR of a position; what it has latched outlives the process.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { sessionCalendar } from "../../src/market/session.ts";
import type { PipelineConfig } from "../../src/pipeline/run/config.ts";
import type { DecisionRecord, TradingRecord } from "../../src/pipeline/record/decision-record.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import { readJournal } from "../../src/runtime/journal/journal.adapter.ts";
import { riskDefaults } from "../../src/stages/risk/config.ts";
import { RiskMonitor } from "../../src/stages/risk/monitor.ts";
import { evenProfile } from "../../src/stages/risk/slot-profile.ts";
import { contractOf } from "../../src/trading/contract.ts";
import { assess } from "../../src/trading/limits/ladder.ts";
import { nqMargin } from "../../src/trading/margin.ts";
import { nq } from "../trading/support.ts";
import { diceConfig, diceTactical, resultDigest } from "./support.ts";

const scratch = mkdtempSync(join(tmpdir(), "ladder-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Sessions before the one that trades: enough for what is usual at each time of day. */
const usual = 22;
/** Too few for it: volatility is then measured by days, so that a single move shows alone. */
const few = 2;
const sessionBars = 276;
/** Bar of the last session at which something happens. */
const event = 100;

/** A quiet market and a team that is never sure enough to act; only the last session trades. */
function quiet(known: number): PipelineConfig & { readonly tacticalBars: BarSeries } {
  const { tacticalBars: bars, ...rest } = diceConfig(known + 1, 3);
  if (bars === undefined) throw new Error("five-minute bars are missing");
  // Sure to be calm: the generator's volume scatters, and a thin bar would climb by itself.
  const tacticalBars = { ...sliceBars(bars, 0), v: bars.v.map(() => 1000) };
  return { ...rest, tacticalBars, tactical: diceTactical(3, 0.01), from: bars.t[known * sessionBars] ?? 0 };
}

interface Climb {
  readonly rule: string;
  readonly from: number;
  readonly to: number;
}

/** Bars that are otherwise from bar `at` on, or there. */
type Change = (bars: BarSeries, at: number) => BarSeries;

let runs = 0;

/** Transitions of the ladder in a run over changed bars. */
async function climbs(known: number, change: Change): Promise<readonly Climb[]> {
  const config = quiet(known);
  const folder = join(scratch, String((runs += 1)));
  await runPipeline({
    ...config,
    tacticalBars: change(config.tacticalBars, known * sessionBars + event),
    folder,
  });
  return transitions(folder);
}

function transitions(folder: string): readonly Climb[] {
  const { entries } = readJournal(join(folder, "journal", "000001.jsonl"));
  return entries
    .map(({ payload }) => payload as unknown as Climb & { readonly kind: string })
    .filter(({ kind }) => kind === "ladder");
}

/** Prices from the event on times `factor`. */
function jump(factor: number): Change {
  return (bars, at) => {
    const scaled = (column: Float64Array): Float64Array =>
      column.map((x, i) => (i < at ? x : Math.round(4 * x * factor) / 4));
    return { ...bars, o: scaled(bars.o), h: scaled(bars.h), l: scaled(bars.l), c: scaled(bars.c) };
  };
}

/** Closes that leave by a share and come back, `times` times: volatility without a large move. */
function shake(share: number, times: number): Change {
  return (bars, at) => {
    const out = { ...bars, h: bars.h.slice(), c: bars.c.slice() };
    for (let i = at; i < at + 2 * times; i += 2) {
      out.c[i] = Math.round(4 * (bars.c[i] ?? 0) * (1 + share)) / 4;
      out.h[i] = Math.max(out.h[i] ?? 0, out.c[i] ?? 0);
    }
    return out;
  };
}

function thin(share: number): Change {
  return (bars, at) => ({ ...bars, v: bars.v.map((v, i) => (i === at ? Math.round(v * share) : v)) });
}

describe("bars alone make the ladder climb", () => {
  test("not in a quiet market", async () => {
    expect(await climbs(usual, (bars) => bars)).toEqual([]);
  });

  test.each([
    { name: "a move of 1.6 %", known: few, change: jump(1.016), rule: "move5mPercent", to: 2 },
    { name: "a fall of 4 %", known: few, change: jump(0.96), rule: "move5mPercent", to: 3 },
    { name: "a move of 5.5 %", known: few, change: jump(1.055), rule: "move5mPercent", to: 4 },
    {
      name: "a volatility of three times its median",
      known: usual,
      change: shake(0.0045, 1),
      rule: "volatilityRatio",
      to: 2,
    },
    {
      name: "a volatility of five times its median",
      known: usual,
      change: shake(0.014, 2),
      rule: "volatilityRatio",
      to: 3,
    },
    { name: "a volume of a fifth and a bit", known: few, change: thin(0.22), rule: "liquidityScore", to: 1 },
    { name: "a volume of a tenth", known: few, change: thin(0.1), rule: "illiquidity", to: 2 },
  ])("$name: $rule to level $to", async ({ change, known, rule, to }) => {
    const rises = (await climbs(known, change)).filter((climb) => climb.to > climb.from);
    expect(rises.map((climb) => climb.rule)).toContain(rule);
    expect(Math.max(...rises.map((climb) => climb.to))).toBe(to);
    expect(rises.at(-1)?.rule).toBe(rule);
  });

  test("the VaR of a position over its limit, by contracts", () => {
    const { tacticalBars } = quiet(few);
    const monitor = new RiskMonitor({
      contract: contractOf(nq),
      costs: { commissionPerSideUsd: 2.25, slipTicks: 2 },
      margin: nqMargin,
      calendar: sessionCalendar("cme-equity"),
      config: riskDefaults,
      profile: evenProfile(tacticalBars.intervalMs),
      dailyHistory: Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 0.01 : -0.01)),
    });
    for (let i = 0; i < 20; i += 1) monitor.append(tacticalBars, i);
    const ratio = (units: number): number => monitor.measurements(units, 1_000_000).varRatio ?? Number.NaN;
    expect(ratio(0)).toBe(0);
    expect(ratio(-3)).toBeCloseTo(3 * ratio(1), 10);
    const levels = [0.9, 1.2, 1.6, 3.2].map((wanted) => {
      const units = Math.round(wanted / ratio(1));
      return assess({ varRatio: ratio(units) }).level;
    });
    expect(levels).toEqual([0, 1, 2, 3]);
  });
});

test("a lock outlives the process: killed after it and resumed, the same bytes, and nothing is entered", async () => {
  const config = quiet(few);
  const locked: PipelineConfig = {
    ...config,
    tacticalBars: jump(1.055)(config.tacticalBars, few * sessionBars + event),
    tactical: diceTactical(3),
    snapshotEvery: 20,
  };
  const whole = join(scratch, "whole");
  const records: TradingRecord[] = [];
  const onRecord = (record: DecisionRecord): void => {
    if (record.stage === "tactical") records.push(record);
  };
  const result = await runPipeline({ ...locked, folder: whole, onRecord });
  expect(result.ladderLevel).toBe(4);
  const lockMs = (config.tacticalBars.t[few * sessionBars + event] ?? 0) + 300_000;
  const entered = records.filter(({ outcome }) => outcome.startsWith("sent")).map(({ time }) => time);
  expect(entered.length).toBeGreaterThan(0);
  expect(records.filter(({ time }) => time >= lockMs).length).toBeGreaterThan(50);
  expect(Math.max(...entered)).toBeLessThan(lockMs);
  const folder = join(scratch, "killed");
  let instants = 0;
  const probe = (mark: string): void => {
    instants += mark === "instant" ? 1 : 0;
    if (instants === 190) throw new Error("killed");
  };
  await expect(runPipeline({ ...locked, folder, probe })).rejects.toThrow("killed");
  expect(resultDigest(await runPipeline({ ...locked, folder }))).toBe(resultDigest(result));
  const journal = (of: string): string =>
    readdirSync(join(of, "journal"))
      .sort()
      .map((name) => readFileSync(join(of, "journal", name), "utf8"))
      .join("");
  expect(journal(folder) === journal(whole)).toBe(true);
});
