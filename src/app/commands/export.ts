/** @file `grandmodel export <run>`: the trained actors as ONNX files that any ONNX Runtime can run. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../command.ts";
import { renderColumns } from "../columns.ts";

/** Adds `export`. */
export function addExport(program: Command): void {
  addCommand(program, {
    usage: "export <run>",
    summary: "Export the trained actors of a run as ONNX files",
    examples: [
      {
        line: "export runs/calm-otter-042",
        does: "one file per seed and learner under runs/calm-otter-042/exports",
      },
      { line: "export runs/calm-otter-042 --json", does: "the same, with hashes as JSON" },
    ],
    options: [
      {
        flags: "--workspace <dir>",
        help: "folder of exports/ for runs of the stages (default: .)",
        read: "text",
      },
    ],
    schema: z.strictObject({ run: z.string(), workspace: z.string().default(".") }),
    plan: async ({ run }) => ({ will: { reads: `${run}/checkpoints`, writes: `${run}/exports/*.onnx` } }),
    run: async ({ run, workspace }, { output }) => {
      const { isJobRun } = await import("../training/run-kind.ts");
      if (isJobRun(run)) {
        const { exportJob } = await import("../main-job/stored-job.ts");
        const folders = exportJob(run, workspace);
        output.result({ kind: "export", files: folders.map((file) => ({ file })) }, folders.join("\n"));
        return;
      }
      const { exportRun } = await import("../training/export-run.ts");
      const files = await exportRun(run);
      const rows = files.map(({ seed, step, bytes, file }) => [
        seed,
        String(step),
        `${(bytes / 1024).toFixed(0)} kB`,
        file,
      ]);
      output.result(
        { kind: "export", files: files.map((file) => ({ ...file })) },
        renderColumns(rows, ["seed", "step", "size", "file"]),
      );
    },
  });
}
