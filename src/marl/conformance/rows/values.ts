/** @file C5 to C7: values are inside their spaces, finite, and the spaces are always the same objects. */
import type { Observation, PerAgent } from "../../env.ts";
import { describeSpace, explainOutside } from "../../spaces/contains.ts";
import type { Suite } from "../options.ts";
import { type Moment, play } from "../play.ts";
import { type Outcome, PASSED, failed } from "../report.ts";

/** C5. */
export function containment(suite: Suite): Outcome {
  return firstFault(suite, (moment) => {
    const { env } = moment;
    for (const [agent, observation] of Object.entries(observationsOf(moment))) {
      const space = env.observationSpace(agent);
      const reason = explainOutside(space, observation);
      if (reason === undefined) continue;
      return failed(
        `observation of ${agent} at step ${moment.step}: ${reason}`,
        `Return a member of ${describeSpace(space)}: the typed array of its dtype, its length, inside its bounds.`,
      );
    }
    if (env.stateSpace === undefined || env.state === undefined) return undefined;
    const reason = explainOutside(env.stateSpace, env.state());
    if (reason === undefined) return undefined;
    return failed(
      `state() at step ${moment.step}: ${reason}`,
      `Return a member of ${describeSpace(env.stateSpace)}.`,
    );
  });
}

/** C6. */
export function finiteness(suite: Suite): Outcome {
  return firstFault(suite, ({ env, step, result, reset }) => {
    const observations = result?.observations ?? reset?.observations ?? {};
    for (const [agent, observation] of Object.entries(observations)) {
      if (hasOnlyFinite(observation)) continue;
      return failed(
        `observation of ${agent} at step ${step} is not finite`,
        "Bound the quantity, or mask it out.",
      );
    }
    if (env.stateSpace !== undefined && env.state !== undefined && !hasOnlyFinite(env.state())) {
      return failed(`state() at step ${step} is not finite`, "Bound the quantities of the state.");
    }
    for (const [agent, reward] of Object.entries<unknown>(result?.rewards ?? {})) {
      if (typeof reward === "number" && Number.isFinite(reward)) continue;
      return failed(`reward of ${agent} at step ${step} is ${String(reward)}`, "Return a finite number.");
    }
    const flags = [
      ...Object.entries<unknown>(result?.terminations ?? {}),
      ...Object.entries<unknown>(result?.truncations ?? {}),
    ];
    const odd = flags.find(([, flag]) => typeof flag !== "boolean");
    if (odd === undefined) return undefined;
    return failed(`flag of ${odd[0]} at step ${step} is ${String(odd[1])}`, "Return true or false.");
  });
}

/** C7. */
export function spaceIdentity(suite: Suite): Outcome {
  const env = suite.create();
  for (const agent of env.possibleAgents) {
    const before = [env.observationSpace(agent), env.actionSpace(agent)] as const;
    const fresh = [env.observationSpace(agent), env.actionSpace(agent)] as const;
    env.reset({ seed: 1 });
    const after = [env.observationSpace(agent), env.actionSpace(agent)] as const;
    const same = before.every((space, i) => space === fresh[i] && space === after[i]);
    if (same) continue;
    return failed(
      `observationSpace or actionSpace of ${agent} is a new object on another call`,
      "Build each space once, in the constructor, and return that object always.",
    );
  }
  return PASSED;
}

function firstFault(suite: Suite, inspect: (moment: Moment) => Outcome | undefined): Outcome {
  let fault: Outcome | undefined;
  play(suite.create(), { episodes: suite.episodes, maxSteps: suite.maxSteps, seed: 41 }, (moment) => {
    fault = inspect(moment);
    return fault !== undefined;
  });
  return fault ?? PASSED;
}

function observationsOf(moment: Moment): PerAgent<string, Observation> {
  return moment.result?.observations ?? moment.reset?.observations ?? {};
}

function hasOnlyFinite(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (ArrayBuffer.isView(value))
    return Array.from(value as ArrayBufferView & Iterable<unknown>).every(hasOnlyFinite);
  return Object.values(value).every(hasOnlyFinite);
}
