/** @file Shows the last k observations instead of one: Box [shape] becomes Box [k, shape], oldest first. */
import type {
  Observation,
  ParallelEnv,
  PerAgent,
  Action,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../env.ts";
import { emptyBox } from "../spaces/arrays.ts";
import { spaceMismatch } from "../spaces/mismatch.ts";
import { type Box, type Space, type TypedArray, box, boxSize } from "../spaces/space.ts";
import { Delegate, mapRecord } from "./delegate.ts";

/**
 * `frameStack(4)(env)`. The first observation of an agent fills all k frames.
 * @throws GrandModelError `SPACE_VALUE_INVALID` when an observation space is not a Box.
 */
export function frameStack(k: number): (env: ParallelEnv) => ParallelEnv {
  return (env) => new FrameStack(env, k);
}

class FrameStack extends Delegate {
  readonly #k: number;
  readonly #spaces: ReadonlyMap<string, Box>;
  /** The k frames of each agent that has been seen in this episode. */
  #frames = new Map<string, TypedArray>();

  constructor(inner: ParallelEnv, k: number) {
    super(inner);
    this.#k = k;
    this.#spaces = stackedSpaces(inner, k);
  }

  override observationSpace(agent: string): Space {
    return this.#spaces.get(agent) ?? this.inner.observationSpace(agent);
  }

  override reset(options?: ResetOptions): ResetResult {
    this.#frames = new Map();
    const result = this.inner.reset(options);
    return { ...result, observations: this.#push(result.observations) };
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    const result = this.inner.step(actions);
    return { ...result, observations: this.#push(result.observations) };
  }

  override snapshot(): Uint8Array {
    const rows = this.possibleAgents.map((agent) => this.#frames.get(agent));
    const sizes = this.possibleAgents.map((agent) => boxSize(this.#space(agent)));
    const own = new Float64Array(sizes.reduce((sum, size) => sum + 1 + size, 0));
    let at = 0;
    rows.forEach((frames, i) => {
      if (frames !== undefined) own.set([1, ...frames], at);
      at += 1 + (sizes[i] ?? 0);
    });
    return this.snapshotWith(own);
  }

  override restore(snapshot: Uint8Array): void {
    const own = this.restoreWith(snapshot);
    this.#frames = new Map();
    let at = 0;
    for (const agent of this.possibleAgents) {
      const frames = emptyBox(this.#space(agent));
      if (own[at] === 1) {
        frames.set(own.subarray(at + 1, at + 1 + frames.length));
        this.#frames.set(agent, frames);
      }
      at += 1 + frames.length;
    }
  }

  #push(observations: PerAgent<string, Observation>): PerAgent<string, Observation> {
    return mapRecord(observations, (observation, agent) => {
      const space = this.#space(agent);
      if (typeof observation !== "object" || !ArrayBuffer.isView(observation))
        throw spaceMismatch(space, observation);
      const old = this.#frames.get(agent);
      const frames = emptyBox(space);
      const width = frames.length / this.#k;
      for (let frame = 0; frame < this.#k; frame += 1) {
        const kept =
          frame < this.#k - 1 ? old?.subarray((frame + 1) * width, (frame + 2) * width) : undefined;
        frames.set(kept ?? observation, frame * width);
      }
      this.#frames.set(agent, frames);
      return frames;
    });
  }

  #space(agent: string): Box {
    const space = this.#spaces.get(agent);
    if (space === undefined) throw spaceMismatch(this.inner.observationSpace(agent), agent, agent);
    return space;
  }
}

/** One stacked space per inner space object: agents that shared a space go on sharing one. */
function stackedSpaces(env: ParallelEnv, k: number): ReadonlyMap<string, Box> {
  const made = new Map<Space, Box>();
  const spaces = new Map<string, Box>();
  for (const agent of env.possibleAgents) {
    const space = env.observationSpace(agent);
    if (space.kind !== "box")
      throw spaceMismatch(space, "a space that is not a Box", `observationSpace(${agent})`);
    const stacked = made.get(space) ?? stack(space, k);
    made.set(space, stacked);
    spaces.set(agent, stacked);
  }
  return spaces;
}

function stack(space: Box, k: number): Box {
  const repeat = (bounds: readonly number[]): number[] => Array.from({ length: k }, () => bounds).flat();
  return box({
    dtype: space.dtype,
    shape: [k, ...space.shape],
    low: repeat(space.low),
    high: repeat(space.high),
  });
}
