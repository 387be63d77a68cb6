/** @file What a check found; the runner reads it from the cell's outputs. */

export interface Verdict {
  readonly name: string;
  /** Numbers that JSON cannot carry are text. */
  readonly measured: number | string | boolean;
  /** The rule in words: `<= 50 ms`. */
  readonly threshold: string;
  readonly pass: boolean;
}
