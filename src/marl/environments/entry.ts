/** @file What the registry knows of an environment besides how to run it. */
import type { EnvironmentDefinition } from "../vector/contract.ts";

/** A learning self-test: a policy trained with the preset must reach the threshold. */
export interface LearningThreshold {
  /** m1: mean over agents of the episode return, greedy policy, 100 episodes; `sampled` where the skill is to be random. */
  readonly minimumReturn: number;
  readonly policy: "greedy" | "sampled";
  /** Environment to evaluate on, where it is not the one to train on. */
  readonly evaluateOn?: string;
  /** The skill needs memory: train a recurrent policy. */
  readonly recurrent?: boolean;
  /** Environment steps allowed. */
  readonly steps: number;
  /** Why this number: the best possible return and the best without the skill. */
  readonly reason: string;
}

/** One line of `grandmodel envs`. */
export interface EnvironmentEntry {
  /** Equal to `definition.spec.name`. */
  readonly id: string;
  readonly description: string;
  readonly definition: EnvironmentDefinition;
  /** Preset of the learner that suits it. */
  readonly preset: "ppo" | "mappo";
  readonly learning?: LearningThreshold;
}
