/**
 * @file `npm run bench -- notebooks [--runs 10]`: both training notebooks headless on synthetic bars, as in CI, many times in
 * a row. Every output of every run is compared with the first run's: durations aside, which kinds of output, which words
 * and which numbers. Cells tagged `volatile` are compared too, but for the numbers that measure this machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CodeCell, codeCells, type Notebook, tagsOf } from "../src/app/notebook/document/notebook.ts";
import { readNotebook } from "../src/app/notebook/document/read-notebook.ts";
import { differences } from "../src/app/notebook/run/compare.ts";
import { checksIn, cellRate, checkRate } from "../src/app/notebook/run/record.ts";
import { runNotebook } from "../src/app/notebook/run/run-notebook.ts";
import type { BenchContext, Figure, Suite } from "./figures.ts";

const names = ["strategic", "tactical"] as const;
const notebooks = fileURLToPath(new URL("../notebooks/", import.meta.url));

/** Runs, and what differed between them. */
export const notebooksSuite: Suite = async (context) => {
  const figures: Figure[] = [];
  for (const name of names) figures.push(...(await figuresOf(name, context)));
  return figures;
};

async function figuresOf(
  name: (typeof names)[number],
  { quick, runs = 10, step }: BenchContext,
): Promise<readonly Figure[]> {
  const file = join(notebooks, `${name}_mappo_training.ipynb`);
  const source = readNotebook(file);
  const count = quick ? 2 : runs;
  const found: Notebook[] = [];
  const seconds: number[] = [];
  const broken: string[] = [];
  for (let run = 1; run <= count; run += 1) {
    step(`${name}: run ${run} of ${count}`);
    const { notebook, records, ms } = await runOnce(source, file);
    found.push(notebook);
    seconds.push(ms / 1000);
    const rates = [cellRate(records), checkRate(records)];
    if (rates.some(({ passed, total }) => passed < total)) broken.push(`run ${run}`);
  }
  const [first = source, ...rest] = found;
  const differing = rest.flatMap((other, i) =>
    differencesOf(first, other).map((cell) => `run ${i + 2}: ${cell}`),
  );
  const outputs = found.map((notebook) =>
    codeCells(notebook).reduce((sum, cell) => sum + cell.outputs.length, 0),
  );
  const note = `synthetic bars, profile short, ${count} runs, each on a fresh kernel`;
  return [
    { name: `notebooks.${name}.runs`, value: count, unit: "runs", note },
    {
      name: `notebooks.${name}.failed`,
      value: broken.length,
      unit: "runs",
      note: broken.join(", ") || "none",
    },
    {
      name: `notebooks.${name}.outputs`,
      value: outputs[0] ?? 0,
      unit: "outputs",
      note: `in each run: ${[...new Set(outputs)].join(", ")}`,
    },
    {
      name: `notebooks.${name}.differences`,
      value: differing.length,
      unit: "cells",
      note: differing.join("; ") || "none",
    },
    {
      name: `notebooks.${name}.seconds`,
      value: Math.max(...seconds),
      unit: "s",
      note: `slowest; fastest ${Math.min(...seconds).toFixed(1)} s; other work ran on this machine`,
    },
  ];
}

/** In folders of its own, so that no run finds data or checkpoints of another. */
async function runOnce(source: Notebook, file: string): ReturnType<typeof runNotebook> {
  const folder = mkdtempSync(join(tmpdir(), "grandmodel-runs-"));
  try {
    return await runNotebook(source, {
      file,
      profile: "short",
      cellLimitMs: 300_000,
      runLimitMs: 600_000,
      graceMs: 120,
      allowErrors: false,
      env: {
        GRANDMODEL_DATA: folder,
        GRANDMODEL_NOTEBOOK_RUN: folder,
        GRANDMODEL_CHECKPOINT_DIR: folder,
        GRANDMODEL_WORKSPACE: folder,
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Cells that differ; in volatile ones outputs that carry durations are left out and all else must be equal. */
function differencesOf(before: Notebook, after: Notebook): readonly string[] {
  return differences(steady(before), steady(after)).map(
    ({ cellId, before: was, after: is }) => `${cellId}: ${was} | ${is}`,
  );
}

function steady(notebook: Notebook): Notebook {
  return {
    ...notebook,
    cells: notebook.cells.map((cell) => (cell.cell_type === "code" ? steadyCell(cell) : cell)),
  };
}

/** What measures the machine, by name: latencies, megabytes, and the table of the machine itself. */
const measuresMachine = /\bms\b|\bMiB\b|\bGiB\b|memory|Latency|end to end/;

function steadyCell(cell: CodeCell): CodeCell {
  if (!tagsOf(cell).includes("volatile")) return cell;
  const { tags: _, ...metadata } = cell.metadata;
  const outputs = cell.outputs.filter(
    (output) => !("data" in output) || !isMeasured(JSON.stringify(output.data["text/plain"] ?? ""), output),
  );
  return { ...cell, metadata, outputs };
}

function isMeasured(text: string, output: CodeCell["outputs"][number]): boolean {
  return (
    measuresMachine.test(text) || checksIn([output]).some(({ threshold }) => measuresMachine.test(threshold))
  );
}
