/** @file The actor of a stage model: the network that its weights belong to, as a policy runs it and as an export writes it. */
import type { DropoutModule } from "../../nn/uncertainty/dropout-module.ts";
import type { StageModel, StrategicModel } from "../../stages/model.ts";
import { strategicActor } from "../../stages/strategic/networks/actor.ts";
import { STRATEGIC_OBSERVATION, STRATEGIC_ROLES } from "../../stages/strategic/networks/observation.ts";
import { tacticalActor } from "../../stages/tactical/networks/actor.ts";
import { TACTICAL_OBSERVATION, TACTICAL_ROLES } from "../../stages/tactical/networks/observation.ts";

/** How a model's network was built; what a file says of it. */
export type Architecture = Pick<StageModel, "kind" | "preset"> &
  (
    | Pick<StrategicModel, "kind" | "states" | "interference" | "roleMasking">
    | { readonly kind: "tactical"; readonly schema: "tactical-7" | "fvg-7" }
  );

/** A network over the rows of all agents of a bar. */
export interface StageNetwork {
  readonly actor: DropoutModule;
  readonly agents: number;
  /** Width of an agent's row. */
  readonly features: number;
}

/** @param recurrence `fused` for files and policies; gradients need `unrolled` */
export function stageNetwork(
  architecture: Architecture,
  recurrence: "fused" | "unrolled" = "fused",
): StageNetwork {
  if (architecture.kind === "strategic") {
    const { interference, preset, states } = architecture;
    const actor = strategicActor({ preset, states, interference });
    return {
      actor,
      agents: STRATEGIC_ROLES,
      features: STRATEGIC_OBSERVATION,
    };
  }
  const actor = tacticalActor({ preset: architecture.preset, recurrence });
  return { actor, agents: TACTICAL_ROLES, features: TACTICAL_OBSERVATION };
}
