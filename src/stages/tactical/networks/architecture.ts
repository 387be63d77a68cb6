/**
 * @file The tactical networks as the trainer takes them: `createTrainer({ architectures: { [group]: ... } })`. The team shares
 * its reward, so one value per state is trained.
 */
import type { Architecture } from "../../../marl/learner/networks.ts";
import { tacticalActor, type TacticalActorOptions } from "./actor.ts";
import { tacticalCritic } from "./critic.ts";

/** Observations are `[.., 472]`, the global state 554 (`observation.ts`). */
export function tacticalArchitecture({
  preset = "default",
}: Pick<TacticalActorOptions, "preset"> = {}): Architecture {
  return {
    actor({ agents }) {
      const actor = tacticalActor({ preset, agents });
      return {
        specs: actor.parameters,
        units: 0,
        step: (parameters, rows) => ({
          output: actor.logProbs(parameters, actor.encode(parameters, rows), []),
        }),
        sequence: (parameters, { rows }) => actor.logProbs(parameters, actor.encode(parameters, rows), []),
      };
    },
    critic() {
      const critic = tacticalCritic({ preset, roles: 1 });
      return {
        parameters: critic.parameters,
        apply: (parameters, state) => critic.apply(parameters, state).values,
      };
    },
  };
}
