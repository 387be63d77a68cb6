/** @file Several episodes as one: when all agents have ended, the environment is reset in the same step, n - 1 times. */
import type { Action, ParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { Delegate, mapRecord } from "./delegate.ts";

/**
 * `multiEpisode(5)(env)`. The border between two inner episodes shows the reset observations, `false` flags, and
 * `episodeEnded: true` in every info; the last inner episode ends as it does without the wrapper.
 */
export function multiEpisode(n: number): (env: ParallelEnv) => ParallelEnv {
  return (env) => new MultiEpisode(env, n);
}

class MultiEpisode extends Delegate {
  readonly #n: number;
  #finished = 0;

  constructor(inner: ParallelEnv, n: number) {
    super(inner);
    this.#n = n;
  }

  override reset(options?: ResetOptions): ResetResult {
    this.#finished = 0;
    return this.inner.reset(options);
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    const result = this.inner.step(actions);
    if (this.inner.agents.length > 0) return result;
    this.#finished += 1;
    if (this.#finished >= this.#n) return result;
    const { observations } = this.inner.reset();
    return {
      observations,
      rewards: { ...mapRecord(observations, () => 0), ...result.rewards },
      terminations: mapRecord(observations, () => false),
      truncations: mapRecord(observations, () => false),
      infos: mapRecord(observations, (_observation, agent) => ({
        ...result.infos[agent],
        episodeEnded: true,
      })),
    };
  }

  override snapshot(): Uint8Array {
    return this.snapshotWith(Float64Array.of(this.#finished));
  }

  override restore(snapshot: Uint8Array): void {
    this.#finished = this.restoreWith(snapshot)[0] ?? 0;
  }
}
