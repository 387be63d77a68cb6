/**
 * @file `strategicRule`: the role heuristics of strategic-tactical.md section 1 as a policy, a baseline and nothing else.
 * Each role turns the newest row of its matrix into a conviction in [-1, 1]; a distribution over the five actions leans
 * by it. It reads only what the observation shows, so it runs wherever a network does.
 */
import { uncertaintyOf } from "../../nn/uncertainty/passes.kernel.ts";
import type { AgentOpinion, StrategicPolicy } from "../policy.ts";
import { regimeStates } from "../messages/strategic-context.ts";
import { strategicActions } from "./actions.ts";
import { windowColumns } from "./feed.ts";
import { matrixSize, observationSize, strategicAgents } from "./observation.ts";
import { strategicUncalibrated, teamOpinion } from "./team-opinion.ts";

/** Columns of a row that the rules read. */
const column = {
  mlmiValue: 0,
  slope: 3,
  nodeStrength: 5,
  momentum20: 8,
  momentum50: 9,
  volatility: 11,
} as const;
/** The action mask, context 14-18. */
const legalFrom = matrixSize + windowColumns + 14;
/** Exposure, context 6. */
const exposureAt = matrixSize + windowColumns + 6;
/** Logit of an action at full conviction: BUY gets .95 against HOLD .05 then, so the threshold is reachable. */
const sharpness = 3;

/** Rules by role, in the order in which the agents act. @param row the newest row, 13 numbers */
const convictions: readonly ((row: Float32Array) => number)[] = [
  momentumSign,
  supportedSlope,
  scaledTrend,
  mean,
];

/** The policy; it holds nothing to dispose of. */
export function strategicRule(): StrategicPolicy {
  const even = new Float64Array(regimeStates).fill(1 / regimeStates);
  return {
    name: "strategic rule",
    async decide(observations, exposure) {
      const agents = strategicAgents.map((agent, i) =>
        opinionOf(agent, observations.subarray(i * observationSize, (i + 1) * observationSize), i),
      );
      const reading = { regime: even, regimeEmbedding: new Float32Array(0) };
      return teamOpinion(agents, exposure, strategicUncalibrated, reading);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

function opinionOf(agent: string, observation: Float32Array, role: number): AgentOpinion {
  const row = observation.subarray(matrixSize - windowColumns, matrixSize);
  const conviction = convictions[role]?.(row) ?? 0;
  const legal = observation.subarray(legalFrom, legalFrom + strategicActions.length);
  const probabilities = leaning(conviction, observation[exposureAt] ?? 0, legal);
  const passes = { probabilities: Float32Array.from(probabilities), count: 1, rows: 1, actions: 5 };
  return { agent, probabilities, uncertainty: uncertaintyOf(passes, 0, strategicUncalibrated.threshold) };
}

/** Softmax over BUY, SELL, HOLD, REDUCE, INCREASE: a side by conviction, REDUCE when it is against the position. */
function leaning(conviction: number, exposure: number, legal: Float32Array): Float64Array {
  const against = -conviction * Math.sign(exposure);
  const logits = [sharpness * conviction, -sharpness * conviction, 0, sharpness * (against - 1), -sharpness];
  const weights = Float64Array.from(logits, (logit, a) => ((legal[a] ?? 0) > 0 ? Math.exp(logit) : 0));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/** mlmi: the side of the momentum index, as far as it is from the middle, while short momentum agrees. */
function momentumSign(row: Float32Array): number {
  const index = row[column.mlmiValue] ?? 0;
  return Math.sign(row[column.momentum20] ?? 0) === Math.sign(index) ? Math.sign(index) : 0.5 * index;
}

/** nwrqk: the side of the kernel slope, stronger where a volume node supports it. */
function supportedSlope(row: Float32Array): number {
  const slope = row[column.slope] ?? 0;
  return clip(2 * slope * (0.5 + 0.5 * (row[column.nodeStrength] ?? 0)));
}

/** regime: long momentum scaled by inverse volatility, clip(1 / vol, .5, 2); column 11 is ln(vol) / 2. */
function scaledTrend(row: Float32Array): number {
  const scale = Math.min(2, Math.max(0.5, Math.exp(-2 * (row[column.volatility] ?? 0))));
  return clip(scale * (row[column.momentum50] ?? 0));
}

/** coordinator: what the three say on average. */
function mean(row: Float32Array): number {
  return (momentumSign(row) + supportedSlope(row) + scaledTrend(row)) / 3;
}

function clip(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
