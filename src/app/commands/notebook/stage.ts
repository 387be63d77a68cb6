/** @file `grandmodel notebook stage <notebook> <cell>`: one cell of a notebook by command line, for other kernels. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";

const schema = z.strictObject({
  notebook: z.string(),
  cell: z.string(),
  run: z.string(),
  profile: z.enum(["short", "long"]).default("short"),
  cellTimeout: z.number().positive().default(3600),
});

/** Adds `notebook stage`. */
export function addNotebookStage(group: Command): void {
  addCommand(group, {
    usage: "stage <notebook> <cell>",
    summary: "Run a notebook up to a cell on a kernel that stays, and leave its outputs as files",
    examples: [
      {
        line: "notebook stage strategic_mappo_training data --run runs/colab",
        does: "runs what has not run yet, up to the cell; outputs in runs/colab/cells/data/",
      },
      { line: "notebook stage notebooks/cart_pole.ipynb train --run runs/cart", does: "the same for a file" },
    ],
    options: [
      { flags: "--run <dir>", help: "folder of the kernel and of the outputs (required)", read: "text" },
      { flags: "--profile <name>", help: "size of the work (default: short)", choices: ["short", "long"] },
      { flags: "--cell-timeout <seconds>", help: "limit of a cell (default: 3600)" },
    ],
    schema,
    plan: async ({ cell, notebook, run }) => ({
      will: { run: `${notebook} up to ${cell}`, write: `${run}/cells/` },
    }),
    run: async (input, context) => {
      const { runStage } = await import("../../notebook/stage/run-stage.ts");
      return runStage(input, context);
    },
  });
}
