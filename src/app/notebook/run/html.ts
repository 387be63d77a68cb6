/** @file `--html`: a page of a notebook by nbconvert, where Debian's or pip's Jupyter is installed. */
import { spawnSync } from "node:child_process";
import { dirname, join, basename } from "node:path";
import { notebookError } from "../issues.ts";

/** Writes `<name>.html` beside the notebook. @throws GrandModelError `NOTEBOOK_RUNTIME_MISSING` */
export function writeHtml(notebook: string): string {
  const name = `${basename(notebook, ".ipynb")}.html`;
  const words = ["nbconvert", "--to", "html", "--output", name, notebook];
  const { status, stderr, error } = spawnSync("jupyter", words, {
    encoding: "utf8",
    env: { ...process.env, PYDEVD_DISABLE_FILE_VALIDATION: "1" },
  });
  if (status === 0) return join(dirname(notebook), name);
  throw notebookError("NOTEBOOK_RUNTIME_MISSING", {
    value: error?.message ?? stderr.trim().split("\n").at(-1) ?? "",
    expected: "jupyter nbconvert, for --html",
    hint: "apt-get install --no-install-recommends jupyter-nbconvert, or pip install nbconvert",
  });
}
