/** @file The team's decision: single softmax, waiting, sizes, stale and counter factors, votes against pools, the rule. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uncertaintyOf } from "../../../src/nn/uncertainty/passes.kernel.ts";
import type { StrategicSignal } from "../../../src/stages/messages/integrate-context.ts";
import type { ContextContent } from "../../../src/stages/messages/strategic-context.ts";
import type { TacticalOpinion } from "../../../src/stages/policy.ts";
import {
  aggregateTactical,
  type Opposition,
  proposedStep,
  requestedFraction,
  riskCap,
} from "../../../src/stages/tactical/aggregation.ts";
import { stanceOf } from "../../../src/stages/tactical/contexts.ts";
import { decidedQuantity } from "../../../src/stages/tactical/quantity.ts";
import { tacticalRule } from "../../../src/stages/tactical/rule.ts";
import {
  decideTactical,
  tacticalUncalibrated,
  type TacticalSituation,
} from "../../../src/stages/tactical/team.ts";
import { votedCap, votedStep, votedTactical } from "../../../src/stages/tactical/votes.kernel.ts";
import { sampleContext } from "../messages/sample-context.ts";
import { BUY_LARGE, BUY_SMALL, fiveMinutes, HOLD, SELL_LARGE, tacticalEnvironment, Team } from "./team.ts";

const unknown: StrategicSignal = { ageBars: Infinity, weight: 0, stale: true };
const fresh = (changes: Partial<ContextContent> = {}): StrategicSignal => ({
  context: sampleContext({ synergy: undefined, riskBudget: 1, ...changes }),
  ageBars: 0,
  weight: 1,
  stale: false,
});

const situation: TacticalSituation = {
  barClose: 1_700_000_100_000,
  now: 1_700_000_100_000,
  complete: true,
  tradable: true,
  price: 18_000,
  atr: 10.1,
  tickSize: 0.25,
  units: 0,
  maxContracts: 4,
  consecutiveLosses: 0,
  dayLoss: 0,
  drawdown: 0,
  correlation: 0,
  tradesToday: 0,
  signal: fresh({ bias: { bull: 0.4, neutral: 0.3, bear: 0.3 } }),
  standAlone: true,
};

/** One row per agent. */
function opinion(...rows: readonly (readonly number[])[]): TacticalOpinion {
  return {
    agents: rows.map((row, i) => {
      const passes = { probabilities: Float32Array.from(row), count: 1, rows: 1, actions: 5 };
      return {
        agent: `agent ${i}`,
        probabilities: Float64Array.from(row),
        uncertainty: uncertaintyOf(passes, 0, 0.65),
      };
    }),
  };
}
const sure = (action: number, p = 1): readonly number[] =>
  [0, 1, 2, 3, 4].map((a) => (a === action ? p : (1 - p) / 4));

describe("a decision", () => {
  it("executes with a confidence of .99 through the whole chain: one softmax", () => {
    const { gate, intent, kind } = decideTactical(
      opinion(sure(BUY_LARGE, 0.99), sure(BUY_LARGE, 0.99), sure(BUY_LARGE, 0.99)),
      situation,
    );
    expect([kind, gate.reasons]).toEqual(["execute", []]);
    expect(intent?.confidence).toBeGreaterThan(0.99);
    expect(intent).toMatchObject({
      side: 1,
      stopTicks: 72_000 - 81,
      targetTicks: 72_000 + 122,
      timeInForce: "immediate",
      expires: situation.barClose + 300_000,
      contextId: situation.signal.context?.id,
    });
  });

  it("holds without a direction, whatever else stands", () => {
    expect(decideTactical(opinion(sure(0), sure(0), sure(0)), situation).kind).toBe("hold");
  });

  it("waits three times for the execution agent, then acts; a new side waits anew", () => {
    const waiting = opinion(sure(BUY_LARGE), sure(BUY_LARGE), sure(HOLD, 0.9));
    let last = decideTactical(waiting, situation);
    const kinds = [last.kind];
    while (last.waiting !== undefined) {
      last = decideTactical(waiting, { ...situation, waiting: last.waiting });
      kinds.push(last.kind);
    }
    expect(kinds).toEqual(["wait", "wait", "wait", "execute"]);
    const turned = opinion(sure(SELL_LARGE), sure(SELL_LARGE), sure(HOLD, 0.9));
    const next = decideTactical(turned, { ...situation, waiting: { side: 1, bars: 3 } });
    expect(next.waiting).toEqual({ side: -1, bars: 1 });
    const faded = opinion(sure(BUY_LARGE, 0.6), sure(BUY_LARGE, 0.6), sure(HOLD, 0.9));
    expect(decideTactical(faded, { ...situation, waiting: { side: 1, bars: 1 } }).kind).toBe("reject");
  });

  it("scales the score by .7 against the bias and against a fresh synergy, not against an old one", () => {
    const sell = opinion(sure(SELL_LARGE, 0.9), sure(SELL_LARGE, 0.9), sure(SELL_LARGE, 0.9));
    const score = (signal: StrategicSignal): number =>
      decideTactical(sell, { ...situation, signal }).aggregate.score;
    const bull = { bull: 0.7, neutral: 0.2, bear: 0.1 };
    const even = { bull: 0.4, neutral: 0.3, bear: 0.3 };
    const plain = score(unknown);
    expect(score(fresh({ bias: bull }))).toBeCloseTo(0.7 * plain, 12);
    const synergy = { type: 1, direction: 1, confidence: 0.5, ageBars: 48 } as const;
    expect(score({ ...fresh({ bias: even, synergy }), ageBars: 12 })).toBeCloseTo(0.7 * plain, 12);
    expect(score({ ...fresh({ bias: even, synergy }), ageBars: 13 })).toBeCloseTo(plain, 12);
    const record = decideTactical(sell, { ...situation, signal: fresh({ bias: bull }) });
    expect([record.kind, record.gate.reasons]).toEqual(["reject", ["COUNTER_BIAS"]]);
  });

  it("halves the request when the context is stale", () => {
    const buy = opinion(sure(BUY_LARGE), sure(BUY_LARGE), sure(BUY_LARGE));
    const known = decideTactical(buy, { ...situation, signal: fresh({ riskBudget: 0.5 }) });
    const stale = decideTactical(buy, { ...situation, signal: unknown });
    expect(stale.intent?.requestedFraction).toBe((known.intent?.requestedFraction ?? 0) / 2);
  });

  it("caps what opens and not what closes", () => {
    const timid = opinion(sure(SELL_LARGE), sure(HOLD, 0.55), sure(SELL_LARGE));
    const opening = decideTactical(timid, situation);
    expect([opening.kind, opening.gate.reasons]).toEqual(["reject", ["SIZE_ZERO"]]);
    const closing = decideTactical(timid, { ...situation, units: 2 });
    expect([closing.kind, closing.reduces, closing.intent?.requestedFraction]).toEqual([
      "execute",
      true,
      0.75,
    ]);
    expect(closing.intent?.quantity).toBe(2);
  });

  it("carries contracts only where no risk stage follows", () => {
    const buy = opinion(sure(BUY_LARGE), sure(BUY_LARGE), sure(BUY_SMALL));
    const alone = decideTactical(buy, situation).intent;
    const staged = decideTactical(buy, { ...situation, standAlone: false }).intent;
    expect([alone?.quantity, alone?.timeInForce, staged?.quantity]).toEqual([3, "bar", undefined]);
  });

  it("is refused by disagreeing passes, and scaled by their uncertainty", () => {
    const buy = opinion(sure(BUY_LARGE), sure(BUY_LARGE), sure(BUY_LARGE));
    const doubtful = (epistemic: number, agreement: number): TacticalOpinion => ({
      agents: buy.agents.map((agent) => ({
        ...agent,
        uncertainty: { ...agent.uncertainty, epistemic, agreement },
      })),
    });
    const calibration = { ...tacticalUncalibrated, epistemicLimit: 0.4 };
    const decide = (epistemic: number, agreement: number): ReturnType<typeof decideTactical> =>
      decideTactical(doubtful(epistemic, agreement), situation, calibration);
    expect(decide(0, 0.6).gate.reasons).toEqual(["MC_DISAGREEMENT"]);
    expect(decide(0.5, 1).gate.reasons[0]).toBe("MC_DISAGREEMENT");
    expect(decide(0.1, 1).intent?.requestedFraction).toBeCloseTo(0.75 * 0.75, 12);
  });
});

describe("sampled votes", () => {
  it("decide as the pool of one-hot rows does, for all votes and all that may oppose", () => {
    const voted = { side: 0, pooled: 0, score: 0 };
    for (let code = 0; code < 125; code += 1) {
      const votes = Int32Array.of(code % 5, Math.floor(code / 5) % 5, Math.floor(code / 25));
      const rows = new Float64Array(15);
      for (const [agent, action] of votes.entries()) rows[5 * agent + action] = 1;
      for (const synergyType of [0, 1, 2, 3, 4] as const) {
        for (const synergyDirection of [-1, 0, 1] as const) {
          for (const biasDirection of [-1, 0, 1] as const) {
            const against: Opposition = { synergyType, synergyDirection, biasDirection };
            const pool = aggregateTactical(rows, against);
            votedTactical(votes, 0, synergyType, synergyDirection, biasDirection, voted);
            const side = { long: 1, flat: 0, short: -1 }[pool.direction];
            expect([voted.side, voted.score, voted.pooled]).toEqual([
              side,
              pool.score,
              pool.pooled[1 - side],
            ]);
          }
        }
      }
      for (const side of [1, -1] as const) {
        expect(votedStep(votes[0]!, side)).toBe(proposedStep(rows, side));
        expect(votedCap(votes[1]!, side)).toBe(riskCap(rows, side));
      }
    }
  });
});

describe("contracts", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const terms = fc.record({
    side: fc.constantFrom(1, -1),
    maxContracts: fc.integer({ min: 1, max: 20 }),
    held: fc.double({ min: -1, max: 1, noNaN: true }),
    score: fc.double({ min: 0.65, max: 1, noNaN: true }),
    step: fc.constantFrom(0.25, 0.75),
    cap: fc.constantFrom(0, 0.25, 0.75),
    riskBudget: unit,
    sizeScale: unit,
    stale: fc.boolean(),
    biasDirection: fc.constantFrom(-1, 0, 1),
  });

  it("never leave the limit, never grow against the bias, and are at least 1 where something may be asked", () => {
    fc.assert(
      fc.property(terms, ({ held, ...drawn }) => {
        const all = { ...drawn, units: Math.trunc(held * drawn.maxContracts) };
        const quantity = decidedQuantity(all);
        const after = all.units + all.side * quantity;
        expect(Math.abs(after)).toBeLessThanOrEqual(all.maxContracts);
        expect(Number.isInteger(quantity) && quantity >= 0).toBe(true);
        const grows = all.units * all.side > 0;
        if (grows && all.units * all.biasDirection < 0) expect(quantity).toBe(0);
        else if (requestedFraction(all) > 0 && Math.abs(all.units + all.side) <= all.maxContracts) {
          expect(quantity).toBeGreaterThanOrEqual(1);
        }
        if (all.cap === 0) expect(Math.abs(after)).toBeLessThanOrEqual(Math.abs(all.units));
      }),
    );
  });
});

describe("a stance", () => {
  it("knows a bias from one half on, and nothing of a signal without a message", () => {
    const bias = (bull: number, bear: number): number =>
      stanceOf(fresh({ bias: { bull, bear, neutral: 1 - bull - bear } })).biasDirection;
    expect([bias(0.5, 0.2), bias(0.2, 0.5), bias(0.49, 0.2), bias(0.2, 0.1)]).toEqual([1, -1, 0, 0]);
    expect(stanceOf(unknown)).toEqual({
      synergyType: 0,
      synergyDirection: 0,
      biasDirection: 0,
      riskBudget: 0.5,
      stale: true,
    });
  });
});

describe("the rule", () => {
  it("answers with legal distributions that lean by momentum and gaps", async () => {
    await using rule = tacticalRule();
    const team = new Team(tacticalEnvironment(fiveMinutes(), { mode: "eval", maxContracts: 1 }));
    const leanings: number[] = [];
    for (let step = 0; step < 60; step += 1) {
      const { agents } = await rule.decide(team.observations, `bar ${step}`);
      expect(agents.map(({ agent }) => agent)).toEqual(["tactical_agent", "risk_agent", "execution_agent"]);
      for (const { probabilities } of agents) {
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        for (const [action, legal] of team.mask.entries())
          if (legal === 0) expect(probabilities[action]).toBe(0);
      }
      const [hold = 0, , , sellSmall = 0, sellLarge = 0] = agents[0]?.probabilities ?? [];
      leanings.push(1 - hold - 2 * (sellSmall + sellLarge));
      team.step(step % 20 === 3 ? BUY_LARGE : HOLD);
    }
    expect(Math.max(...leanings)).toBeGreaterThan(0.3);
    expect(Math.min(...leanings)).toBeLessThan(-0.3);
  });
});
