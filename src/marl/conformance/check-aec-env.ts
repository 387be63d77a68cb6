/**
 * @file The conformance suite for turn-based environments: the turn protocol first, then the rows of the parallel suite on
 * the simultaneous view, for environments whose world moves once per round.
 */
import { aecToParallel } from "../adapters/aec-to-parallel.ts";
import type { AecEnv } from "../env.ts";
import { sample } from "../spaces/sample.ts";
import { environmentError } from "../issues.ts";
import { inspectParallelEnv } from "./check-parallel-env.ts";
import type { ConformanceOptions } from "./options.ts";
import { actionStream, usableMask } from "./play.ts";
import { type ConformanceReport, nonconformity } from "./report.ts";

/**
 * Checks a turn-based environment; returns the report of the rows when all is well.
 * @throws GrandModelError `ENV_NONCONFORMING`, saying what to change.
 */
export function checkAecEnv(create: () => AecEnv, options: ConformanceOptions = {}): ConformanceReport {
  const broken = turnFault(create(), options.maxSteps ?? 1000);
  if (broken !== undefined) {
    throw environmentError("ENV_NONCONFORMING", {
      path: `${create().metadata.name} turns`,
      value: broken.found,
      expected: "the turn protocol: select, last, step; ended agents take null once",
      hint: broken.change,
    });
  }
  const report = inspectParallelEnv(() => aecToParallel(create()), { ...options, aec: create });
  const error = nonconformity(report);
  if (error !== undefined) throw error;
  return report;
}

interface TurnFault {
  readonly found: string;
  readonly change: string;
}

/** Plays three episodes turn by turn with its own books on rewards and null steps. */
function turnFault(env: AecEnv, maxTurns: number): TurnFault | undefined {
  const generator = actionStream(141);
  for (let episode = 0; episode < 3; episode += 1) {
    if (episode === 0) env.reset({ seed: 141 });
    else env.reset();
    const owed = new Map(env.possibleAgents.map((agent) => [agent, 0]));
    const buried = new Set<string>();
    for (const agent of env.agentIter(maxTurns)) {
      const { observation, reward, termination, truncation } = env.last();
      if (!env.agents.includes(agent)) {
        return { found: `agentSelection ${agent} is not in agents`, change: "Select live agents only." };
      }
      if (Math.abs(reward - (owed.get(agent) ?? 0)) > 1e-9) {
        return {
          found: `last().reward of ${agent} is ${reward}, its rewards since its last turn sum to ${owed.get(agent)}`,
          change: "Add rewards to cumulativeRewards at every step, and clear an agent's sum when it acts.",
        };
      }
      const ended = termination || truncation;
      if (ended && buried.has(agent)) {
        return {
          found: `${agent} is asked for null twice`,
          change: "Remove an ended agent after its null step.",
        };
      }
      if (ended) buried.add(agent);
      owed.set(agent, 0);
      const mask = usableMask(env, agent, observation);
      env.step(ended ? null : sample(env.actionSpace(agent), generator, mask));
      if (ended && env.agents.includes(agent)) {
        return {
          found: `${agent} is still in agents after its null step`,
          change: "Remove it in that step.",
        };
      }
      if (ended) continue;
      for (const other of env.agents) owed.set(other, (owed.get(other) ?? 0) + (env.rewards[other] ?? 0));
    }
  }
  return undefined;
}
