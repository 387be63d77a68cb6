/** @file Asks programs for their version. */
import { spawnSync } from "node:child_process";
import type { Finding } from "./check.ts";

/** The first line of the first command that answers within two seconds; `absent` when none does. */
export function firstThatAnswers(commands: readonly (readonly string[])[]): Finding {
  for (const [command = "", ...words] of commands) {
    const run = spawnSync(command, words, { encoding: "utf8", timeout: 2000 });
    const [line = ""] = (run.stdout ?? "").trim().split("\n");
    if (run.status === 0) return { state: "ok", found: `${command}: ${line}` };
  }
  return { state: "absent", found: "not found" };
}
