/** @file C12: the action mask tells the truth. */
import type { Action, Observation, ParallelEnv, PerAgent, StepResult } from "../../env.ts";
import { isGrandModelError } from "../../../runtime/errors.ts";
import { actionHeads, readAction, writeAction } from "../../spaces/heads.ts";
import { maskOf } from "../../vector/layout.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

/** Steps that are looked at. */
const STEPS = 60;

/** C12. Every illegal choice is tried on a fresh instance that replays the way to it. */
export function masks(suite: Suite): Outcome {
  const env = suite.create();
  const masked = env.possibleAgents.filter((agent) => hasMask(env, agent));
  if (masked.length === 0) return notApplicable("no observation carries an action_mask");
  const generator = actionStream(71);
  const past: PerAgent<string, Action>[] = [];
  let { observations } = env.reset({ seed: 71 });
  for (let step = 0; step < STEPS && env.agents.length > 0; step += 1) {
    const actions = drawActions(env, observations, generator);
    for (const agent of masked.filter((one) => env.agents.includes(one))) {
      const fault = maskFault(suite, { agent, observation: observations[agent], actions, past });
      if (fault !== undefined) return fault;
    }
    const result = env.step(actions);
    const refused = masked.find((agent) => result.infos[agent]?.["illegalAction"] === true);
    if (refused !== undefined) {
      return failed(
        `${refused} takes an action that its mask allows, and is told illegalAction, at step ${step + 1}`,
        "Make the mask equal to what the transition accepts.",
      );
    }
    past.push(actions);
    observations = result.observations;
  }
  return PASSED;
}

/** A decision of one agent, and the way to it. */
interface Decision {
  readonly agent: string;
  readonly observation: Observation | undefined;
  readonly actions: PerAgent<string, Action>;
  readonly past: readonly PerAgent<string, Action>[];
}

function maskFault(suite: Suite, decision: Decision): Outcome | undefined {
  const { agent, observation, actions, past } = decision;
  const env = suite.create();
  if (observation === undefined) return undefined;
  const mask = maskOf(env.observationSpace(agent), observation);
  const legal = actions[agent];
  if (mask === undefined || legal === undefined) return undefined;
  const { heads } = actionHeads(env.actionSpace(agent));
  let at = 0;
  for (const [h, head] of heads.entries()) {
    const part = mask.subarray(at, at + head);
    if (!part.includes(1)) {
      return failed(
        `the mask of ${agent} leaves no legal choice at step ${past.length}`,
        "Keep one action legal (a no-op), or end the agent.",
      );
    }
    const illegal = part.indexOf(0);
    if (illegal !== -1) {
      const changed = { ...actions, [agent]: withChoice(env, agent, legal, h, illegal) };
      const fault = illegalFault(suite.create(), agent, changed, past);
      if (fault !== undefined) return fault;
    }
    at += head;
  }
  return undefined;
}

function illegalFault(
  env: ParallelEnv,
  agent: string,
  actions: PerAgent<string, Action>,
  past: readonly PerAgent<string, Action>[],
): Outcome | undefined {
  env.reset({ seed: 71 });
  for (const earlier of past) env.step(earlier);
  const documented = env.metadata.illegalActions ?? "throw";
  let result: StepResult | undefined;
  try {
    result = env.step(actions);
  } catch (error) {
    if (documented === "throw" && isGrandModelError(error)) return undefined;
    return failed(
      `an action of ${agent} that the mask forbids throws ${String(error)}`,
      documented === "throw"
        ? "Throw GrandModelError ENV_ACTION_ILLEGAL."
        : 'Take it as a no-op, or set metadata.illegalActions to "throw".',
    );
  }
  if (documented === "no-op" && result.infos[agent]?.["illegalAction"] === true) return undefined;
  return failed(
    `an action of ${agent} that the mask forbids is taken without a word at step ${past.length + 1}`,
    'Set infos[agent].illegalAction = true and metadata.illegalActions = "no-op", or throw ENV_ACTION_ILLEGAL.',
  );
}

function hasMask(env: ParallelEnv, agent: string): boolean {
  const space = env.observationSpace(agent);
  return space.kind === "dict" && space.spaces["action_mask"] !== undefined;
}

/** The action with one head's choice replaced. */
function withChoice(env: ParallelEnv, agent: string, action: Action, head: number, choice: number): Action {
  const space = env.actionSpace(agent);
  const { heads, low } = actionHeads(space);
  const row = {
    discrete: new Int32Array(heads.length),
    continuous: new Float32Array(low.length),
    d: 0,
    c: 0,
  };
  writeAction(space, action, row);
  row.discrete[head] = choice;
  return readAction(space, row);
}
