/** @file What the compiled update reads: names, shapes and dtypes of one minibatch. */
import { spec, type TensorSpec } from "../../graph/spec.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { ADAM_COEFFICIENTS } from "../../nn/optimisers/adam.ts";
import { logitWidth } from "./action-head.ts";
import { chunkOf } from "./layout.ts";
import type { Model, ProgramSpecs } from "./programs.ts";

/** Places in the input `scalars`: what changes from one optimiser step to the next. */
export const SCALARS: ScalarPlaces = {
  actorAdam: 0,
  criticAdam: ADAM_COEFFICIENTS,
  clip: 2 * ADAM_COEFFICIENTS,
  entropyWeight: 2 * ADAM_COEFFICIENTS + 1,
  count: 2 * ADAM_COEFFICIENTS + 2,
};

interface ScalarPlaces {
  /** Adam's coefficients, for the whole slab or for the actor's part. */
  readonly actorAdam: number;
  readonly criticAdam: number;
  readonly clip: number;
  readonly entropyWeight: number;
  /** Length of the input. */
  readonly count: number;
}

/** Inputs of the program; rows run over time, sample, agent, agent fastest. */
export function updateSpecs({ layout, networks }: Model, samples: number): ProgramSpecs {
  const chunk = chunkOf(layout);
  const sequences = samples * layout.agents;
  const rows = chunk * sequences;
  const values = chunk * samples * layout.criticRows;
  const slab = spec("f32", [networks.all.size]);
  const { settings, weighted } = layout;
  const { units } = networks.actor;
  const optional: readonly (readonly [boolean, { readonly [name: string]: TensorSpec }])[] = [
    [layout.heads.length > 0, { discrete: spec("i32", [rows, layout.heads.length]) }],
    [layout.continuous > 0, { continuous: spec("f32", [rows, layout.continuous]) }],
    [layout.mask > 0, { mask: spec("bool", [rows, logitWidth(layout)]) }],
    [units > 0, { start: spec("f32", [sequences, units]), keep: spec("f32", [chunk, sequences]) }],
    [settings.clipValueLoss, { oldValue: spec("f32", [values]) }],
    [weighted, { weight: spec("f32", [rows]), criticWeight: spec("f32", [values]) }],
    [
      settings.observationNormalisation,
      {
        actorNormaliser: spec("f32", [2, layout.features]),
        criticNormaliser: spec("f32", [2, layout.criticFeatures]),
      },
    ],
  ];
  return {
    parameters: slab,
    firstMoment: slab,
    secondMoment: slab,
    scalars: spec("f32", [SCALARS.count]),
    observations: spec("f32", [rows, layout.features]),
    oldLogProb: spec("f32", [rows]),
    advantage: spec("f32", [rows]),
    criticInputs: spec("f32", [values, layout.criticFeatures]),
    target: spec("f32", [values]),
    ...Object.assign({}, ...optional.filter(([present]) => present).map(([, specs]) => specs)),
  };
}

/** What `updateSpecs` becomes inside the traced function. */
export interface UpdateInputs {
  readonly parameters: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
  readonly scalars: Tensor;
  readonly observations: Tensor;
  readonly discrete?: Tensor;
  readonly continuous?: Tensor;
  readonly mask?: Tensor;
  readonly start?: Tensor;
  readonly keep?: Tensor;
  readonly oldLogProb: Tensor;
  readonly advantage: Tensor;
  readonly criticInputs: Tensor;
  readonly oldValue?: Tensor;
  readonly target: Tensor;
  readonly weight?: Tensor;
  readonly criticWeight?: Tensor;
  readonly actorNormaliser?: Tensor;
  readonly criticNormaliser?: Tensor;
}
