/** @file Calibration: a planted temperature is found, thresholds can be reached, uncertainty is judged, good agents gain weight. */
import { describe, expect, test } from "vitest";
import { type UncertaintyMetrics, uncertaintyOf } from "../../../src/nn/uncertainty/passes.kernel.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { fitAgentWeights } from "../../../src/pipeline/calibration/agent-weights.ts";
import { calibrateStrategic, calibrateTactical } from "../../../src/pipeline/calibration/calibrate.ts";
import type { JudgedDecision } from "../../../src/pipeline/calibration/decisions.ts";
import type { AgentOpinion, StrategicOpinion } from "../../../src/stages/policy.ts";
import { strategicUncalibrated, teamOpinion } from "../../../src/stages/strategic/team-opinion.ts";

const reading = { regime: new Float64Array(8).fill(1 / 8), regimeEmbedding: new Float32Array(0) };

function metricsOf(p: readonly number[], epistemic: number): UncertaintyMetrics {
  const passes = { probabilities: Float32Array.from(p), count: 1, rows: 1, actions: 5 };
  return { ...uncertaintyOf(passes, 0, 0.65), epistemic };
}

function agent(p: readonly number[], epistemic = 0.01): AgentOpinion {
  const uncertainty = metricsOf(p, epistemic);
  return { agent: "a", probabilities: uncertainty.mean, uncertainty };
}

/** Policies that say `said` for a side, of which the market then does `truth`. */
function decisions(
  count: number,
  options: { readonly sharpness: number; readonly uncertain?: boolean },
): JudgedDecision<StrategicOpinion>[] {
  const random = Generator.fromKey(keyFromSeed(6));
  return Array.from({ length: count }, () => {
    const truth = random.uniform(0.5, 0.95);
    const up = random.nextFloat64() < 0.5;
    const right = random.nextFloat64() < truth;
    // The softmax of `sharpness` times the true logits, between BUY and SELL alone.
    const odds = Math.exp(options.sharpness * Math.log(truth / (1 - truth)));
    const said = odds / (1 + odds);
    const p = up ? [said, 1 - said, 0, 0, 0] : [1 - said, said, 0, 0, 0];
    const epistemic = options.uncertain === true ? (right ? 0.01 : 0.2) : random.uniform(0.01, 0.2);
    const agents = [0, 1, 2, 3].map(() => agent(p, epistemic));
    const opinion = teamOpinion(agents, 0, strategicUncalibrated, reading);
    return { opinion, exposure: 0, forwardReturn: (up === right ? 1 : -1) * 0.002, cost: 0.0001 };
  });
}

describe("calibrateStrategic", () => {
  test("finds the temperature of a policy that is twice too sure, and the calibration error falls", () => {
    const { calibration, report } = calibrateStrategic(decisions(4000, { sharpness: 2 }));
    expect(calibration.temperature).toBeGreaterThan(1.8);
    expect(calibration.temperature).toBeLessThan(2.2);
    expect(report.before.expected).toBeGreaterThan(0.05);
    expect(report.after.expected).toBeLessThan(0.03);
    expect(calibration.threshold).toBe(0.65);
    expect(report.shareAtDefault).toBeGreaterThan(0.5);
  });

  test("a policy that never reaches .65 gets a threshold that it reaches in the wanted share", () => {
    const shy = decisions(1000, { sharpness: 0.2 }).map((decision) => ({ ...decision, forwardReturn: 0 }));
    const { calibration, report } = calibrateStrategic(shy, { share: 0.2 });
    expect(report.shareAtDefault).toBeLessThan(0.2);
    expect(calibration.threshold).toBeLessThan(0.65);
    expect(report.shareAtThreshold).toBeCloseTo(0.2, 2);
    expect(report.executed).toBeGreaterThan(0);
    expect(report.executed).toBeLessThanOrEqual(report.shareAtThreshold);
  });

  test("nine tenths of the decisions lie below the limit of uncertainty", () => {
    const { calibration } = calibrateStrategic(decisions(1000, { sharpness: 1 }));
    expect(calibration.epistemicLimit).toBeCloseTo(0.181, 2);
  });

  test("says whether uncertainty orders errors", () => {
    const [helps, idle] = [true, false].map((uncertain) =>
      calibrateStrategic(decisions(3000, { sharpness: 1, uncertain })),
    );
    expect(helps!.report.uncertaintyOrdersErrors).toBe(true);
    const { area, randomArea } = helps!.report.riskCoverage;
    expect(area).toBeLessThan(randomArea - 0.0002);
    expect(Math.abs(idle!.report.riskCoverage.area - idle!.report.riskCoverage.randomArea)).toBeLessThan(
      0.0002,
    );
  });

  test("refuses to fit nothing", () => {
    expect(() => calibrateStrategic([])).toThrow(expect.objectContaining({ code: "CALIBRATION_EMPTY" }));
  });
});

test("calibrateTactical pools long and short of three agents", () => {
  const judged = Array.from({ length: 50 }, (_, i) => {
    const row = i % 2 === 0 ? [0.1, 0.5, 0.3, 0.05, 0.05] : [0.1, 0.05, 0.05, 0.5, 0.3];
    const opinion = { agents: [0, 1, 2].map(() => agent(row)) };
    return { opinion, exposure: 0, forwardReturn: i % 2 === 0 ? 0.01 : -0.01, cost: 0 };
  });
  const { calibration, report } = calibrateTactical(judged);
  expect(report.shareAtDefault).toBe(1);
  expect(calibration.temperature).toBeLessThan(1);
  expect(report.after.table.every(({ frequency }) => frequency === 1)).toBe(true);
});

test("agents who are right gain weight, the others lose it", () => {
  const random = Generator.fromKey(keyFromSeed(8));
  const judged = Array.from({ length: 800 }, () => {
    const up = random.nextFloat64() < 0.5;
    const knows = up ? [0.7, 0.1, 0.2, 0, 0] : [0.1, 0.7, 0.2, 0, 0];
    const guess = random.nextFloat64() < 0.5 ? [0.7, 0.1, 0.2, 0, 0] : [0.1, 0.7, 0.2, 0, 0];
    const agents = [agent(guess), agent(guess), agent(knows), agent(guess)];
    const opinion = teamOpinion(agents, 0, strategicUncalibrated, reading);
    return { opinion, exposure: 0, forwardReturn: up ? 0.001 : -0.001, cost: 0 };
  });
  const weights = fitAgentWeights(judged, { epochs: 20 });
  expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  expect(weights[2]).toBeGreaterThan(0.4);
  expect(weights[0]).toBeLessThan(0.3);
});
