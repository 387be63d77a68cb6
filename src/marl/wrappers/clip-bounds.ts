/** @file Clips continuous actions into their Box before the environment sees them; the caller's arrays stay as they are. */
import type { Action, ParallelEnv, PerAgent, StepResult } from "../env.ts";
import { emptyBox } from "../spaces/arrays.ts";
import { spaceMismatch } from "../spaces/mismatch.ts";
import type { Space } from "../spaces/space.ts";
import { Delegate, mapRecord } from "./delegate.ts";

/** Box actions are clipped, NaN is refused; other spaces pass. @throws GrandModelError `SPACE_VALUE_INVALID` for NaN. */
export function clipBounds(env: ParallelEnv): ParallelEnv {
  return new ClipBounds(env);
}

class ClipBounds extends Delegate {
  override step(actions: PerAgent<string, Action>): StepResult {
    return this.inner.step(
      mapRecord(actions, (action, agent) => clip(this.inner.actionSpace(agent), action)),
    );
  }
}

function clip(space: Space, action: Action): Action {
  if (space.kind !== "box" || !(action instanceof Float32Array || action instanceof Float64Array))
    return action;
  const out = emptyBox(space);
  for (let i = 0; i < out.length; i += 1) {
    const x = action[i] ?? Number.NaN;
    if (Number.isNaN(x)) throw spaceMismatch(space, action);
    out[i] = Math.min(space.high[i] ?? x, Math.max(space.low[i] ?? x, x));
  }
  return out;
}
