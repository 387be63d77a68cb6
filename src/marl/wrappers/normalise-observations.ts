/**
 * @file Standardises Box observations by running mean and variance, one pair per agent and element, clipped to +-10.
 * Reduction: Welford 1962, in float64. The statistics are part of the snapshot; freeze them for evaluation.
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
import { spaceMismatch } from "../spaces/mismatch.ts";
import { type Box, type Space, box, boxSize } from "../spaces/space.ts";
import { Delegate, mapRecord } from "./delegate.ts";

const CLIP = 10;
const EPSILON = 1e-8;

export interface NormaliseOptions {
  /** Keep the statistics as they are (evaluation); default false. */
  readonly frozen?: boolean;
}

/** `normaliseObservations()(env)`. @throws GrandModelError `SPACE_VALUE_INVALID` for observations that are not a Box. */
export function normaliseObservations(options: NormaliseOptions = {}): (env: ParallelEnv) => ParallelEnv {
  return (env) => new NormaliseObservations(env, options.frozen ?? false);
}

/** Count, means and sums of squared deviations of one agent. */
interface Moments {
  count: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

class NormaliseObservations extends Delegate {
  readonly #frozen: boolean;
  readonly #moments: ReadonlyMap<string, Moments>;
  readonly #spaces: ReadonlyMap<string, Box>;

  constructor(inner: ParallelEnv, frozen: boolean) {
    super(inner);
    this.#frozen = frozen;
    const spaces = new Map<string, Box>();
    const shared = new Map<Space, Box>();
    for (const agent of inner.possibleAgents) {
      const space = inner.observationSpace(agent);
      if (space.kind !== "box")
        throw spaceMismatch(space, "a space that is not a Box", `observationSpace(${agent})`);
      const made = shared.get(space) ?? box({ low: -CLIP, high: CLIP, shape: space.shape });
      shared.set(space, made);
      spaces.set(agent, made);
    }
    this.#spaces = spaces;
    this.#moments = new Map([...spaces].map(([agent, space]) => [agent, emptyMoments(boxSize(space))]));
  }

  override observationSpace(agent: string): Space {
    return this.#spaces.get(agent) ?? this.inner.observationSpace(agent);
  }

  override reset(options?: ResetOptions): ResetResult {
    const result = this.inner.reset(options);
    return { ...result, observations: this.#normalised(result.observations) };
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    const result = this.inner.step(actions);
    return { ...result, observations: this.#normalised(result.observations) };
  }

  override snapshot(): Uint8Array {
    const all = [...this.#moments.values()];
    return this.snapshotWith(
      Float64Array.from(all.flatMap(({ count, mean, squares }) => [count, ...mean, ...squares])),
    );
  }

  override restore(snapshot: Uint8Array): void {
    const own = this.restoreWith(snapshot);
    let at = 0;
    for (const moments of this.#moments.values()) {
      const size = moments.mean.length;
      moments.count = own[at] ?? 0;
      moments.mean.set(own.subarray(at + 1, at + 1 + size));
      moments.squares.set(own.subarray(at + 1 + size, at + 1 + 2 * size));
      at += 1 + 2 * size;
    }
  }

  #normalised(observations: PerAgent<string, Observation>): PerAgent<string, Observation> {
    return mapRecord(observations, (observation, agent) => {
      const moments = this.#moments.get(agent);
      const row =
        typeof observation === "object" && ArrayBuffer.isView(observation) ? observation : undefined;
      if (moments === undefined || row === undefined) {
        throw spaceMismatch(this.inner.observationSpace(agent), observation, agent);
      }
      if (!this.#frozen) absorb(moments, row);
      return Float32Array.from(row, (x, i) => {
        const variance = moments.count < 2 ? 1 : (moments.squares[i] ?? 0) / moments.count;
        const z = (x - (moments.mean[i] ?? 0)) / Math.sqrt(variance + EPSILON);
        return Math.min(CLIP, Math.max(-CLIP, z));
      });
    });
  }
}

function emptyMoments(size: number): Moments {
  return { count: 0, mean: new Float64Array(size), squares: new Float64Array(size) };
}

function absorb(moments: Moments, row: ArrayLike<number>): void {
  moments.count += 1;
  const { mean, squares, count } = moments;
  for (let i = 0; i < mean.length; i += 1) {
    const x = row[i] ?? 0;
    const before = x - (mean[i] ?? 0);
    mean[i] = (mean[i] ?? 0) + before / count;
    squares[i] = (squares[i] ?? 0) + before * (x - (mean[i] ?? 0));
  }
}
