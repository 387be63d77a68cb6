/**
 * @file Compares the outputs of two runs of a notebook. Colours, paths, dates and durations are not compared; numbers may
 * differ by 1e-9 relative, because `exp` and `log` differ in the last bit between runtimes. Cells tagged `volatile`
 * compare only how many outputs they have and of which kinds.
 */
import type { Json } from "../../../runtime/json.ts";
import {
  type CodeCell,
  codeCells,
  type CellOutput,
  isObject,
  type Notebook,
  tagsOf,
} from "../document/notebook.ts";

/** Where two runs differ. */
export interface Difference {
  readonly cellId: string;
  /** Number of the code cell, from 1. */
  readonly cell: number;
  readonly before: string;
  readonly after: string;
}

const tolerance = 1e-9;
const longestShown = 200;

/** One difference per cell at most. */
export function differences(before: Notebook, after: Notebook): readonly Difference[] {
  const old = codeCells(before);
  return codeCells(after).flatMap((cell, place) => {
    const match = old.find(({ id }) => id === cell.id);
    const found = match === undefined ? ["no such cell", cell.id] : differenceOf(match, cell);
    if (found === undefined) return [];
    const [was = "", is = ""] = found;
    return [
      {
        cellId: cell.id,
        cell: place + 1,
        before: was.slice(0, longestShown),
        after: is.slice(0, longestShown),
      },
    ];
  });
}

/**
 * The new run with the outputs of the old wherever both say the same, so that a run that finds nothing new leaves no diff.
 */
export function keepEqualOutputs(before: Notebook, after: Notebook): Notebook {
  const old = new Map(codeCells(before).map((cell) => [cell.id, cell]));
  const cells = after.cells.map((cell) => {
    const match = cell.cell_type === "code" ? old.get(cell.id) : undefined;
    if (cell.cell_type !== "code" || match === undefined || match.source !== cell.source) return cell;
    if (differenceOf(match, cell) !== undefined || match.execution_count !== cell.execution_count)
      return cell;
    return { ...cell, outputs: match.outputs };
  });
  return { ...after, cells };
}

function differenceOf(before: CodeCell, after: CodeCell): readonly [string, string] | undefined {
  const read = tagsOf(after).includes("volatile") ? kindsOf : textsOf;
  const [was, is] = [read(before.outputs), read(after.outputs)];
  if (was.length !== is.length) return [`${was.length} outputs`, `${is.length} outputs`];
  const at = was.findIndex((text, i) => !isAlike(text, is[i] ?? ""));
  return at < 0 ? undefined : [was[at] ?? "", is[at] ?? ""];
}

function kindsOf(outputs: readonly CellOutput[]): readonly string[] {
  return outputs.map(
    (output) => `${output.output_type} ${"data" in output ? Object.keys(output.data).sort().join(" ") : ""}`,
  );
}

function textsOf(outputs: readonly CellOutput[]): readonly string[] {
  return outputs.map((output) => canonicalText({ ...output, execution_count: null }));
}

function canonicalText(value: Json): string {
  if (typeof value === "string") return normalised(value);
  if (Array.isArray(value)) return value.map(canonicalText).join("\n");
  if (!isObject(value)) return JSON.stringify(value);
  return Object.keys(value)
    .sort()
    .map((key) => `${key} ${canonicalText(value[key] ?? null)}`)
    .join("\n");
}

// oxlint-disable-next-line no-control-regex -- colour codes start with the control character ESC
const colour = /\u001B\[[0-9;]*m/g;
const folder = /(?:file:\/\/)?\/(?:[\w.@+-]+\/)+/g;
const date = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z?/g;
const duration = /\d[\d,]*(?:\.\d+)? ?(?:ns|us|µs|ms|s|min)\b/g;

function normalised(text: string): string {
  return text
    .replaceAll(colour, "")
    .replaceAll(date, "<date>")
    .replaceAll(folder, "<folder>/")
    .replaceAll(duration, "<time>");
}

const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi;

/** Equal text between the numbers, and numbers within the tolerance. */
function isAlike(before: string, after: string): boolean {
  if (before === after) return true;
  if (before.replaceAll(number, "#") !== after.replaceAll(number, "#")) return false;
  const is = after.match(number) ?? [];
  return (before.match(number) ?? []).every((text, i) => isNear(Number(text), Number(is[i])));
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
