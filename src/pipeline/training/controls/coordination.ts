/**
 * @file The coordination control: the same team, budget and seed with a centralised critic (MAPPO) and with critics that see
 * what their agent sees (IPPO), in a game of joint action under observation noise. Score: payoff of the greedy team.
 */
import { evaluate } from "../../../marl/evaluation/evaluate.ts";
import type { TrainerConfig } from "../../../marl/learner/config.ts";
import { policyOf } from "../../../marl/learner/trained-policy.ts";
import { createTrainer } from "../../../marl/learner/trainer.ts";
import { noisyCoordination } from "./noisy-coordination.kernel.ts";

/** Steps of one episode: scores are per step. */
const episodeSteps = 10;

const config: TrainerConfig = {
  copies: 16,
  horizon: 10,
  totalSteps: 160 * 60,
  group: {
    network: { kind: "mlp", hidden: [32], activation: "tanh", layerNorm: false },
    criticNetwork: { kind: "mlp", hidden: [64, 64], activation: "tanh", layerNorm: false },
    learningRate: 1e-3,
    criticLearningRate: 3e-3,
    epochs: 4,
    minibatches: 2,
    gamma: 0,
    lambda: 0,
    gradientNorm: 0.5,
  },
};

/** Environment steps of one training. */
export const coordinationSteps: number = config.totalSteps;

/** Mean payoff per step of the greedy team after training. @param episodes of the score */
export async function coordinationScore(
  critic: "central" | "own",
  seed: number,
  episodes: number = 2000,
): Promise<number> {
  const trainer = await createTrainer({
    ...config,
    environment: noisyCoordination(true),
    group: { ...config.group, critic },
  });
  let state = trainer.initialise(seed);
  while (state.update < trainer.plan.updates) ({ state } = await trainer.step(state));
  const { mean } = await evaluate(policyOf(state, "greedy"), noisyCoordination(false), { episodes });
  state.env.close();
  await trainer.release();
  return mean / episodeSteps;
}
