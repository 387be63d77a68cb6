/** @file `grandmodel notebook run <path>`: headless, complete outputs, exit 1 at the first failing cell or check. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";

const schema = z.strictObject({
  path: z.string(),
  profile: z.enum(["short", "long"]).default("short"),
  cellTimeout: z.number().positive().default(300),
  timeout: z.number().positive().default(600),
  grace: z.number().min(0).default(120),
  update: z.boolean().default(false),
  check: z.boolean().default(false),
  allowErrors: z.boolean().default(false),
  html: z.boolean().default(false),
});

/** Adds `notebook run`. */
export function addNotebookRun(group: Command): void {
  addCommand(group, {
    usage: "run <path>",
    summary: "Run a notebook, or each notebook of a folder, on a fresh kernel",
    examples: [
      {
        line: "notebook run notebooks/",
        does: "type-checks and runs each; exit 1 when a cell or a check fails",
      },
      {
        line: "notebook run notebooks/cart_pole.ipynb --update",
        does: "writes the outputs into the notebook",
      },
    ],
    options: [
      { flags: "--profile <name>", help: "size of the work (default: short)", choices: ["short", "long"] },
      { flags: "--cell-timeout <seconds>", help: "limit of a cell (default: 300)" },
      { flags: "--timeout <seconds>", help: "limit of a notebook (default: 600)" },
      { flags: "--grace <ms>", help: "silence after which a finished cell is complete (default: 120)" },
      { flags: "--update", help: "write the outputs into the notebook, where they say something new" },
      { flags: "--check", help: "compare the outputs with those in the notebook" },
      { flags: "--allow-errors", help: "go on after a failing cell; the exit code stays 1" },
      { flags: "--html", help: "also a page by nbconvert" },
    ],
    json: "lines",
    schema,
    plan: async ({ path }) => {
      const { notebooksAt } = await import("../../notebook/run/run-file.ts");
      return { will: { run: notebooksAt(path).join(", ") } };
    },
    run: async (input, context) => {
      const { runFiles } = await import("../../notebook/run/run-files.ts");
      return runFiles(input, context);
    },
  });
}
