/** @file A small market and policies for the pipeline: synthetic five-minute bars, their half hours, rules and dice. */
import { type BarSeries, sliceBars } from "../../src/market/bars.ts";
import { resampleBars } from "../../src/market/resample.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { uncertaintyOf } from "../../src/nn/uncertainty/passes.kernel.ts";
import type { PipelineConfig } from "../../src/pipeline/run/config.ts";
import type { PipelineResult } from "../../src/pipeline/run/result.ts";
import { sha256 } from "../../src/runtime/hash.adapter.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../src/runtime/random/key.ts";
import type { AgentOpinion, StrategicPolicy, TacticalPolicy } from "../../src/stages/policy.ts";
import { strategicRule } from "../../src/stages/strategic/rule.ts";
import { strategicUncalibrated, teamOpinion } from "../../src/stages/strategic/team-opinion.ts";
import { tacticalRule } from "../../src/stages/tactical/rule.ts";
import { digest } from "../trading/support.ts";

/** Sessions of half hours before the five-minute bars begin. */
const historySessions = 3;
/** Risk wants 20 daily returns; a short market is given some. */
const dailyHistory = Array.from({ length: 40 }, (_, i) => 0.012 * Math.sin(1.7 * i));

/** Half hours with a history, and the five-minute bars of the last `sessions` of them. */
function smallMarket(
  sessions: number,
  seed: number,
): { readonly five: BarSeries; readonly thirty: BarSeries } {
  const all = generateMarket({
    seed,
    symbol: "NQ",
    intervalMs: 300_000,
    sessions: historySessions + sessions,
    from: 2024_03_04,
    startPrice: 18_000,
    sigma: 0.0006,
    volume: 2000,
  }).bars;
  const thirty = resampleBars(all, 1_800_000).bars;
  return { five: sliceBars(all, historySessions * sessionBars), thirty };
}

/** Five-minute bars of a session. */
const sessionBars = 276;

/** Short warm-ups, so that a few sessions are enough. */
const shortWarmUp: NonNullable<PipelineConfig["features"]> = {
  strategic: { warmUp: 60 },
  tactical: { features: { warmUp: 100 } },
};

/** The rule policies over a small market. */
export function ruleConfig(sessions: number, seed = 7): PipelineConfig {
  const { five, thirty } = smallMarket(sessions, seed);
  return {
    strategicBars: thirty,
    tacticalBars: five,
    strategic: strategicRule(),
    tactical: tacticalRule(),
    features: shortWarmUp,
    dailyHistory,
  };
}

/** Agents that answer by dice thrown with the decision's id; `sharpness` makes them sure of themselves. */
function dice(
  names: readonly string[],
  seed: number,
  sharpness: number,
  id: string,
): readonly AgentOpinion[] {
  const random = Generator.fromKey(foldIn(keyFromSeed(seed), id));
  // One leaning for the team, so that it agrees often enough to act.
  const shared = Array.from({ length: 5 }, () => random.uniform(0, 1));
  return names.map((agent) => {
    const logits = shared.map((x) => sharpness * (0.8 * x + 0.2 * random.uniform(0, 1)));
    const weights = logits.map(Math.exp);
    const total = weights.reduce((a, b) => a + b, 0);
    const probabilities = Float64Array.from(weights, (weight) => weight / total);
    const passes = { probabilities: Float32Array.from(probabilities), count: 1, rows: 1, actions: 5 };
    return { agent, probabilities, uncertainty: uncertaintyOf(passes, 0, 0.65) };
  });
}

export function diceStrategic(seed: number, sharpness = 30): StrategicPolicy {
  const reading = { regime: new Float64Array(8).fill(1 / 8), regimeEmbedding: new Float32Array(0) };
  const names = ["mlmi", "nwrqk", "regime", "coordinator"];
  return {
    name: `dice ${seed}`,
    decide: async (_, exposure, id) =>
      teamOpinion(dice(names, seed, sharpness, id), exposure, strategicUncalibrated, reading),
    [Symbol.asyncDispose]: async () => {},
  };
}

export function diceTactical(seed: number, sharpness = 30): TacticalPolicy {
  const names = ["tactical_agent", "risk_agent", "execution_agent"];
  return {
    name: `dice ${seed}`,
    decide: async (_, id) => ({ agents: dice(names, seed, sharpness, id) }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** The dice over a small market. */
export function diceConfig(sessions: number, seed: number): PipelineConfig {
  return { ...ruleConfig(sessions, seed), strategic: diceStrategic(seed), tactical: diceTactical(seed) };
}

/** sha256 over the back-test's columns and totals and the counts of decisions. */
export function resultDigest(result: PipelineResult): string {
  const { backtest, ...rest } = result;
  return sha256(digest(backtest), JSON.stringify(rest));
}
