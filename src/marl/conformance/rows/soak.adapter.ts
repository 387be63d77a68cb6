/** @file C17: memory does not grow over a long run. An adapter: it asks V8 for the heap size and for a collection. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ParallelEnv } from "../../env.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

const LIMIT_BYTES = 1024 * 1024;

/** A leak grows in every round; compiled code and caches that the engine makes once grow in one. */
const ROUNDS = 3;

/** C17: in one round of `soakSteps` at least, heap and array buffers grow by less than 1 MiB; a tenth is warm-up. */
export function soak(suite: Suite): Outcome {
  if (suite.soakSteps === 0) return notApplicable("left out: soakSteps is 0");
  const collect = garbageCollector();
  const env = suite.create();
  run(env, Math.ceil(suite.soakSteps / 10));
  let least = Infinity;
  for (let round = 0; round < ROUNDS && least >= LIMIT_BYTES; round += 1) {
    const before = liveBytes(collect);
    run(env, suite.soakSteps);
    least = Math.min(least, liveBytes(collect) - before);
  }
  if (least < LIMIT_BYTES) return PASSED;
  return failed(
    `${suite.soakSteps} steps leave ${(least / LIMIT_BYTES).toFixed(1)} MiB behind`,
    "Look for lists, maps or listeners that grow with every step or episode.",
  );
}

/**
 * Heap and array buffers that are live. Two collections: V8 frees the buffers that the first found dead in the background, and
 * counts them until the second waits for that.
 */
function liveBytes(collect: () => void): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function run(env: ParallelEnv, steps: number): void {
  const generator = actionStream(111);
  let { observations } = env.reset({ seed: 111 });
  for (let step = 0; step < steps; step += 1) {
    const result =
      env.agents.length === 0 ? env.reset() : env.step(drawActions(env, observations, generator));
    observations = result.observations;
  }
}

/** The collector, without asking users to start Node with a flag. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  return collect;
}
