/**
 * @file A trained stage as plain data: the weights of its actor, how the network was built, what was calibrated on the
 * validation part, and where it came from. Training makes one, an export stores one, a policy is made of one.
 */
import type { DataSource } from "../market/bars.ts";
import type { InterferenceKind } from "../nn/superposition/interference.ts";

/** Sizes of a stage's networks. */
export type ModelPreset = "compact" | "default" | "wide";

/** Fitted on the validation part only, frozen afterwards. */
export interface Calibration {
  /** Divides the logits of the mean policy before it is pooled; 1 leaves them. */
  readonly temperature: number;
  /** tau: least bias (strategic) or score (tactical) at which the team acts. */
  readonly threshold: number;
  /** MI_max, nats: the 90th percentile of the epistemic uncertainty. */
  readonly epistemicLimit: number;
  /** Weights of the agents in the pool, sum 1. */
  readonly agentWeights: readonly number[];
}

/** Where a model came from; times in UTC ms. */
export interface ModelOrigin {
  readonly seed: number;
  readonly updates: number;
  /** Environment steps. */
  readonly steps: number;
  readonly dataHash: string;
  readonly dataSource: DataSource;
  /** First and last close that any fit has seen. */
  readonly from: number;
  readonly to: number;
  readonly configHash: string;
}

interface ModelCore {
  readonly preset: ModelPreset;
  /** The actor's slab, in the order of its parameter layout. */
  readonly parameters: Float32Array;
  readonly calibration: Calibration;
  readonly origin: ModelOrigin;
}

/** `states` 1 is a plain policy. */
export interface StrategicModel extends ModelCore {
  readonly kind: "strategic";
  readonly states: number;
  readonly interference: InterferenceKind;
  /** How the agents were shown each other's columns; default `soft`. Another masking is another policy. */
  readonly roleMasking?: "hard" | "soft" | "off";
}

export interface TacticalModel extends ModelCore {
  readonly kind: "tactical";
  readonly schema: "tactical-7" | "fvg-7";
}

export type StageModel = StrategicModel | TacticalModel;
