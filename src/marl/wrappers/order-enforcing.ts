/** @file Refuses calls out of order: step before reset, step after the end, state before reset. */
import type { Action, ParallelEnv, PerAgent, ResetOptions, ResetResult, StepResult } from "../env.ts";
import { environmentError } from "../issues.ts";
import type { TypedArray } from "../spaces/space.ts";
import { Delegate } from "./delegate.ts";

/** @throws from the wrapped environment: GrandModelError `ENV_ORDER` naming the missing call. */
export function enforceOrder(env: ParallelEnv): ParallelEnv {
  return new OrderEnforcing(env);
}

class OrderEnforcing extends Delegate {
  #started = false;

  override reset(options?: ResetOptions): ResetResult {
    this.#started = true;
    return this.inner.reset(options);
  }

  override step(actions: PerAgent<string, Action>): StepResult {
    if (!this.#started) throw outOfOrder("step", "reset() before the first step");
    if (this.inner.agents.length === 0) throw outOfOrder("step", "reset() after the last agent has ended");
    return this.inner.step(actions);
  }

  override state(): TypedArray {
    if (!this.#started) throw outOfOrder("state", "reset() before the first look at the state");
    return super.state();
  }

  override restore(snapshot: Uint8Array): void {
    this.#started = true;
    this.inner.restore(snapshot);
  }
}

function outOfOrder(path: string, expected: string): Error {
  return environmentError("ENV_ORDER", { path, expected, hint: "Call reset() first." });
}
