/**
 * @file One notebook file from reading to writing: type check, run, comparison or update, and the record beside it in
 * `<run dir>/notebooks/<name>/`. Times go into the record, never into the notebook.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { writeFileAtomic } from "../../../runtime/files/atomic.adapter.ts";
import { describeMachine, productVersion } from "../../../runtime/machine/machine.adapter.ts";
import { GrandModelError } from "../../../runtime/errors.ts";
import { type Notebook, isObject } from "../document/notebook.ts";
import { readNotebook } from "../document/read-notebook.ts";
import { writeNotebook } from "../document/write-notebook.ts";
import { notebookError } from "../issues.ts";
import { checkTypes } from "../types/check-types.ts";
import { type Difference, differences, keepEqualOutputs } from "./compare.ts";
import { cellRate, checkRate, type NotebookRecord } from "./record.ts";
import { type RunOptions, runNotebook } from "./run-notebook.ts";

export interface FileOptions extends Omit<RunOptions, "file" | "log"> {
  /** `update` writes the outputs into the file, `check` compares with them, `neither` leaves the file alone. */
  readonly committed: "update" | "check" | "neither";
  /** Folder of run folders. */
  readonly runDir: string;
}

export interface FileOutcome {
  readonly record: NotebookRecord;
  /** The notebook with its new outputs. */
  readonly written: string;
  readonly folder: string;
  readonly differences: readonly Difference[];
  /** All cells and all checks passed and, with `check`, nothing differs. */
  readonly passed: boolean;
}

/** The notebooks that a path names: the file, or those of the folder (not of folders inside). @throws `NOTEBOOK_INVALID` */
export function notebooksAt(path: string): readonly string[] {
  const isFolder = existsSync(path) && statSync(path).isDirectory();
  const files = isFolder
    ? readdirSync(path)
        .filter((name) => name.endsWith(".ipynb"))
        .sort()
        .map((name) => join(path, name))
    : [path];
  if (files.length > 0 && files.every((file) => existsSync(file))) return files;
  throw notebookError("NOTEBOOK_INVALID", {
    file: path,
    expected: "a notebook (.ipynb), or a folder with notebooks",
    hint: "Try: grandmodel notebook run notebooks/",
  });
}

/** @throws GrandModelError `NOTEBOOK_INVALID`, `NOTEBOOK_TYPES`, `NOTEBOOK_LATER_NAME` and those of `runNotebook`. */
export async function runFile(file: string, options: FileOptions): Promise<FileOutcome> {
  const before = readNotebook(file);
  if (languageOf(before) === "typescript") await refuseTypeFaults(before, file);
  const name = basename(file, ".ipynb");
  const folder = resolve(options.runDir, "notebooks", name);
  mkdirSync(folder, { recursive: true });
  const start = new Date().toISOString();
  const outcome = await runNotebook(before, {
    ...options,
    file: resolve(file),
    log: join(folder, "kernel.log"),
    env: { GRANDMODEL_NOTEBOOK_RUN: folder, ...options.env },
  });
  const found = options.committed === "check" ? differences(before, outcome.notebook) : [];
  const kept = keepEqualOutputs(before, outcome.notebook);
  const written = options.committed === "update" ? file : join(folder, `${name}.ipynb`);
  writeNotebook(written, kept);
  const record: NotebookRecord = {
    notebook: file,
    start,
    ms: Math.round(outcome.ms),
    profile: options.profile,
    version: productVersion(),
    machine: describeMachine(),
    cells: outcome.records,
    cellRate: cellRate(outcome.records),
    checkRate: checkRate(outcome.records),
  };
  writeFileAtomic(join(folder, "run.json"), `${JSON.stringify(record, undefined, 2)}\n`);
  const all = (rate: NotebookRecord["cellRate"]): boolean => rate.passed === rate.total;
  return {
    record,
    written,
    folder,
    differences: found,
    passed: all(record.cellRate) && all(record.checkRate) && found.length === 0,
  };
}

function languageOf({ metadata }: Notebook): string {
  const { kernelspec } = metadata;
  const language = isObject(kernelspec) ? kernelspec["language"] : undefined;
  return typeof language === "string" ? language : "typescript";
}

async function refuseTypeFaults(notebook: Notebook, file: string): Promise<void> {
  const [first, ...rest] = await checkTypes(notebook, file);
  if (first !== undefined) throw new GrandModelError([first, ...rest], { class: "data" });
}
