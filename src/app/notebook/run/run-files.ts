/** @file `grandmodel notebook run` after its arguments are read: each notebook in turn, told line by line. */
import { listenForInterrupts } from "../../../runtime/signals.adapter.ts";
import type { Json } from "../../../runtime/json.ts";
import type { CommandContext, ExitCode } from "../../command.ts";
import { usageError } from "../../issues.ts";
import { writeHtml } from "./html.ts";
import type { CellRecord, NotebookRecord, Rate } from "./record.ts";
import { type FileOutcome, notebooksAt, runFile } from "./run-file.ts";

/** The command's input; times in seconds, grace in ms. */
export interface RunInput {
  readonly path: string;
  readonly profile: "short" | "long";
  readonly cellTimeout: number;
  readonly timeout: number;
  readonly grace: number;
  readonly update: boolean;
  readonly check: boolean;
  readonly allowErrors: boolean;
  readonly html: boolean;
}

/** 0 when all passed, 1 when a cell or check failed or an output differs, 130 when it was stopped. */
export async function runFiles(input: RunInput, context: CommandContext): Promise<ExitCode> {
  if (input.update && input.check) {
    throw usageError(
      "USAGE_VALUE",
      "--update --check",
      "one of the two",
      "Update writes what check compares with.",
    );
  }
  const stop = new AbortController();
  using interrupts = listenForInterrupts(() => {
    context.output.note("stopping: what has run is kept");
    stop.abort();
  });
  const outcomes: FileOutcome[] = [];
  for (const file of notebooksAt(input.path)) {
    if (interrupts.requested() !== undefined) break;
    outcomes.push(await runOne(file, input, stop.signal, context));
  }
  const passed = outcomes.every((outcome) => outcome.passed);
  context.output.result(
    { kind: "notebooks", passed, notebooks: outcomes.map(({ record }) => asJson(record)) },
    outcomes.map(summaryOf).join("\n"),
  );
  if (interrupts.requested() !== undefined) return 130;
  return passed ? 0 : 1;
}

async function runOne(
  file: string,
  input: RunInput,
  stop: AbortSignal,
  { output, runDir }: CommandContext,
): Promise<FileOutcome> {
  output.note(file);
  const outcome = await runFile(file, {
    profile: input.profile,
    cellLimitMs: input.cellTimeout * 1000,
    runLimitMs: input.timeout * 1000,
    graceMs: input.grace,
    allowErrors: input.allowErrors,
    committed: input.update ? "update" : input.check ? "check" : "neither",
    runDir,
    stop,
    onCell: (record, place, of) => {
      output.note(cellLine(record, place, of));
      output.event("cell", { notebook: file, ...asJson(record) });
    },
  });
  for (const { cell, cellId, before, after } of outcome.differences) {
    output.note(
      `  differs: cell ${cell} (${cellId}): the notebook has\n  ${before}\nand this run\n  ${after}`,
    );
  }
  if (input.html) output.note(`page ${writeHtml(outcome.written)}`);
  return outcome;
}

function cellLine({ id, purpose, status, ms, checks, error }: CellRecord, place: number, of: number): string {
  const rate =
    checks.length === 0 ? "" : `, checks ${checks.filter(({ pass }) => pass).length}/${checks.length}`;
  const failed = checks
    .filter(({ pass }) => !pass)
    .map(({ name, measured, threshold }) => `\n      check failed: ${name}: ${measured} (${threshold})`);
  const why = error === undefined ? "" : `\n      ${error}`;
  return `  [${place}/${of}] ${status}  ${id}: ${purpose}  ${(ms / 1000).toFixed(1)} s${rate}${why}${failed.join("")}`;
}

function summaryOf({ record, written, folder }: FileOutcome): string {
  const seconds = (record.ms / 1000).toFixed(1);
  return `${record.notebook}: cells ${rateText(record.cellRate)}, checks ${rateText(record.checkRate)}, ${seconds} s\n  ${written}, ${folder}/run.json`;
}

function rateText({ passed, total }: Rate): string {
  const share = total === 0 ? "" : ` (${((100 * passed) / total).toFixed(0)} %)`;
  return `${passed}/${total}${share}`;
}

function asJson(value: CellRecord | NotebookRecord): { readonly [key: string]: Json } {
  return JSON.parse(JSON.stringify(value)) as { readonly [key: string]: Json };
}
