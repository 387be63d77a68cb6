/**
 * @file Named configs. `mappo` and `ppo` are the two of the literature (Yu et al. 2022; Schulman et al. 2017 with
 * CleanRL's 37 details, Huang et al. 2022); the others are one of them fitted to one task, and say what they change.
 * A preset is plain data: spread it and override what differs.
 */
import type { TrainerConfig } from "./config.ts";
import { linearToZero } from "./schedule.ts";

/** MAPPO: large batch, one part, ten epochs, Huber loss, value normalisation. */
const mappo = { copies: 128, horizon: 25, totalSteps: 2_000_000, group: {} } satisfies TrainerConfig;

const twoTanh = { kind: "mlp", hidden: [64, 64], activation: "tanh", layerNorm: false } as const;

/** PPO as CleanRL's `ppo.py` has it, value clipping aside. */
const ppo = {
  copies: 4,
  horizon: 128,
  totalSteps: 499_712,
  group: {
    network: twoTanh,
    learningRate: linearToZero(2.5e-4),
    gradientNorm: 0.5,
    gradientNormScope: "joint",
    epochs: 4,
    minibatches: 4,
    valueCoefficient: 0.5,
    valueLoss: { kind: "squared" },
    clipValueLoss: false,
    advantageNormalisation: "minibatch",
    valueNormalisation: "none",
  },
} satisfies TrainerConfig;

/** CleanRL's exact hyper-parameters on CartPole-v1: `ppo` with the value loss clipped; 976 updates of 512 steps. */
const cartpole = { ...ppo, group: { ...ppo.group, clipValueLoss: true } } satisfies TrainerConfig;

/**
 * 64 environments of 32 steps: 244 updates of 2048 steps in parts of 512, at ten times the rate. (128 steps an update
 * leave too few of them: 445 against 500 over seeds 0 to 4.)
 */
const cartpole64 = {
  ...cartpole,
  copies: 64,
  horizon: 32,
  group: { ...cartpole.group, learningRate: linearToZero(2.5e-3) },
} satisfies TrainerConfig;

/** RL Baselines3 Zoo's CartPole-v1: 100 k steps as 391 updates of 256. */
const cartpoleZoo = {
  ...ppo,
  copies: 8,
  horizon: 32,
  totalSteps: 100_096,
  group: {
    ...ppo.group,
    gamma: 0.98,
    lambda: 0.8,
    entropy: 0,
    learningRate: linearToZero(1e-3),
    clip: linearToZero(0.2),
    epochs: 20,
    minibatches: 1,
  },
} satisfies TrainerConfig;

/** Acrobot-v1 in 500 k steps: the Zoo's settings (normalised observations, 16 x 256, lambda .94). */
const acrobot = {
  ...ppo,
  copies: 16,
  horizon: 256,
  totalSteps: 499_712,
  group: {
    ...ppo.group,
    lambda: 0.94,
    entropy: 0,
    learningRate: { kind: "constant", value: 3e-4 },
    minibatches: 64,
    observationNormalisation: true,
    rewardScaling: true,
  },
} satisfies TrainerConfig;

/**
 * Simple-spread: `mappo` with three changes, each measured on variant C, seed 1. Plain tanh layers learn faster here
 * than ReLU with LayerNorm (-19.3 against -21.3 sampled after .5 M steps) and cost half the time. Truncations
 * bootstrap: with the time limit taken for an end, 1 M steps give -18.2 greedy, with bootstrapping -15.7. A discount of
 * .95 suits 25 steps: -13.1.
 */
const spread = {
  ...mappo,
  totalSteps: 8_000_000,
  group: { network: twoTanh, gamma: 0.95 },
} satisfies TrainerConfig;

/**
 * Repeated matrix games: each agent its own parameters, because the observation is the same constant for both. The
 * learner finds the safe equilibrium where miscoordination is punished.
 */
const matrix = {
  ...mappo,
  copies: 64,
  totalSteps: 160_000,
  group: { network: { ...twoTanh, hidden: [32, 32] }, sharing: "separate" },
} satisfies TrainerConfig;

/**
 * The same, optimistic about the other agent: a punished miscoordination counts a fiftieth (hysteretic learning,
 * Matignon et al. 2007). Each round stands alone, so nothing is discounted into it. Reaches the best equilibrium.
 */
const matrixLenient = {
  ...matrix,
  group: { ...matrix.group, leniency: 0.02, gamma: 0, lambda: 0 },
} satisfies TrainerConfig;

export type PresetName =
  | "mappo"
  | "ppo"
  | "cartpole"
  | "cartpole-64"
  | "cartpole-zoo"
  | "acrobot"
  | "spread"
  | "matrix"
  | "matrix-lenient";

export const presets: { readonly [name in PresetName]: TrainerConfig } = {
  mappo,
  ppo,
  cartpole,
  "cartpole-64": cartpole64,
  "cartpole-zoo": cartpoleZoo,
  acrobot,
  spread,
  matrix,
  "matrix-lenient": matrixLenient,
};
