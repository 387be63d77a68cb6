/**
 * @file `--html`: a page of a notebook by nbconvert, where Debian's or pip's Jupyter is installed. nbconvert 6.5 cleans every
 * element out of an SVG; as images inside the page the pictures stay whole.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Cell, CellOutput } from "../document/notebook.ts";
import { readNotebook } from "../document/read-notebook.ts";
import { writeNotebook } from "../document/write-notebook.ts";
import { notebookError } from "../issues.ts";

/** Writes `<name>.html` beside the notebook. @throws GrandModelError `NOTEBOOK_RUNTIME_MISSING` */
export function writeHtml(file: string): string {
  const name = `${basename(file, ".ipynb")}.html`;
  const copy = join(dirname(file), `.${basename(file)}`);
  const notebook = readNotebook(file);
  writeNotebook(copy, { ...notebook, cells: notebook.cells.map(withImages) });
  const words = ["nbconvert", "--to", "html", "--output", name, copy];
  const { status, stderr, error } = spawnSync("jupyter", words, {
    encoding: "utf8",
    env: { ...process.env, PYDEVD_DISABLE_FILE_VALIDATION: "1" },
  });
  rmSync(copy);
  if (status === 0) return join(dirname(file), name);
  throw notebookError("NOTEBOOK_RUNTIME_MISSING", {
    value: error?.message ?? stderr.trim().split("\n").at(-1) ?? "",
    expected: "jupyter nbconvert, for --html",
    hint: "apt-get install --no-install-recommends jupyter-nbconvert, or pip install nbconvert",
  });
}

function withImages(cell: Cell): Cell {
  return cell.cell_type === "code" ? { ...cell, outputs: cell.outputs.map(asImage) } : cell;
}

function asImage(output: CellOutput): CellOutput {
  const svg = "data" in output ? output.data["image/svg+xml"] : undefined;
  if (!("data" in output) || typeof svg !== "string") return output;
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  return { ...output, data: { "text/html": `<img src="${source}">` } };
}
