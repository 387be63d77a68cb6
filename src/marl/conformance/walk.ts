/** @file A walk of a fixed number of records over episode borders, for replay from a snapshot in any process. */
import type { Observation, ParallelEnv, PerAgent } from "../env.ts";
import { actionStream, drawActions, textOf } from "./play.ts";

/** What a walk has written, and its last observations, whose masks decide the next actions. */
export interface Walked {
  readonly lines: readonly string[];
  readonly observations: PerAgent<string, Observation>;
}

/** Plays `records` resets and steps, resetting (unseeded) when an episode ends. */
export function walk(
  env: ParallelEnv,
  plan: {
    readonly start: "reset" | Pick<Walked, "observations">;
    readonly actions: number;
    readonly records: number;
  },
): Walked {
  const generator = actionStream(plan.actions);
  const lines: string[] = [];
  let observations = plan.start === "reset" ? env.reset({ seed: 61 }).observations : plan.start.observations;
  while (lines.length < plan.records) {
    const result =
      env.agents.length === 0 ? env.reset() : env.step(drawActions(env, observations, generator));
    observations = result.observations;
    lines.push(textOf({ ...result, agents: [...env.agents] }));
  }
  return { lines, observations };
}
