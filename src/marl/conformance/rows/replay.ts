/** @file C11: a snapshot holds everything that decides the future. */
import type { Suite } from "../options.ts";
import type { ParallelEnv } from "../../env.ts";
import { actionStream, firstDifference } from "../play.ts";
import { replayInNewProcess } from "../replay-process.adapter.ts";
import { type Outcome, PASSED, failed } from "../report.ts";
import { type Walked, walk } from "../walk.ts";

const SNAPSHOTS = 6;
/** Records compared behind each snapshot. */
const AFTERWARDS = 60;

/** C11. */
export function snapshotAndRestore(suite: Suite): Outcome {
  const places = actionStream(61);
  for (let trial = 0; trial < SNAPSHOTS; trial += 1) {
    const env = suite.create();
    const lead = walk(env, { start: "reset", actions: 100 + trial, records: 1 + places.below(40) });
    const snapshot = env.snapshot();
    const expected = walk(env, { start: lead, actions: 200 + trial, records: AFTERWARDS }).lines;
    const replays: [string, readonly string[]][] = [
      ["the same object", restoredWalk(env, snapshot, lead, trial)],
    ];
    replays.push(["a new object", restoredWalk(suite.create(), snapshot, lead, trial)]);
    if (suite.options.source !== undefined && trial === 0) {
      const records = AFTERWARDS;
      replays.push([
        "a new process",
        replayInNewProcess({
          source: suite.options.source,
          snapshot,
          env,
          observations: lead.observations,
          actions: 200 + trial,
          records,
        }),
      ]);
    }
    for (const [where, lines] of replays) {
      const difference = firstDifference(expected, lines);
      if (difference === undefined) continue;
      return failed(
        `after restore in ${where}: ${difference}`,
        "Put everything that decides the future into snapshot(): world, step count, live agents, and the generator's state.",
      );
    }
  }
  return PASSED;
}

function restoredWalk(
  env: ParallelEnv,
  snapshot: Uint8Array,
  lead: Walked,
  trial: number,
): readonly string[] {
  env.restore(snapshot);
  return walk(env, { start: lead, actions: 200 + trial, records: AFTERWARDS }).lines;
}
