/**
 * @file Any observation as one flat float32 Box; an `action_mask` keeps its place beside it, so that masks stay visible:
 * Dict { action_mask, observation: Box [F] }.
 */
import type {
  Action,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../env.ts";
import { flatDim } from "../spaces/flatten.ts";
import { type Space, box, dict, dictEntries } from "../spaces/space.ts";
import { maskOf, writeObservation } from "../vector/layout.ts";
import { Delegate, mapRecord } from "./delegate.ts";

/** Observations become Float32Array rows in flattening order; float64 values are rounded. */
export function flattenObservations(env: ParallelEnv): ParallelEnv {
  return new FlattenObservations(env);
}

class FlattenObservations extends Delegate {
  readonly #flat = new Map<Space, Space>();

  override observationSpace(agent: string): Space {
    const space = this.inner.observationSpace(agent);
    const known = this.#flat.get(space);
    if (known !== undefined) return known;
    const made = flatSpace(space);
    this.#flat.set(space, made);
    return made;
  }

  override reset(options?: ResetOptions): ResetResult {
    const result = this.inner.reset(options);
    return { ...result, observations: this.#flattened(result.observations) };
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    const result = this.inner.step(actions);
    return { ...result, observations: this.#flattened(result.observations) };
  }

  #flattened(observations: PerAgent<string, Observation>): PerAgent<string, Observation> {
    return mapRecord(observations, (observation, agent) => {
      const space = this.inner.observationSpace(agent);
      const mask = maskOf(space, observation);
      const size = flatDim(space) - (mask?.length ?? 0);
      const row = new Float32Array(size);
      writeObservation(space, observation, row, 0, new Int8Array(mask?.length ?? 0), 0);
      return mask === undefined ? row : { action_mask: mask.slice(), observation: row };
    });
  }
}

function flatSpace(space: Space): Space {
  const mask = space.kind === "dict" ? space.spaces["action_mask"] : undefined;
  const rest = space.kind === "dict" ? dictEntries(space).filter(([key]) => key !== "action_mask") : [];
  if (mask === undefined) return flatBox(space);
  return dict({ action_mask: mask, observation: flatBox(dict(Object.fromEntries(rest))) });
}

function flatBox(space: Space): Space {
  const { low, high } = flatBounds(space);
  return box({ low, high });
}

function flatBounds(space: Space): { readonly low: readonly number[]; readonly high: readonly number[] } {
  if (space.kind === "box") return { low: space.low, high: space.high };
  if (space.kind === "dict" || space.kind === "tuple") {
    const parts = space.kind === "dict" ? dictEntries(space).map(([, part]) => part) : space.spaces;
    const bounds = parts.map(flatBounds);
    return { low: bounds.flatMap(({ low }) => low), high: bounds.flatMap(({ high }) => high) };
  }
  const size = flatDim(space);
  return { low: Array.from({ length: size }, () => 0), high: Array.from({ length: size }, () => 1) };
}
