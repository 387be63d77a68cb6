/** @file `grandmodel notebook colab <path>`: the Python editions of TypeScript notebooks. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";

/** Adds `notebook colab`. */
export function addNotebookColab(group: Command): void {
  addCommand(group, {
    usage: "colab <path>",
    summary: "Generate the Colab edition of a notebook, or of each notebook of a folder",
    examples: [
      { line: "notebook colab notebooks/", does: "writes notebooks/colab/<name>.ipynb for each" },
      {
        line: "notebook colab notebooks/ --check",
        does: "fails when an edition is not what its notebook gives",
      },
    ],
    options: [{ flags: "--check", help: "compare instead of writing" }],
    schema: z.strictObject({ path: z.string(), check: z.boolean().default(false) }),
    run: async ({ check, path }, { output }) => {
      const { colabFiles } = await import("../../notebook/colab/colab-files.ts");
      const files = colabFiles(path, check);
      output.result(
        { kind: "notebook-colab", check, files: [...files] },
        files.map((file) => `${check ? "is current" : "wrote"} ${file}`).join("\n"),
      );
    },
  });
}
