/** @file C14: an environment neither writes into the caller's actions nor into arrays that it has handed out. */
import type { Suite } from "../options.ts";
import { actionStream, drawActions, textOf } from "../play.ts";
import { type Outcome, PASSED, failed } from "../report.ts";

/** C14. */
export function purity(suite: Suite): Outcome {
  const env = suite.create();
  const generator = actionStream(91);
  const handedOut: { readonly step: number; readonly value: unknown; readonly text: string }[] = [];
  const keep = (step: number, value: unknown): void => {
    handedOut.push({ step, value, text: textOf(value) });
  };
  for (let episode = 0; episode < 2; episode += 1) {
    const reset = env.reset(episode === 0 ? { seed: 91 } : {});
    keep(0, reset);
    let { observations } = reset;
    for (let step = 1; step <= 50 && env.agents.length > 0; step += 1) {
      const actions = drawActions(env, observations, generator);
      const before = textOf(actions);
      const result = env.step(actions);
      if (textOf(actions) !== before) {
        return failed(
          `step ${step} changes the actions that it is given`,
          "Copy an action before you change it.",
        );
      }
      keep(step, result);
      if (env.stateSpace !== undefined && env.state !== undefined) keep(step, env.state());
      observations = result.observations;
    }
  }
  const changed = handedOut.find(({ value, text }) => textOf(value) !== text);
  if (changed === undefined) return PASSED;
  return failed(
    `what step ${changed.step} returned has changed by a later call`,
    "Return fresh arrays and records from each call; only vector environments hand out views.",
  );
}
