/**
 * @file A value head with several members per role (networks.md, section 5): the value is their mean, their spread is
 * reported as the value's uncertainty and used nowhere else. One linear layer, so that PopArt rescales it as a whole.
 */
import { mean } from "../../graph/ops/reduction.ts";
import { reshape } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { requireCount } from "../issues.ts";
import type { Layer } from "./layer.ts";
import { type LinearParameters, linear } from "./linear.ts";

export interface EnsembleValues {
  /** Mean of the members, `[B, roles]`, in the critic's scale. */
  readonly values: Tensor;
  /** `[B, roles, members]`. */
  readonly members: Tensor;
}

/** `[B, width] ->` values of `roles` roles from `members` independent heads each; orthogonal with gain 1. */
export function valueEnsemble(
  width: number,
  roles: number,
  members: number,
): Layer<LinearParameters, Tensor, EnsembleValues> {
  requireCount("valueEnsemble.roles", roles);
  requireCount("valueEnsemble.members", members);
  const heads = linear(width, roles * members, { gain: 1 });
  return {
    parameters: heads.parameters,
    apply(parameters, x) {
      const each = reshape(heads.apply(parameters, x), [-1, roles, members]);
      return { values: mean(each, { axes: [2] }), members: each };
    },
  };
}
