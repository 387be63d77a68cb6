/** @file What a user tells the conformance suite about an environment beyond its factory. */
import type { AecEnv, ParallelEnv } from "../env.ts";
import type { EnvironmentDefinition } from "../vector/contract.ts";
import type { EnvironmentSource } from "../vector/source.ts";

/** How the data of a data-driven environment is changed behind step `after`. */
export interface DataChange {
  readonly kind: "perturb" | "truncate";
  /** Steps 0 .. after keep their data. */
  readonly after: number;
}

export interface ConformanceOptions {
  /** Episodes of the determinism rows; default 20. */
  readonly episodes?: number;
  /** Steps at which an episode without end is given up; default 1,000. */
  readonly maxSteps?: number;
  /** Steps of the soak row, 0 to leave it out; default 1,000,000. */
  readonly soakSteps?: number;
  /** C15: an environment over data that is changed behind a step; absent for environments without data. */
  readonly lookAhead?: (change: DataChange) => ParallelEnv;
  /** C16: cash + position value + fees - initial cash - traded profit in whole ticks; must be 0 after each step. */
  readonly conservation?: (env: ParallelEnv) => number;
  /** C11: where a new process finds the environment; absent, replay is checked in this process only. */
  readonly source?: EnvironmentSource;
  /** C18: the turn-based form, where the environment has one of its own; default: the `parallelToAec` view. */
  readonly aec?: () => AecEnv;
  /** C19: the batch form, where it has one of its own; default: the environment itself in B copies. */
  readonly definition?: EnvironmentDefinition;
}

/** What the rows work on: the factory, and options with their defaults. */
export interface Suite {
  readonly create: () => ParallelEnv;
  readonly episodes: number;
  readonly maxSteps: number;
  readonly soakSteps: number;
  readonly options: ConformanceOptions;
}
