/** @file `grandmodel notebook install`: makes the kernel known to Jupyter and VS Code. */
import type { Command } from "commander";
import { z } from "zod";
import { addCommand } from "../../command.ts";

/** Adds `notebook install`. */
export function addNotebookInstall(group: Command): void {
  addCommand(group, {
    usage: "install",
    summary: "Write the kernelspec that Jupyter and VS Code list (needs deno and zeromq beside the product)",
    examples: [
      {
        line: "notebook install",
        does: "writes kernels/grandmodel/kernel.json under ~/.local/share/jupyter",
      },
      { line: "notebook install --dry-run", does: "says where, and writes nothing" },
    ],
    schema: z.strictObject({}),
    plan: async () => {
      const { kernelFile } = await import("../../notebook/kernel/install.ts");
      return { will: { write: kernelFile() } };
    },
    run: async (_, { output }) => {
      const { installKernel } = await import("../../notebook/kernel/install.ts");
      const { file, spec } = installKernel();
      output.result(
        { kind: "notebook-install", file, spec: { ...spec, argv: [...spec.argv], env: { ...spec.env } } },
        `wrote ${file}\nIn Jupyter or VS Code choose the kernel "${spec.display_name}".`,
      );
    },
  });
}
