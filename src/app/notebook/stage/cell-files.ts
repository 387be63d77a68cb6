/** @file The outputs of a cell as files, so that any program can show them: `cells/<id>/01.txt`, `02.svg`, `checks.json`. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../../../runtime/files/atomic.adapter.ts";
import type { CellOutput, CodeCell } from "../document/notebook.ts";
import { checkMime } from "../helpers/mime-types.ts";
import { checksIn } from "../run/record.ts";

/** Richest representation first. */
const kinds = [
  ["image/svg+xml", "svg"],
  ["text/html", "html"],
  ["text/plain", "txt"],
] as const;

/** Replaces the cell's folder; checks are one table instead of many lines. */
export function writeCellFiles(run: string, cell: CodeCell): string {
  const folder = join(run, "cells", cell.id);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let number = 0;
  for (const output of cell.outputs) {
    const file = fileOf(output);
    if (file === undefined) continue;
    number += 1;
    writeFileSync(join(folder, `${String(number).padStart(2, "0")}.${file.extension}`), file.text);
  }
  const checks = checksIn(cell.outputs);
  writeFileAtomic(join(folder, "checks.json"), `${JSON.stringify(checks, undefined, 1)}\n`);
  return folder;
}

function fileOf(output: CellOutput): { readonly extension: string; readonly text: string } | undefined {
  switch (output.output_type) {
    case "stream":
      return { extension: "txt", text: output.text };
    case "error":
      return { extension: "txt", text: output.traceback.join("\n") };
    case "display_data":
    case "execute_result": {
      if (checkMime in output.data) return undefined;
      const [type, extension] = kinds.find(([kind]) => kind in output.data) ?? [];
      const text = type === undefined ? undefined : output.data[type];
      return typeof text === "string" && extension !== undefined ? { extension, text } : undefined;
    }
    default:
      return output satisfies never;
  }
}
