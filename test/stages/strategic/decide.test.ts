/** @file The strategic decision: reproducible passes, one plain pass, threshold and consensus on both sides, rule, message. */
import { describe, expect, test } from "vitest";
import type { AgentOpinion, StrategicOpinion } from "../../../src/stages/policy.ts";
import { uncertaintyOf } from "../../../src/nn/uncertainty/passes.kernel.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import { riskBudget, strategicContext } from "../../../src/stages/strategic/context.ts";
import { strategicPolicy, type StrategicPolicyOptions } from "../../../src/stages/strategic/decide.ts";
import { strategicMarket } from "../../../src/stages/strategic/market.ts";
import { strategicColumns } from "../../../src/stages/strategic/networks/observation.ts";
import { StrategicView } from "../../../src/stages/strategic/observation.kernel.ts";
import { strategicAgents } from "../../../src/stages/strategic/observation.ts";
import { strategicRule } from "../../../src/stages/strategic/rule.ts";
import { strategicUncalibrated, teamOpinion } from "../../../src/stages/strategic/team-opinion.ts";
import { tempered } from "../../../src/stages/temperature.ts";
import { randomRows } from "../random-rows.ts";
import { strategicSample } from "../sample-models.ts";
import { smallMarket } from "../small-market.ts";

const form = {
  width: 656,
  agents: 4,
  shared: [strategicColumns.matrix],
  role: strategicColumns.role,
  legal: strategicColumns.legal,
};
const observations = randomRows(form, 1, 2);
const model = strategicSample({ sharpness: 3 });

async function decided(
  id: string,
  options: StrategicPolicyOptions = {},
  of = model,
): Promise<StrategicOpinion> {
  await using policy = await strategicPolicy(of, { mcPasses: 120, ...options });
  // Awaited here: the policy is disposed of as soon as the function returns.
  const opinion = await policy.decide(observations, 0.25, id);
  return opinion;
}

/** Without its arrays, which compare by value only outside typed arrays. */
function numbersOf({ agents, pooled, regime }: StrategicOpinion): number[] {
  return [...agents.flatMap(({ probabilities }) => [...probabilities]), ...pooled, ...regime];
}

describe("strategicPolicy", () => {
  test("one id, one answer, whatever the chunk; another id draws other masks", async () => {
    const first = numbersOf(await decided("bar-1"));
    expect(numbersOf(await decided("bar-1"))).toEqual(first);
    const chunked = numbersOf(await decided("bar-1", { mcChunk: 50 }));
    chunked.forEach((value, i) => expect(Math.abs(value - first[i]!)).toBeLessThan(1e-6));
    expect(numbersOf(await decided("bar-2"))).not.toEqual(first);
  });

  test("an opinion holds four distributions, eight regime weights that sum to 1, and 64 numbers of embedding", async () => {
    const opinion = await decided("bar-1");
    expect(opinion.agents.map(({ agent }) => agent)).toEqual(strategicAgents);
    for (const { probabilities, uncertainty } of opinion.agents) {
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      expect(uncertainty.passes).toBe(120);
    }
    expect(opinion.regime.length).toBe(8);
    expect(opinion.regime.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    expect(opinion.regimeEmbedding.length).toBe(64);
    expect(opinion.uncertainty.epistemic).toBeGreaterThan(0);
  });

  test("no passes: one plain forward, certain of itself; a plain policy's regime is even", async () => {
    const plain = await decided("bar-1", { mcPasses: 0 });
    expect(plain.uncertainty).toMatchObject({ epistemic: 0, agreement: 1 });
    expect(plain.sizeScale).toBe(1);
    expect(numbersOf(await decided("bar-2", { mcPasses: 0 }))).toEqual(numbersOf(plain));
    const single = await decided("bar-1", { mcPasses: 0 }, strategicSample({ states: 1 }));
    single.regime.forEach((weight) => expect(weight).toBeCloseTo(1 / 8, 6));
  });
});

function agentsOf(probabilities: readonly number[], disagreeing: number): AgentOpinion[] {
  const opposed = [...probabilities].toReversed();
  const rows = Array.from({ length: 30 }, (_, t) => (t < disagreeing ? opposed : probabilities));
  const passes = { probabilities: Float32Array.from(rows.flat()), count: 30, rows: 1, actions: 5 };
  const uncertainty = uncertaintyOf(passes, 0, 0.65);
  return strategicAgents.map((agent) => ({
    agent,
    probabilities: Float64Array.from(probabilities),
    uncertainty,
  }));
}

describe("the team's opinion", () => {
  const reading = { regime: new Float64Array(8).fill(1 / 8), regimeEmbedding: new Float32Array(0) };
  const sure = [0.9, 0.025, 0.025, 0.025, 0.025];

  test.each([
    ["acts", sure, 0, 1, "BUY", []],
    ["is below the threshold", [0.5, 0.2, 0.2, 0.05, 0.05], 0, 1, "HOLD", ["BELOW_THRESHOLD"]],
    ["disagrees", sure, 12, 1, "HOLD", ["MC_DISAGREEMENT"]],
    [
      "is below and disagrees",
      [0.5, 0.2, 0.2, 0.05, 0.05],
      12,
      1,
      "HOLD",
      ["BELOW_THRESHOLD", "MC_DISAGREEMENT"],
    ],
    ["knows too little by its limit", sure, 3, 0.001, "HOLD", ["MC_DISAGREEMENT"]],
  ] as const)("%s", (_, probabilities, disagreeing, epistemicLimit, action, reasons) => {
    const calibration = { ...strategicUncalibrated, epistemicLimit };
    const opinion = teamOpinion(agentsOf(probabilities, disagreeing), 0, calibration, reading);
    expect([opinion.action, opinion.reasons]).toEqual([action, reasons]);
  });

  test("a temperature above 1 flattens and keeps what is impossible", () => {
    const flat = tempered(Float64Array.of(0.8, 0.2, 0), 2);
    expect(flat[0]! / flat[1]!).toBeCloseTo(2, 12);
    expect(flat[2]).toBe(0);
  });

  test("a confidence of .99 passes the whole chain", () => {
    const certain = agentsOf([0.998, 0.0005, 0.0005, 0.0005, 0.0005], 0);
    expect(teamOpinion(certain, 0, strategicUncalibrated, reading).confidence).toBeGreaterThan(0.98);
  });
});

const bars = smallMarket({ sessions: 20 });
const market = strategicMarket(bars, contractSpec("NQ"), { warmUp: 60 });
const view = new StrategicView(market, market.spec);

describe("strategicRule", () => {
  test("acts on both sides and not always, and never illegally", async () => {
    const rule = strategicRule();
    const seen = new Float32Array(4 * 656);
    const actions = new Set<string>();
    for (let t = 100; t < bars.length; t += 1) {
      const exposure = t % 2 === 0 ? 0 : 0.5;
      view.writeTeam(t, { exposure, unrealisedUsd: 0, barsHeld: 0, drawdown: 0 }, seen, 0);
      const { action, agents } = await rule.decide(seen, exposure, String(t));
      actions.add(action);
      if (exposure === 0)
        agents.forEach(({ probabilities }) => expect([...probabilities.subarray(3)]).toEqual([0, 0]));
    }
    expect([...actions]).toEqual(expect.arrayContaining(["BUY", "SELL", "HOLD"]));
  });
});

describe("strategicContext", () => {
  test("carries bias, target and budget of the opinion, forecast and synergy of the market", async () => {
    const t = bars.length - 1;
    const synergyType = market.synergyType.slice();
    const [synergyDirection, synergyConfidence, synergyAge] = [-1, 0.5, 3].map((value) =>
      new Float32Array(bars.length).fill(value),
    );
    synergyType[t] = 3;
    const columns = {
      ...market,
      synergyType,
      synergyDirection: synergyDirection!,
      synergyConfidence: synergyConfidence!,
      synergyAge: synergyAge!,
    };
    const opinion = { ...(await decided("bar-1")), action: "BUY", sizeScale: 0.8 } as const;
    const facts = {
      seq: 3,
      systemVersion: "test",
      dataSource: "synthetic",
      barOpen: bars.t[t]!,
      barClose: bars.t[t]! + bars.intervalMs,
      wantedExposure: 0.5,
      executedExposure: 0.25,
      drawdown: 0.075,
    } as const;
    const message = strategicContext(opinion, columns, t, facts);
    expect(message).toMatchObject({
      targetExposure: 0.75,
      urgency: 0.5,
      riskBudget: 0.4,
      validFrom: facts.barClose,
    });
    expect(message.bias).toEqual(opinion.bias);
    expect(message.synergy).toEqual({ type: 3, direction: -1, confidence: 0.5, ageBars: 18 });
    expect(message.volatilityForecast).toBeGreaterThan(0);
    expect(message.stateEntropy).toBeLessThanOrEqual(Math.log(8) + 1e-9);
    expect(strategicContext(opinion, market, 50, facts).synergy).toBeUndefined();
  });

  test("the budget is spent at the drawdown limit", () => {
    expect([riskBudget(1, 0), riskBudget(1, 0.15), riskBudget(1, 0.3), riskBudget(0.5, 0.075)]).toEqual([
      1, 0, 0, 0.25,
    ]);
  });
});
