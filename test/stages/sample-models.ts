/** @file Untrained stage models of a seed: the start of a training run, as a model. */
import type { InterferenceKind } from "../../src/nn/superposition/interference.ts";
import { initialise } from "../../src/nn/layers/layer.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import type {
  Calibration,
  ModelOrigin,
  ModelPreset,
  StrategicModel,
  TacticalModel,
} from "../../src/stages/model.ts";
import { strategicActor } from "../../src/stages/strategic/networks/actor.ts";
import { tacticalActor } from "../../src/stages/tactical/networks/actor.ts";

const origin: ModelOrigin = {
  seed: 4,
  updates: 0,
  steps: 0,
  dataHash: "0".repeat(64),
  dataSource: "synthetic",
  from: Date.UTC(2024, 0, 2),
  to: Date.UTC(2024, 5, 28),
  configHash: "1".repeat(64),
};
const interference: InterferenceKind = { kind: "householder", reflections: 3 };

/** Weights with policy heads scaled up, so that actions differ. */
function weightsOf(actor: Parameters<typeof initialise>[0], sharpness: number): Float32Array {
  return initialise(actor, keyFromSeed(4)).map((weight) => weight * sharpness);
}

interface Choice {
  readonly preset?: ModelPreset;
  readonly states?: number;
  readonly calibration?: Partial<Calibration>;
  /** Factor on all weights; 1 is the start of training. */
  readonly sharpness?: number;
}

export function strategicSample(choice: Choice = {}): StrategicModel {
  const { preset = "compact", sharpness = 1, states = 8 } = choice;
  const { parameters } = strategicActor({ preset, states });
  return {
    kind: "strategic",
    preset,
    states,
    interference,
    parameters: weightsOf(parameters, sharpness),
    calibration: {
      temperature: 1,
      threshold: 0.3,
      epistemicLimit: 0.2,
      agentWeights: [0.3, 0.25, 0.2, 0.25],
      ...choice.calibration,
    },
    origin,
  };
}

export function tacticalSample(choice: Choice = {}): TacticalModel {
  const { preset = "compact", sharpness = 1 } = choice;
  return {
    kind: "tactical",
    preset,
    schema: "tactical-7",
    parameters: weightsOf(tacticalActor({ preset }).parameters, sharpness),
    calibration: {
      temperature: 1,
      threshold: 0.3,
      epistemicLimit: 0.2,
      agentWeights: [1 / 3, 1 / 3, 1 / 3],
      ...choice.calibration,
    },
    origin,
  };
}
