/**
 * @file A pipeline in a process of its own: `run.process.ts <folder> [bar]`. With a bar it kills itself with SIGKILL when
 * that many bars have closed; else it prints the digest of its result.
 */
import type { PipelineMark } from "../../src/pipeline/run/probe.ts";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import { diceConfig, resultDigest } from "./support.ts";

const [folder = "", killAt] = process.argv.slice(2);
let instants = 0;
const probe = (mark: PipelineMark): void => {
  if (mark === "tactical.qualified") instants += 1;
  if (instants === Number(killAt)) process.kill(process.pid, "SIGKILL");
};
const result = await runPipeline({
  ...diceConfig(5, 3),
  folder,
  snapshotEvery: 200,
  ...(killAt === undefined ? {} : { probe }),
});
process.stdout.write(resultDigest(result));
