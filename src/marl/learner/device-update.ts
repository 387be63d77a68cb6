/**
 * @file The update on a graphics card. Parameters and moments cross the bus once per update each way, and so does the
 * rollout: minibatches are gathered on the device by row index, so that an optimiser step sends indices and scalars only.
 * Rollouts and values stay on the processor, where one step of all environments is too small to be worth a trip.
 */
import type { Device } from "../../graph/ort.adapter.ts";
import { gather } from "../../graph/ops/indexing.ts";
import { compileResident, type ResidentProgram } from "../../graph/resident.ts";
import { spec, type TensorSpec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Tree } from "../../graph/tree.ts";
import type { Decisions } from "./decisions.ts";
import { learnerError } from "./issues.ts";
import type { Model } from "./programs.ts";
import { updateSpecs, type UpdateInputs } from "./update-inputs.ts";
import { updateOf } from "./update-program.ts";

/** Sessions are shared by the seeds of a configuration; each learner binds its own state. */
export type DeviceProgram = ResidentProgram<Tree<TensorSpec>, { readonly [name: string]: Tensor }>;

interface GatheredInputs extends UpdateInputs {
  readonly rows: Tensor;
  readonly criticRows: Tensor;
}

/**
 * Compiles the update for `device`; beside the inputs of the CPU's update it takes `rows` and `criticRows`, which pick the
 * minibatch from `observations` and `criticInputs` of the whole rollout.
 * @throws GrandModelError `DEVICE_UNAVAILABLE`; `TRAINER_CONFIG` with PopArt, which rescales the critic's head between
 * optimiser steps
 */
export async function compileDeviceUpdate(
  model: Model,
  decisions: Decisions,
  samples: number,
  device: Device,
): Promise<DeviceProgram> {
  const { layout } = model;
  if (layout.settings.valueNormalisation === "popart") throw popArtFault(layout.name, device);
  const specs = updateSpecs(model, samples);
  const rowsOf = (name: string): number => specs[name]?.shape[0] ?? 0;
  const rollout = (array: Float32Array, width: number): TensorSpec =>
    spec("f32", [array.length / width, width]);
  const compiled: unknown = await compileResident(
    (inputs) => {
      const { rows, criticRows, ...rest } = inputs as unknown as GatheredInputs;
      return updateOf(model, {
        ...rest,
        observations: gather(rest.observations, rows, 0),
        criticInputs: gather(rest.criticInputs, criticRows, 0),
      });
    },
    {
      ...specs,
      observations: rollout(decisions.observations, layout.features),
      criticInputs: rollout(decisions.criticInputs, layout.criticFeatures),
      rows: spec("i32", [rowsOf("observations")]),
      criticRows: spec("i32", [rowsOf("criticInputs")]),
    },
    { device, carry: ["parameters", "firstMoment", "secondMoment"], hold: ["observations", "criticInputs"] },
  );
  return compiled as DeviceProgram;
}

function popArtFault(learner: string, device: Device): Error {
  return learnerError("TRAINER_CONFIG", {
    path: `${learner}.valueNormalisation`,
    value: "popart",
    expected: `"value-norm" or "none" where the update runs on ${device}`,
    hint: 'PopArt writes the critic between optimiser steps: use device: "cpu", or another value normalisation.',
  });
}
