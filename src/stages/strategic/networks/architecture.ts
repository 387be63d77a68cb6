/**
 * @file The strategic networks as the trainer takes them: `createTrainer({ architectures: { [group]: ... } })`. The team
 * shares its reward, so one value per state is trained; the policy's loss carries the load balance of its components.
 */
import { mul } from "../../../graph/ops/arithmetic.ts";
import type { Architecture } from "../../../marl/learner/networks.ts";
import { loadBalance } from "../../../nn/superposition/load-balance.ts";
import { strategicActor, type StrategicActorOptions } from "./actor.ts";
import { strategicCritic } from "./critic.ts";

export interface StrategicArchitectureOptions extends Omit<StrategicActorOptions, "agents"> {
  /** Weight of the load balance; default 0.01. */
  readonly loadBalance?: number;
  /** Hard role masking: each agent sees a matrix of its own, so nothing is computed once for all. */
  readonly ownMatrices?: boolean;
}

/** Windows at a time: an activation of 16 x 48 x 48 numbers is 150 kB. Measured in CPU time against 32, 64 and all. */
const CACHED = 16;

/** Observations are `[.., 656]`, the global state 655 (`observation.ts`). */
export function strategicArchitecture(options: StrategicArchitectureOptions = {}): Architecture {
  const { loadBalance: weight = 0.01, ownMatrices = false, preset = "default", chunk = CACHED } = options;
  return {
    actor({ agents }) {
      const actor = strategicActor({ ...options, chunk, agents: ownMatrices ? 1 : agents });
      return {
        specs: actor.parameters,
        units: 0,
        step(parameters, rows) {
          const hidden = actor.encode(parameters, rows);
          const { logProbs, superposition } = actor.decide(parameters, hidden, []);
          if (superposition === undefined || weight === 0) return { output: logProbs };
          return { output: logProbs, penalty: mul(loadBalance(superposition.weights), weight) };
        },
        sequence: (parameters, { rows }) => actor.logProbs(parameters, actor.encode(parameters, rows), []),
      };
    },
    critic({ criticFeatures: inputs }) {
      const critic = strategicCritic({ preset, chunk, inputs, roles: 1 });
      return {
        parameters: critic.parameters,
        apply: (parameters, state) => critic.apply(parameters, state).values,
      };
    },
  };
}
