/** @file C11 in a new process: the parent starts Node on `replay-child.worker.ts` and reads back the text of the trajectory. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { internalError } from "../../runtime/errors.ts";
import type { Observation, ParallelEnv, PerAgent } from "../env.ts";
import { flatDim, flatten } from "../spaces/flatten.ts";
import type { EnvironmentSource } from "../vector/source.ts";
import { mapRecord } from "../wrappers/delegate.ts";

/** What the child gets on standard input, as JSON. */
export interface ReplayRequest {
  readonly source: EnvironmentSource;
  readonly snapshotBase64: string;
  readonly actions: number;
  readonly records: number;
  /** Flattened observations before the first action: their masks decide which actions are drawn. */
  readonly observations: { readonly [agent: string]: readonly number[] };
}

/** The lines that a new process writes when it restores the snapshot and goes on. */
export function replayInNewProcess(plan: {
  readonly source: EnvironmentSource;
  readonly snapshot: Uint8Array;
  readonly actions: number;
  readonly records: number;
  readonly env: ParallelEnv;
  readonly observations: PerAgent<string, Observation>;
}): readonly string[] {
  const request: ReplayRequest = {
    source: plan.source,
    snapshotBase64: Buffer.from(plan.snapshot).toString("base64"),
    actions: plan.actions,
    records: plan.records,
    observations: mapRecord(plan.observations, (observation, agent) => {
      const space = plan.env.observationSpace(agent);
      const row = new Float64Array(flatDim(space));
      flatten(space, observation, row);
      return [...row];
    }),
  };
  const typescript = import.meta.url.endsWith(".ts");
  const child = fileURLToPath(new URL(`./replay-child.worker.${typescript ? "ts" : "js"}`, import.meta.url));
  const flags = typescript ? ["--import", loaderUrl(), "--conditions=grandmodel-source"] : [];
  const run = spawnSync(process.execPath, [...flags, child], {
    input: JSON.stringify(request),
    encoding: "utf8",
  });
  if (run.status !== 0) throw internalError(`the replaying process failed: ${run.stderr}`);
  return run.stdout.split("\n").filter((line) => line !== "");
}

function loaderUrl(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}
