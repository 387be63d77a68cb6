/** @file The specification that the one-skill environments share: one group, fixed membership, a time limit. */
import type { Space } from "../../spaces/space.ts";
import type { EnvironmentSpec } from "../../vector/contract.ts";

/** What differs between one-skill environments. */
export interface SkillSpec {
  readonly name: string;
  /** Default: one agent, `agent_0`. */
  readonly agents?: readonly string[];
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly maxCycles: number;
  readonly illegalActions?: "throw" | "no-op";
  readonly deterministic?: boolean;
}

/** One group `agent` that acts at every step. */
export function skillSpec(skill: SkillSpec): EnvironmentSpec {
  const { agents = ["agent_0"], illegalActions = "throw", deterministic = false } = skill;
  const { name, observationSpace, actionSpace, maxCycles } = skill;
  return {
    name,
    groups: [{ name: "agent", agents, observationSpace, actionSpace, every: 1 }],
    maxCycles,
    membership: "fixed",
    illegalActions,
    deterministic,
  };
}
