/**
 * @file From four agents to the team's answer: temperature, pool, threshold, consensus of the dropout passes, size
 * (strategic-tactical.md section 6.1; networks.md section 6). The same for a network, a rule and a model from a file.
 */
import { defaultConsensus, sizeScale } from "../../nn/uncertainty/consensus.ts";
import type { Calibration } from "../model.ts";
import { tempered } from "../temperature.ts";
import type { AgentOpinion, StrategicOpinion } from "../policy.ts";
import { biasThreshold, initialAgentWeights, poolStrategic } from "./aggregation.ts";

/** What stands before anything is fitted: temperature 1, threshold .65, the initial weights, no limit to uncertainty. */
export const strategicUncalibrated: Calibration = {
  temperature: 1,
  threshold: biasThreshold,
  epistemicLimit: Math.log(5),
  agentWeights: initialAgentWeights,
};

/** What the market looked like to the team, beside its opinions. */
export type MarketReading = Pick<StrategicOpinion, "regime" | "regimeEmbedding">;

/**
 * The team's opinion. It acts only where the pooled bias reaches the threshold and the passes agree.
 * @param exposure executed exposure in [-1, 1]
 */
export function teamOpinion(
  agents: readonly AgentOpinion[],
  exposure: number,
  calibration: Calibration,
  reading: MarketReading,
): StrategicOpinion {
  const { agentWeights, epistemicLimit, temperature, threshold } = calibration;
  const policies = Float64Array.from(
    agents.flatMap(({ probabilities }) => [...tempered(probabilities, temperature)]),
  );
  const pooled = poolStrategic(policies, agentWeights, exposure, { threshold });
  const uncertainty = {
    epistemic: meanOf(agents, (agent) => agent.uncertainty.epistemic),
    total: meanOf(agents, (agent) => agent.uncertainty.total),
    agreement: meanOf(agents, (agent) => agent.uncertainty.agreement),
  };
  const { bear, bull, neutral } = pooled.bias;
  const agreed =
    uncertainty.agreement >= defaultConsensus.agreement && uncertainty.epistemic <= epistemicLimit;
  return {
    agents,
    pooled: pooled.probabilities,
    bias: pooled.bias,
    confidence: Math.max(0, pooled.confidence),
    disagreement: pooled.disagreement,
    action: agreed ? pooled.action : "HOLD",
    reasons: [
      ...(Math.max(bull, bear, neutral) < threshold ? ["BELOW_THRESHOLD"] : []),
      ...(agreed ? [] : ["MC_DISAGREEMENT"]),
    ],
    uncertainty,
    sizeScale: sizeScale(uncertainty.epistemic, epistemicLimit),
    ...reading,
  };
}

function meanOf(agents: readonly AgentOpinion[], of: (agent: AgentOpinion) => number): number {
  return agents.reduce((total, agent) => total + of(agent), 0) / agents.length;
}
