/**
 * @file `strategicPolicy`: a trained strategic model that decides. Per bar the encoder and the embedder run once for all
 * four agents, then the passes of Monte-Carlo dropout run as one batch; masks are seeded by the decision's id, so the same
 * id gives the same answer (networks.md section 6). Beside the opinions it reads the regime: the weights of the
 * superposition's states and the structure embedding, both without dropout.
 */
import { full } from "../../graph/ops/constant.ts";
import { mean } from "../../graph/ops/reduction.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { createMcDropout, type McDropoutNetwork } from "../../nn/uncertainty/mc-dropout.ts";
import type { DropoutModule } from "../../nn/uncertainty/dropout-module.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import { regimeStates } from "../messages/strategic-context.ts";
import type { StrategicModel } from "../model.ts";
import type { StrategicPolicy } from "../policy.ts";
import { strategicActor, type StrategicHidden } from "./networks/actor.ts";
import { STRATEGIC_ACTIONS, STRATEGIC_OBSERVATION, STRATEGIC_ROLES } from "./networks/observation.ts";
import { strategicAgents } from "./observation.ts";
import { teamOpinion } from "./team-opinion.ts";

export interface StrategicPolicyOptions {
  /** Dropout passes; 0 is one forward pass without dropout. Default 1000. */
  readonly mcPasses?: number;
  /** Dropout rate; networks.md allows 0.1 to 0.15. */
  readonly rate?: number;
  /** Passes of one call, for machines with little memory; results do not depend on it. Default all. */
  readonly mcChunk?: number;
  /** Of the masks; default the model's own. */
  readonly seed?: number;
  /** Threads of the programs; 1 unless given. */
  readonly threads?: number;
  /** The model was trained with hard role masking: each agent has a matrix of its own. */
  readonly ownMatrices?: boolean;
}

/** What the passes start from, and the reading of the market, [1, K] and [1, 64]. */
type Read = StrategicHidden & { readonly regime: Tensor };

/** Compiles the model. Dispose of it after the last decision: it holds two sessions. */
export async function strategicPolicy(
  model: StrategicModel,
  options: StrategicPolicyOptions = {},
): Promise<StrategicPolicy> {
  const { mcPasses = 1000, rate = 0.1, seed = model.origin.seed, threads = 1 } = options;
  const numSamples = Math.max(1, mcPasses);
  const network = await createMcDropout({
    module: readingModule(model, options.ownMatrices ?? false),
    rows: STRATEGIC_ROLES,
    features: STRATEGIC_OBSERVATION,
    actions: STRATEGIC_ACTIONS,
    rate: mcPasses === 0 ? 0 : rate,
    chunk: Math.min(numSamples, options.mcChunk ?? numSamples),
    threads,
    weights: model.parameters,
  });
  const key = keyFromSeed(seed);
  const { calibration } = model;
  return {
    name: `strategic ${model.preset}, ${mcPasses} passes`,
    async decide(observations, exposure, decisionId) {
      const metrics = await network.performMcDropoutSampling(model.parameters, observations, {
        numSamples,
        decision: foldIn(key, decisionId),
        threshold: calibration.threshold,
      });
      const agents = metrics.map((uncertainty, i) => ({
        agent: strategicAgents[i] ?? "",
        probabilities: uncertainty.mean,
        uncertainty,
      }));
      return teamOpinion(agents, exposure, calibration, readingOf(network));
    },
    [Symbol.asyncDispose]: async () => network.release(),
  };
}

/** The actor whose encoder also says how it reads the market. */
function readingModule(model: StrategicModel, ownMatrices: boolean): DropoutModule<Read> {
  const { interference, preset, states } = model;
  const agents = ownMatrices ? 1 : STRATEGIC_ROLES;
  const actor = strategicActor({ preset, states, interference, agents });
  return {
    ...actor,
    encode(parameters, rows) {
      const hidden = actor.encode(parameters, rows);
      const { superposition } = actor.decide(parameters, hidden, []);
      const even = full("f32", [1, regimeStates], 1 / regimeStates);
      const regime =
        superposition === undefined ? even : mean(superposition.weights, { axes: [0], keepDims: true });
      return { ...hidden, regime, embedding: mean(hidden.embedding, { axes: [0], keepDims: true }) };
    },
  };
}

/** Fewer states than eight leave the others at 0. */
function readingOf({ encoded }: McDropoutNetwork): {
  readonly regime: Float64Array;
  readonly regimeEmbedding: Float32Array;
} {
  const regime = new Float64Array(regimeStates);
  regime.set(encoded["regime"] ?? []);
  return { regime, regimeEmbedding: Float32Array.from(encoded["embedding"] ?? []) };
}
