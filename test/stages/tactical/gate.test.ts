/** @file The qualification gate: both outcomes of every check, the order of reasons, and what leaving is spared. */
import { describe, expect, it } from "vitest";
import {
  type GateSnapshot,
  gateDefaults,
  qualificationGate,
  type QualificationReason,
} from "../../../src/stages/tactical/gate.ts";

const sound: GateSnapshot = {
  ageIntervals: 0,
  complete: true,
  tradable: true,
  consecutiveLosses: 0,
  dayLoss: 0,
  drawdown: 0,
  riskBudget: 1,
  correlation: 0,
  tradesToday: 0,
  agreement: 1,
  epistemic: 0,
  pooled: 0.99,
  score: 0.99,
  side: 1,
  units: 0,
  biasDirection: 0,
  requestedFraction: 0.75,
  price: 18_000,
  stop: 17_990,
  target: 18_015,
  tickSize: 0.25,
};

/** Each check on the last value that passes and on the first that does not. */
const grid: readonly (readonly [
  QualificationReason,
  passes: Partial<GateSnapshot>,
  fails: Partial<GateSnapshot>,
])[] = [
  ["STALE_DATA", { ageIntervals: 1 }, { ageIntervals: 1.01 }],
  ["STALE_DATA", { complete: true }, { complete: false }],
  ["NOT_TRADABLE", { tradable: true }, { tradable: false }],
  ["BREAKER_LOSSES", { consecutiveLosses: 2 }, { consecutiveLosses: 3 }],
  ["BREAKER_DAY", { dayLoss: 0.0499 }, { dayLoss: 0.05 }],
  ["BREAKER_DRAWDOWN", { drawdown: 0.1499 }, { drawdown: 0.15 }],
  ["RISK_BUDGET", { riskBudget: 0.01 }, { riskBudget: 0 }],
  ["CORRELATION", { correlation: 0.6999 }, { correlation: 0.7 }],
  ["TRADE_LIMIT", { tradesToday: 9 }, { tradesToday: 10 }],
  ["MC_DISAGREEMENT", { agreement: 2 / 3 }, { agreement: 0.66 }],
  ["MC_DISAGREEMENT", { epistemic: Math.log(5) }, { epistemic: 1.62 }],
  ["BELOW_THRESHOLD", { pooled: 0.65, score: 0.65 }, { pooled: 0.6499, score: 0.6499 }],
  ["COUNTER_BIAS", { pooled: 0.95, score: 0.95 * 0.7 }, { pooled: 0.9, score: 0.9 * 0.7 }],
  ["COUNTER_BIAS", { units: 1, biasDirection: 1 }, { units: 1, biasDirection: -1 }],
  ["SIZE_ZERO", { requestedFraction: 0.01 }, { requestedFraction: 0 }],
  ["SIZE_ZERO", { quantity: 1 }, { quantity: 0 }],
  ["SIZE_ZERO", { side: -1, stop: 18_010, target: 17_985 }, { side: 0 }],
  ["ORDER_INVALID", { price: 18_000.25 }, { price: 18_000.1 }],
  ["ORDER_INVALID", { stop: 17_999.75 }, { stop: 18_000 }],
  ["ORDER_INVALID", { target: 18_000.25 }, { target: Number.NaN }],
];

describe("qualification gate", () => {
  it("lets a sound request through with its size and a confidence of .99", () => {
    const { decision, reasons, size } = qualificationGate(sound);
    expect([decision, reasons, size]).toEqual(["execute", [], 0.75]);
  });

  it.each(grid)("%s passes at %j and refuses at %j", (reason, passes, fails) => {
    expect(qualificationGate({ ...sound, ...passes }).decision).toBe("execute");
    const refused = qualificationGate({ ...sound, ...fails });
    expect([refused.decision, refused.size, refused.reasons[0]]).toEqual(["reject", 0, reason]);
  });

  it("evaluates every check whatever has failed, and lets the first failure decide", () => {
    const worst = Object.assign({}, sound, ...grid.map(([, , fails]) => fails), { side: 1 }) as GateSnapshot;
    const { checks, reasons } = qualificationGate(worst);
    expect(checks).toHaveLength(qualificationGate(sound).checks.length);
    expect([...new Set(reasons)]).toEqual([
      "STALE_DATA",
      "NOT_TRADABLE",
      "BREAKER_LOSSES",
      "BREAKER_DAY",
      "BREAKER_DRAWDOWN",
      "RISK_BUDGET",
      "CORRELATION",
      "TRADE_LIMIT",
      "MC_DISAGREEMENT",
      "COUNTER_BIAS",
      "SIZE_ZERO",
      "ORDER_INVALID",
    ]);
  });

  it("never forbids to leave", () => {
    const locked = { consecutiveLosses: 9, dayLoss: 0.2, drawdown: 0.2, riskBudget: 0, tradesToday: 99 };
    const long = { side: -1, units: 2, stop: 18_010, target: 17_985 } as const;
    expect(qualificationGate({ ...sound, ...locked, ...long }).decision).toBe("execute");
    expect(qualificationGate({ ...sound, ...locked, ...long, units: -2 }).reasons[0]).toBe("BREAKER_LOSSES");
  });

  it("raises the threshold by the mood of the market only when told to", () => {
    const mood = { state: "volatile", risk: "extreme" } as const;
    const snapshot = { ...sound, pooled: 0.79, score: 0.79, mood };
    expect(qualificationGate(snapshot).decision).toBe("execute");
    const adjusted = { ...gateDefaults, regimeAdjust: true };
    expect(qualificationGate(snapshot, adjusted).reasons).toEqual(["BELOW_THRESHOLD"]);
    expect(qualificationGate({ ...snapshot, pooled: 0.81, score: 0.81 }, adjusted).decision).toBe("execute");
  });
});
