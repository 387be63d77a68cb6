/**
 * @file Writes nbformat 4.5 as Jupyter does: keys sorted, indent 1, text in lines that keep their line end, UTF-8
 * unescaped, one final newline. Writing what was read gives equal bytes, so a run that changes nothing leaves no diff.
 */
import { writeFileAtomic } from "../../../runtime/files/atomic.adapter.ts";
import type { Json } from "../../../runtime/json.ts";
import { mimeStorage } from "./mime.ts";
import { type Cell, type CellOutput, isObject, type MimeBundle, type Notebook } from "./notebook.ts";

/** Replaces the file in one step. */
export function writeNotebook(file: string, notebook: Notebook): void {
  writeFileAtomic(file, notebookText(notebook));
}

/** The file's text. */
export function notebookText(notebook: Notebook): string {
  const document: Json = {
    cells: notebook.cells.map(storedCell),
    metadata: notebook.metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(sorted(document), undefined, 1)}\n`;
}

function storedCell(cell: Cell): Json {
  const { cell_type, id, metadata } = cell;
  const common = { cell_type, id, metadata, source: linesOf(cell.source) };
  if (cell.cell_type !== "code") {
    return cell.attachments === undefined ? common : { ...common, attachments: cell.attachments };
  }
  return { ...common, execution_count: cell.execution_count, outputs: cell.outputs.map(storedOutput) };
}

function storedOutput(output: CellOutput): Json {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: linesOf(output.text) };
    case "display_data":
    case "execute_result":
      return { ...output, data: storedBundle(output.data) };
    case "error":
      return { ...output, traceback: [...output.traceback] };
    default:
      return output satisfies never;
  }
}

function storedBundle(data: MimeBundle): Json {
  const entries = Object.entries(data).map(([type, value]): [string, Json] => [
    type,
    typeof value === "string" && mimeStorage(type) === "lines" ? linesOf(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Lines with their line ends; no empty last line. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]));
}
