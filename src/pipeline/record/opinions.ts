/** @file What agents said, as a record keeps it, and the hash of what they saw. */
import { bytesOf, sha256 } from "../../runtime/hash.adapter.ts";
import type { AgentOpinion } from "../../stages/policy.ts";
import type { RecordedAgent } from "./decision-record.ts";

export function recordedAgents(agents: readonly AgentOpinion[]): readonly RecordedAgent[] {
  return agents.map(({ agent, probabilities, uncertainty }) => ({
    agent,
    probabilities: [...probabilities],
    epistemic: uncertainty.epistemic,
    total: uncertainty.total,
    agreement: uncertainty.agreement,
    passes: uncertainty.passes,
  }));
}

/** sha256 of observations, float32 little endian. */
export function inputHash(observations: Float32Array): string {
  return sha256(bytesOf(observations));
}
