/**
 * @file Hyper-parameters of stage training: the table of training.md section 2 as data, and the trainer's config that they
 * make. Schedules run over the whole budget, so a budget is part of a configuration and not of a machine.
 */
import type { TrainerConfig } from "../../marl/learner/config.ts";
import type { Schedule } from "../../marl/learner/schedule.ts";

export interface StageSettings {
  /** Updates of the whole run; one is `copies x horizon` environment steps. */
  readonly updates: number;
  readonly copies: number;
  readonly horizon: number;
  readonly actorRate: number;
  readonly criticRate: number;
  readonly gamma: number;
  readonly lambda: number;
  readonly epochs: number;
  readonly minibatches: number;
  /** Weight of the entropy at the first and at the last update. */
  readonly entropy: readonly [first: number, last: number];
  /** `central` is MAPPO, `own` is IPPO. */
  readonly critic: "central" | "own";
  /** Updates between two validations, and validations without improvement after which training stops. */
  readonly validateEvery: number;
  readonly patience: number;
  /** Updates between two checkpoints. */
  readonly saveEvery: number;
}

/** Defaults of training.md section 2: 2048 steps of 16 environments, 8 minibatches, 4 epochs, about a million steps. */
export const stageDefaults: StageSettings = {
  updates: 500,
  copies: 16,
  horizon: 128,
  actorRate: 3e-4,
  criticRate: 1e-3,
  gamma: 0.99,
  lambda: 0.95,
  epochs: 4,
  minibatches: 8,
  entropy: [0.01, 0.001],
  critic: "central",
  validateEvery: 10,
  patience: 30,
  saveEvery: 20,
};

/**
 * Minutes instead of hours: three times the rates, because `KL` stays near 0.002 at the rates of the table and the schedule
 * ends before the policy has moved; a discount of .9, because a position pays within bars. Measured in docs/training.md.
 */
export const quickDefaults: StageSettings = {
  ...stageDefaults,
  updates: 40,
  copies: 32,
  actorRate: 1e-3,
  criticRate: 2e-3,
  gamma: 0.9,
  validateEvery: 5,
};

export function trainerConfigOf(settings: StageSettings, seed: number): TrainerConfig {
  const { copies, critic, entropy, epochs, gamma, horizon, lambda, minibatches, updates } = settings;
  return {
    seed,
    copies,
    horizon,
    totalSteps: copies * horizon * updates,
    group: {
      critic,
      gamma,
      lambda,
      epochs,
      minibatches,
      learningRate: line(settings.actorRate, 0),
      criticLearningRate: line(settings.criticRate, 0),
      adamEpsilon: 1e-5,
      gradientNorm: 0.5,
      clip: 0.2,
      entropy: line(...entropy),
      valueCoefficient: 0.5,
      valueLoss: { kind: "squared" },
      clipValueLoss: false,
      valueNormalisation: "popart",
      targetKl: 0.015,
    },
  };
}

function line(from: number, to: number): Schedule {
  return { kind: "linear", from, to };
}
