/** @file Whether a run folder is one of the main job; the others are of `grandmodel train <env>`. */
import { readRun } from "../../runtime/run/run-folder.adapter.ts";

/** @throws GrandModelError `RUN_MISSING`, `RUN_CORRUPT` */
export function isJobRun(folder: string): boolean {
  return readRun(folder).kind === "job";
}
