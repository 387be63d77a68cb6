/** @file C17: memory does not grow over a long run. An adapter: it asks V8 for the heap size and for a collection. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ParallelEnv } from "../../env.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

const LIMIT_BYTES = 1024 * 1024;

/** C17: heap and array buffers grow by less than 1 MiB over `soakSteps` steps, a tenth of them warm-up. */
export function soak(suite: Suite): Outcome {
  if (suite.soakSteps === 0) return notApplicable("left out: soakSteps is 0");
  const collect = garbageCollector();
  const env = suite.create();
  run(env, Math.ceil(suite.soakSteps / 10));
  collect();
  const before = process.memoryUsage();
  run(env, suite.soakSteps);
  collect();
  const after = process.memoryUsage();
  const growth = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  if (growth < LIMIT_BYTES) return PASSED;
  return failed(
    `${suite.soakSteps} steps leave ${(growth / LIMIT_BYTES).toFixed(1)} MiB behind`,
    "Look for lists, maps or listeners that grow with every step or episode.",
  );
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
