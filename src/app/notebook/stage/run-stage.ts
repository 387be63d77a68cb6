/**
 * @file `grandmodel notebook stage <notebook> <cell>`: runs the notebook up to a cell on the run folder's kernel and leaves
 * the cell's outputs as files. What has run is not run again; the cell itself is, when it is asked for again. After the
 * notebook's last cell the kernel ends.
 */
import { existsSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { listenForInterrupts } from "../../../runtime/signals.adapter.ts";
import type { CommandContext, ExitCode } from "../../command.ts";
import { codeCells, type CodeCell, type Notebook } from "../document/notebook.ts";
import { readNotebook } from "../document/read-notebook.ts";
import { notebookError } from "../issues.ts";
import { findKernelspec } from "../kernel/kernelspec.ts";
import { checksIn } from "../run/record.ts";
import { type CellRun, runCell } from "../run/run-cell.ts";
import { kernelNameOf } from "../run/run-notebook.ts";
import { writeCellFiles } from "./cell-files.ts";
import { type HeldKernel, holdKernel } from "./held-kernel.ts";

export interface StageInput {
  /** A file, or the name of a notebook that comes with the product. */
  readonly notebook: string;
  readonly cell: string;
  readonly run: string;
  readonly profile: "short" | "long";
  /** Seconds. */
  readonly cellTimeout: number;
}

/** 0 done, also where a check does not hold: the notebook shows it and goes on; 1 failed, 130 stopped. @throws GrandModelError `NOTEBOOK_STAGE` and those of a run */
export async function runStage(input: StageInput, { output }: CommandContext): Promise<ExitCode> {
  const file = notebookFile(input.notebook);
  const notebook = readNotebook(file);
  const wanted = cellsUpTo(notebook, input);
  const run = resolve(input.run);
  const name = kernelNameOf(notebook);
  const held = await holdKernel(run, notebook, {
    name,
    spec: findKernelspec(name),
    folder: importFolder(file),
    graceMs: 120,
    env: { GRANDMODEL_NOTEBOOK_PROFILE: input.profile, GRANDMODEL_NOTEBOOK_RUN: run },
  });
  const stop = new AbortController();
  using interrupts = listenForInterrupts(() => stop.abort());
  const ran = held.ran.filter((id) => id !== input.cell);
  let last: CellRun | undefined;
  for (const cell of wanted.filter(({ id }) => !ran.includes(id))) {
    last = await runOne(held, cell, input, stop.signal);
    const folder = writeCellFiles(run, last.cell);
    output.note(`${cell.id}: ${last.failure ?? "passed"}, ${(last.ms / 1000).toFixed(1)} s, ${folder}`);
    if (last.failure !== undefined) break;
    ran.push(cell.id);
  }
  const isOver = last?.dead === true || ran.length === codeCells(notebook).length;
  if (isOver) await held.end();
  else held.keep(ran);
  const checks = checksIn(last?.cell.outputs ?? []);
  output.result(
    {
      kind: "notebook-stage",
      cell: input.cell,
      failure: last?.failure ?? null,
      checks: checks.map((check) => ({ ...check })),
    },
    checks
      .map(
        ({ name, measured, pass, threshold }) =>
          `${pass ? "PASS" : "FAIL"}  ${name}: ${measured} (${threshold})`,
      )
      .join("\n"),
  );
  if (interrupts.requested() !== undefined) return 130;
  return last?.failure === undefined ? 0 : 1;
}

function runOne(
  { kernel }: HeldKernel,
  cell: CodeCell,
  { cellTimeout }: StageInput,
  stop: AbortSignal,
): Promise<CellRun> {
  return runCell(kernel, cell, { limitMs: cellTimeout * 1000, insistMs: 5000, stop }, new Map());
}

/** A path, or `strategic_mappo_training` for the one in the product's own folder. */
function notebookFile(notebook: string): string {
  if (existsSync(notebook)) return resolve(notebook);
  const own = fileURLToPath(new URL(`../../../../notebooks/${notebook}.ipynb`, import.meta.url));
  if (existsSync(own)) return own;
  throw stageError(notebook, "a notebook's file, or the name of one that comes with the product");
}

function cellsUpTo(notebook: Notebook, { cell, notebook: name }: StageInput): readonly CodeCell[] {
  const cells = codeCells(notebook);
  const at = cells.findIndex(({ id }) => id === cell);
  if (at >= 0) return cells.slice(0, at + 1);
  throw stageError(`${name} ${cell}`, `one of the cells ${cells.map(({ id }) => id).join(", ")}`);
}

/** Where `grandmodel/...` resolves: the notebook's folder, or for one inside an installed package the folder above `node_modules`. */
function importFolder(file: string): string {
  const at = file.indexOf(`${sep}node_modules${sep}`);
  return at < 0 ? dirname(file) : file.slice(0, at);
}

function stageError(value: string, expected: string): Error {
  const hint = "Stages are named by notebook and cell id, as the notebook's metadata has them.";
  return notebookError("NOTEBOOK_STAGE", { value, expected, hint });
}
