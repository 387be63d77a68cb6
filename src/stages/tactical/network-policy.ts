/**
 * @file `tacticalPolicy`: a trained tactical model that decides. Per bar the embedder runs once for the three agents, as a
 * fused GRU over the window, then the passes of Monte-Carlo dropout as one batch; masks are seeded by the decision's id, so
 * the same id gives the same answer (networks.md section 6). Probabilities carry the calibrated temperature, the metrics of
 * uncertainty are those of the passes as they fell. Aggregation and gate come after it.
 */
import { createMcDropout } from "../../nn/uncertainty/mc-dropout.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import type { TacticalModel } from "../model.ts";
import type { TacticalPolicy } from "../policy.ts";
import { tempered } from "../temperature.ts";
import { tacticalActor } from "./networks/actor.ts";
import { TACTICAL_ACTIONS, TACTICAL_OBSERVATION, TACTICAL_ROLES } from "./networks/observation.ts";
import { tacticalAgents } from "./observation.ts";

export interface TacticalPolicyOptions {
  /** Dropout passes; 0 is one forward pass without dropout. Default 200. */
  readonly mcPasses?: number;
  /** Dropout rate; networks.md allows 0.1 to 0.15. */
  readonly rate?: number;
  /** Passes of one call, for machines with little memory; results do not depend on it. Default all. */
  readonly mcChunk?: number;
  /** Of the masks; default the model's own. */
  readonly seed?: number;
  /** Threads of the programs; 1 unless given. */
  readonly threads?: number;
}

/** Compiles the model. Dispose of it after the last decision: it holds two sessions. */
export async function tacticalPolicy(
  model: TacticalModel,
  options: TacticalPolicyOptions = {},
): Promise<TacticalPolicy> {
  const { mcPasses = 200, rate = 0.1, seed = model.origin.seed, threads = 1 } = options;
  const numSamples = Math.max(1, mcPasses);
  const network = await createMcDropout({
    module: tacticalActor({ preset: model.preset, recurrence: "fused" }),
    rows: TACTICAL_ROLES,
    features: TACTICAL_OBSERVATION,
    actions: TACTICAL_ACTIONS,
    rate: mcPasses === 0 ? 0 : rate,
    chunk: Math.min(numSamples, options.mcChunk ?? numSamples),
    threads,
    weights: model.parameters,
  });
  const key = keyFromSeed(seed);
  const { temperature, threshold } = model.calibration;
  return {
    name: `tactical ${model.preset}, ${mcPasses} passes`,
    async decide(observations, decisionId) {
      const decision = foldIn(key, decisionId);
      const sampling = { numSamples, decision, threshold };
      const metrics = await network.performMcDropoutSampling(model.parameters, observations, sampling);
      return {
        agents: metrics.map((uncertainty, i) => ({
          agent: tacticalAgents[i] ?? "",
          probabilities: tempered(uncertainty.mean, temperature),
          uncertainty,
        })),
      };
    },
    [Symbol.asyncDispose]: async () => network.release(),
  };
}
