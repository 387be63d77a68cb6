/** @file C13: wrong calls are refused with a typed error, and the name carries a version. */
import type { Action, ParallelEnv } from "../../env.ts";
import { isGrandModelError } from "../../../runtime/errors.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions } from "../play.ts";
import { type Outcome, PASSED, failed } from "../report.ts";

/** C13. */
export function optionsAndErrors(suite: Suite): Outcome {
  const { name } = suite.create().metadata;
  if (!/-v\d+$/.test(name)) {
    return failed(
      `metadata.name is ${name}`,
      "End the name in -v0; raise the number with every change of behaviour.",
    );
  }
  const wrongs: readonly (readonly [string, (env: ParallelEnv) => void])[] = [
    ["step before reset", (env) => env.step({})],
    ["reset with an unknown option", (env) => env.reset({ options: { "no such option": 1 } })],
    ["an action of an agent that does not exist", (env) => env.step({ ...legal(env), stranger: 0 })],
    ["a missing action", (env) => env.step(withoutFirst(legal(env)))],
    ["an action of the wrong type", (env) => env.step(withFirst(legal(env), "north" as unknown as Action))],
    ["an action outside its space", (env) => env.step(withFirst(legal(env), Number.NaN))],
    ["a snapshot of another environment", (env) => env.restore(new Uint8Array(3))],
    ["step after the end", stepAfterTheEnd],
  ];
  for (const [what, call] of wrongs) {
    const fault = refusalFault(suite.create(), what, call);
    if (fault !== undefined) return fault;
  }
  return PASSED;
}

function refusalFault(env: ParallelEnv, what: string, call: (env: ParallelEnv) => void): Outcome | undefined {
  const change = "Throw GrandModelError with a code that says what was expected and what to do.";
  try {
    call(env);
  } catch (error) {
    if (isGrandModelError(error)) return undefined;
    return failed(`${what} throws ${String(error)}`, change);
  }
  return failed(`${what} is accepted`, change);
}

function legal(env: ParallelEnv): { [agent: string]: Action } {
  const { observations } = env.reset({ seed: 81 });
  return drawActions(env, observations, actionStream(81));
}

function withoutFirst(actions: { readonly [agent: string]: Action }): { [agent: string]: Action } {
  return Object.fromEntries(Object.entries(actions).slice(1));
}

function withFirst(
  actions: { readonly [agent: string]: Action },
  action: Action,
): { [agent: string]: Action } {
  return Object.fromEntries(
    Object.entries(actions).map(([agent, own], i) => [agent, i === 0 ? action : own]),
  );
}

/** Plays one episode to its end and steps once more; gives up as refused after 100,000 steps without end. */
function stepAfterTheEnd(env: ParallelEnv): void {
  const generator = actionStream(82);
  let { observations } = env.reset({ seed: 82 });
  for (let step = 0; step < 100_000 && env.agents.length > 0; step += 1) {
    observations = env.step(drawActions(env, observations, generator)).observations;
  }
  env.step({});
}
