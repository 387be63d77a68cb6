/**
 * @file Runs a notebook top-down on a fresh kernel. A cell is sent only after the one before has succeeded: the kernel
 * ignores `stop_on_error`. After a failure the remaining cells lose their outputs and are recorded as skipped.
 */
import { dirname } from "node:path";
import {
  type Cell,
  codeCells,
  type CodeCell,
  isObject,
  type Notebook,
  purposeOf,
  tagsOf,
} from "../document/notebook.ts";
import { findKernelspec, ownKernel } from "../kernel/kernelspec.ts";
import { type KernelOptions, startKernel } from "../kernel/kernel.ts";
import { type CellRecord, checksIn } from "./record.ts";
import { type CellRun, runCell } from "./run-cell.ts";

export interface RunOptions {
  /** The notebook's file: its folder is the kernel's working directory. */
  readonly file: string;
  readonly profile: "short" | "long";
  readonly cellLimitMs: number;
  readonly runLimitMs: number;
  readonly graceMs: number;
  /** Go on after failures. */
  readonly allowErrors: boolean;
  /** Milliseconds between the interrupt of a cell out of time and the kill. */
  readonly insistMs?: number;
  readonly heartbeat?: NonNullable<KernelOptions["heartbeat"]>;
  /** Ctrl-C: keeps what has run. */
  readonly stop?: AbortSignal;
  readonly log?: string;
  readonly env?: { readonly [name: string]: string };
  readonly onCell?: (record: CellRecord, place: number, of: number) => void;
}

export interface RunOutcome {
  readonly notebook: Notebook;
  readonly records: readonly CellRecord[];
  readonly ms: number;
}

/** @throws GrandModelError `KERNEL_UNKNOWN`, `KERNEL_START`, `NOTEBOOK_RUNTIME_MISSING`; failures of cells are records. */
export async function runNotebook(notebook: Notebook, options: RunOptions): Promise<RunOutcome> {
  const startMs = performance.now();
  const name = kernelNameOf(notebook);
  const kernel = await startKernel({
    name,
    spec: findKernelspec(name),
    folder: dirname(options.file),
    graceMs: options.graceMs,
    env: {
      GRANDMODEL_NOTEBOOK_PROFILE: options.profile,
      GRANDMODEL_NOTEBOOK_RUNNER: String(process.pid),
      ...options.env,
    },
    ...(options.log === undefined ? {} : { log: options.log }),
    ...(options.heartbeat === undefined ? {} : { heartbeat: options.heartbeat }),
  });
  const stop = AbortSignal.any([
    AbortSignal.timeout(options.runLimitMs),
    ...(options.stop === undefined ? [] : [options.stop]),
  ]);
  const limits = { limitMs: options.cellLimitMs, insistMs: options.insistMs ?? 5000, stop };
  const total = codeCells(notebook).length;
  const siblings: Parameters<typeof runCell>[3] = new Map();
  const cells: Cell[] = [];
  const records: CellRecord[] = [];
  let over: string | undefined;
  try {
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") {
        cells.push(cell);
        continue;
      }
      if (over === undefined && stop.aborted) over = "the run was stopped";
      const ran = over === undefined ? await runCell(kernel, cell, limits, siblings) : undefined;
      const record = ran === undefined ? skipped(cell, over ?? "") : recordOf(ran);
      cells.push(ran?.cell ?? { ...cell, outputs: [], execution_count: null });
      records.push(record);
      options.onCell?.(record, records.length, total);
      if (ran !== undefined && endsRun(ran, options.allowErrors)) over = `cell ${records.length} failed`;
    }
  } finally {
    await kernel.shutdown();
  }
  return { notebook: { ...notebook, cells }, records, ms: performance.now() - startMs };
}

/** `metadata.kernelspec.name`, ours unless given. */
export function kernelNameOf(notebook: Notebook): string {
  const spec = notebook.metadata["kernelspec"];
  const name = isObject(spec) ? spec["name"] : undefined;
  return typeof name === "string" ? name : ownKernel;
}

function endsRun({ failure, dead, cell }: CellRun, allowErrors: boolean): boolean {
  return dead || (failure !== undefined && !allowErrors && !tagsOf(cell).includes("raises-exception"));
}

function recordOf({ cell, ms, failure }: CellRun): CellRecord {
  const expected = tagsOf(cell).includes("raises-exception");
  const passed = expected ? failure !== undefined : failure === undefined;
  return {
    id: cell.id,
    purpose: purposeOf(cell),
    status: passed ? "passed" : "failed",
    ms: Math.round(ms),
    checks: checksIn(cell.outputs),
    ...(failure === undefined ? {} : { error: failure }),
  };
}

function skipped(cell: CodeCell, why: string): CellRecord {
  return { id: cell.id, purpose: purposeOf(cell), status: `skipped (${why})`, ms: 0, checks: [] };
}
