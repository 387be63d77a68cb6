/** @file Shows every reset and step to an observer, without touching them: for trajectory files, debugging and tests. */
import type { Action, ParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { Delegate } from "./delegate.ts";

/** What happened; objects are those that the caller gets, not copies. */
export type EnvironmentEvent =
  | { readonly kind: "reset"; readonly options: ResetOptions; readonly result: ResetResult }
  | { readonly kind: "step"; readonly actions: PerAgent<string, Action>; readonly result: StepResult };

/** `recordSteps(observer)(env)`: the observer is called after each reset and step. */
export function recordSteps(observer: (event: EnvironmentEvent) => void): (env: ParallelEnv) => ParallelEnv {
  return (env) => new RecordSteps(env, observer);
}

class RecordSteps extends Delegate {
  readonly #observer: (event: EnvironmentEvent) => void;

  constructor(inner: ParallelEnv, observer: (event: EnvironmentEvent) => void) {
    super(inner);
    this.#observer = observer;
  }

  override reset(options: ResetOptions = {}): ResetResult {
    const result = this.inner.reset(options);
    this.#observer({ kind: "reset", options, result });
    return result;
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    const result = this.inner.step(actions);
    this.#observer({ kind: "step", actions, result });
    return result;
  }
}
