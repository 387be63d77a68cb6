/** @file The child of `replay-process.adapter.ts`: restores a snapshot from standard input and prints what follows. */
import { readFileSync } from "node:fs";
import { createEnv } from "../adapters/kernel-env.ts";
import { unflatten } from "../spaces/flatten.ts";
import { loadDefinition } from "../vector/source.ts";
import { mapRecord } from "../wrappers/delegate.ts";
import type { ReplayRequest } from "./replay-process.adapter.ts";
import { walk } from "./walk.ts";

const request: ReplayRequest = JSON.parse(readFileSync(0, "utf8"));
const env = createEnv(await loadDefinition(request.source));
env.restore(Buffer.from(request.snapshotBase64, "base64"));
const observations = mapRecord(request.observations, (row, agent) =>
  unflatten(env.observationSpace(agent), Float64Array.from(row)),
);
const { lines } = walk(env, { start: { observations }, actions: request.actions, records: request.records });
process.stdout.write(lines.join("\n"));
