/** @file The last gate: each check alone refuses, all are listed either way, and what goes wrong rejects. */
import { describe, expect, test } from "vitest";
import { executeTradeSchema } from "../../../src/stages/messages/execute-trade.ts";
import type { RiskProposal } from "../../../src/stages/messages/risk-proposal.ts";
import { assessRisk } from "../../../src/stages/risk/assess.ts";
import { riskDefaults } from "../../../src/stages/risk/config.ts";
import { decisionGate, type GateState, type GateVerdict } from "../../../src/stages/risk/decision-gate.ts";
import {
  approvedFixture,
  gateFixture,
  marketFixture,
  noonMs,
  portfolioFixture,
  qualifiedFixture,
} from "./fixtures.ts";

const qualified = qualifiedFixture();
const sound = approvedFixture(qualified);

function judge(
  state: Partial<GateState> = {},
  proposal: RiskProposal | undefined = sound,
  asked: typeof qualified = qualified,
): GateVerdict {
  return decisionGate(asked, proposal, gateFixture(state), riskDefaults);
}

const names = [
  "PROPOSAL",
  "LADDER",
  "CALENDAR",
  "CONFIDENCE",
  "MC_LOWER_QUANTILE",
  "AGREEMENT",
  "RISK_REWARD",
  "HEAT",
  "CONSECUTIVE_LOSSES",
  "CORRELATION",
  "TRADES_PER_DAY",
  "ORDER_PLAN",
];

describe("the decision gate", () => {
  test("releases what passes every check, as a message that its schema takes", () => {
    const verdict = judge();
    if (verdict.kind !== "execute") throw new Error(verdict.reason);
    expect(verdict.checks.map(({ name }) => name)).toStrictEqual(names);
    expect(verdict.checks.every(({ pass }) => pass)).toBe(true);
    expect(executeTradeSchema.parse(verdict.trade)).toStrictEqual(verdict.trade);
    expect(verdict.trade).toMatchObject({
      execution_id: "EX_20250115_100000_1",
      trade_specification: { direction: 1, entry_price: 22_736 },
      risk_parameters: { position_size: 3, stop_loss: 22_696, max_hold_time: 100 },
      tracking: { risk_reward: 1.5, daily_trade_number: 1 },
    });
  });

  test.each<[string, GateVerdict]>([
    ["LADDER", judge({ ladderLevel: 2 })],
    ["LADDER", judge({ locked: true })],
    ["CALENDAR", judge({ marketOpen: false })],
    ["CALENDAR", judge({ flatMs: noonMs })],
    ["AGREEMENT", judge({}, sound, qualifiedFixture({ votes: { agreeing: 1, voting: 2 } }))],
    ["HEAT", judge({}, { ...sound, riskMetrics: { ...sound.riskMetrics, heatAfter: 0.1501 } })],
    ["HEAT", judge({}, { ...sound, riskMetrics: { ...sound.riskMetrics, heatAfter: Number.NaN } })],
    ["CONSECUTIVE_LOSSES", judge({ consecutiveLosses: 3 })],
    ["CORRELATION", judge({ correlation: 0.71 })],
    ["TRADES_PER_DAY", judge({ tradesToday: 10 })],
    ["ORDER_PLAN", judge({}, { ...sound, stopPlan: { ...sound.stopPlan, price: 22_740 } })],
    ["ORDER_PLAN", judge({}, { ...sound, entryPlan: { ...sound.entryPlan, price: 22_736.1 } })],
    ["ORDER_PLAN", judge({}, { ...sound, entryPlan: { ...sound.entryPlan, units: 4 } })],
  ])("%s alone refuses, and every check is still listed", (reason, verdict) => {
    expect(verdict).toMatchObject({ kind: "rejected", reason });
    expect(verdict.checks.map(({ name }) => name)).toStrictEqual(names);
    expect(verdict.checks.filter(({ pass }) => !pass).map(({ name }) => name)).toStrictEqual([reason]);
  });

  test("two thirds agree is enough; a limit that is met passes with slack 0", () => {
    expect(judge({}, sound, qualifiedFixture({ votes: { agreeing: 2, voting: 3 } })).kind).toBe("execute");
    const met = judge({ correlation: 0.7 });
    expect(met.checks.find(({ name }) => name === "CORRELATION")).toMatchObject({ slack: 0, pass: true });
  });

  test("no proposal, a refused one, an overrun and an exception all reject", () => {
    const refused = assessRisk(qualified, portfolioFixture({ locked: true }), marketFixture(), riskDefaults);
    expect(decisionGate(qualified, undefined, gateFixture(), riskDefaults)).toMatchObject({
      reason: "PROPOSAL",
    });
    expect(judge({}, refused)).toMatchObject({ kind: "rejected", reason: "PROPOSAL" });
    expect(judge({ elapsedMs: 10.001 })).toMatchObject({ kind: "rejected", reason: "TIMEOUT" });
    expect(judge({ elapsedMs: Number.NaN })).toMatchObject({ kind: "rejected", reason: "TIMEOUT" });
    const broken = {} as unknown as typeof qualified;
    expect(decisionGate(broken, sound, gateFixture(), riskDefaults)).toMatchObject({ reason: "EXCEPTION" });
  });

  test("a trade that only closes is not held to the limits of new risk, and says which did not apply", () => {
    const against = qualifiedFixture({ action: "short", direction: -1, mc: { mean: 0.5 } });
    const reduce = assessRisk(against, portfolioFixture({ position: 2 }), marketFixture(), riskDefaults);
    const verdict = judge({ ladderLevel: 3, tradesToday: 10 }, reduce, against);
    expect(verdict).toMatchObject({
      kind: "execute",
      trade: { trade_specification: { effect: "reduce", direction: -1 } },
    });
    expect(verdict.checks.filter(({ applies }) => applies).map(({ name }) => name)).toStrictEqual([
      "PROPOSAL",
      "ORDER_PLAN",
    ]);
  });
});
