/**
 * @file Where the episodes of the copies start: drawn from the admissible closes in training, swept from the first one on,
 * without drawing, in evaluation. No allocation per step. Spec: strategic-tactical.md section 8.
 */
import type { Generator } from "../runtime/random/generator.ts";

/** `train` draws a start, `eval` goes on where the last episode ended. */
export type EpisodeMode = "train" | "eval";

export class EpisodeStarts {
  /** [B] next start of the sweep, an index into `starts`: what decides the future. */
  readonly next: Int32Array;
  readonly mode: EpisodeMode;
  private readonly starts: Int32Array;

  /** @param starts bars at whose close an episode may start, ascending, not empty */
  constructor(copies: number, starts: Int32Array, mode: EpisodeMode) {
    this.next = new Int32Array(copies);
    this.starts = starts;
    this.mode = mode;
  }

  seed(b: number): void {
    this.next[b] = 0;
  }

  /** The bar at whose close the next episode of copy b starts. */
  pick(b: number, generator: Generator): number {
    const index = this.mode === "train" ? generator.below(this.starts.length) : this.next[b]!;
    return this.starts[index]!;
  }

  /** An episode of copy b ended at bar `t`: the sweep goes on at the next admissible close, or begins again. */
  ended(b: number, t: number): void {
    if (this.mode === "train") return;
    const { starts } = this;
    let next = this.next[b]!;
    while (next < starts.length && starts[next]! < t) next += 1;
    this.next[b] = next === starts.length ? 0 : next;
  }
}
