/** @file `grandmodel bench <suite>`: the speed figures of a checkout, measured beside their bounds; `npm run bench` by name. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";
import { usageError } from "../issues.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Adds `bench`. */
export function addBench(program: Command): void {
  addCommand(program, {
    usage: "bench <suite>",
    summary: "Measure speeds beside their bounds",
    examples: [
      { line: "bench learner", does: "training steps per second and their share of the matrix-product rate" },
      { line: "bench engine --quick --json", does: "a smoke run, one JSON object on standard output" },
    ],
    options: [{ flags: "--quick", help: "a tenth of the repetitions; figures are labelled so" }],
    schema: z.strictObject({ suite: z.string(), quick: z.boolean().default(false) }),
    plan: async ({ suite }) => ({ will: { run: `bench/run.ts ${suite}` } }),
    run: async ({ suite, quick }) => {
      if (!existsSync(`${root}bench/run.ts`)) {
        throw usageError(
          "USAGE_UNKNOWN_NAME",
          suite,
          "a checkout of the repository, where the suites are",
          "Clone the repository and type npm ci && npm run bench -- " + suite,
        );
      }
      const flags = [...(quick ? ["--quick"] : []), ...(process.argv.includes("--json") ? ["--json"] : [])];
      const { status } = spawnSync(
        process.execPath,
        ["--import", "tsx", "--conditions=grandmodel-source", "bench/run.ts", suite, ...flags],
        { cwd: root, stdio: "inherit" },
      );
      return status === 0 ? 0 : status === 2 ? 2 : 1;
    },
  });
}
