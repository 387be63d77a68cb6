/** @file Refuses actions and observations outside their spaces, saying which agent, value and space. */
import type {
  Action,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../env.ts";
import { environmentError } from "../issues.ts";
import { describeSpace, explainOutside } from "../spaces/contains.ts";
import { Delegate } from "./delegate.ts";

/** @throws from the wrapped environment: GrandModelError `ENV_ACTION_ILLEGAL` or `ENV_OBSERVATION_OUTSIDE`. */
export function assertBounds(env: ParallelEnv): ParallelEnv {
  return new AssertBounds(env);
}

class AssertBounds extends Delegate {
  override reset(options?: ResetOptions): ResetResult {
    const result = this.inner.reset(options);
    this.#inspect(result.observations);
    return result;
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    for (const [agent, action] of Object.entries(actions)) {
      const space = this.inner.actionSpace(agent);
      const reason = explainOutside(space, action);
      if (reason === undefined) continue;
      throw environmentError("ENV_ACTION_ILLEGAL", {
        path: `actions.${agent}`,
        value: reason,
        expected: `a member of ${describeSpace(space)}`,
        hint: "Clip continuous actions (clipBounds), draw discrete ones with sample().",
      });
    }
    const result = this.inner.step(actions);
    this.#inspect(result.observations);
    return result;
  }

  #inspect(observations: PerAgent<string, Observation>): void {
    for (const [agent, observation] of Object.entries(observations)) {
      const space = this.inner.observationSpace(agent);
      const reason = explainOutside(space, observation);
      if (reason === undefined) continue;
      throw environmentError("ENV_OBSERVATION_OUTSIDE", {
        path: `observations.${agent}`,
        value: reason,
        expected: `a member of ${describeSpace(space)}`,
        hint: "Widen the bounds of the space, or correct the observation and its typed array.",
      });
    }
  }
}
