/** @file Small notebooks for tests, and where they run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Notebook } from "../../../src/app/notebook/document/notebook.ts";
import { runNotebook, type RunOptions, type RunOutcome } from "../../../src/app/notebook/run/run-notebook.ts";

/** A notebook of code cells `c1`, `c2`, ...; `kernel` is ours unless given. */
export function notebookOf(sources: readonly string[], kernel = "grandmodel"): Notebook {
  return {
    metadata: { kernelspec: { name: kernel, language: "typescript", display_name: kernel } },
    cells: sources.map((source, i) => ({
      cell_type: "code",
      id: `c${i + 1}`,
      metadata: {},
      source,
      execution_count: null,
      outputs: [],
    })),
  };
}

/** Folder of the checkout, in which `grandmodel/...` resolves to the sources. */
export const checkout: string = fileURLToPath(new URL("../../../", import.meta.url));

/** Runs cells on the real kernel with limits that suit tests. */
export function runCells(sources: readonly string[], options: Partial<RunOptions> = {}): Promise<RunOutcome> {
  return runNotebook(notebookOf(sources), {
    file: join(checkout, "test.ipynb"),
    profile: "short",
    cellLimitMs: 60_000,
    runLimitMs: 120_000,
    graceMs: 120,
    insistMs: 2000,
    allowErrors: false,
    ...options,
  });
}

/** A folder that goes away with the test. */
export function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "grandmodel-notebook-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Outputs of a code cell, by place from 0. */
export function outputsOf({ notebook }: RunOutcome, place: number): readonly object[] {
  const cell = notebook.cells[place];
  return cell?.cell_type === "code" ? cell.outputs : [];
}
