/**
 * @file What a notebook is in memory: nbformat 4.5 with texts joined. Field names are the format's own, so that a reader
 * who knows it knows these types. Invariant: every cell has an id, unique in its notebook.
 */
import type { Json } from "../../../runtime/json.ts";

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Representations of one output by MIME type: text for textual and base64 kinds, JSON values for JSON kinds. */
export type MimeBundle = JsonObject;

/** Text that a cell printed. */
export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** Something that a cell showed. */
export interface DisplayOutput {
  readonly output_type: "display_data";
  readonly data: MimeBundle;
  readonly metadata: JsonObject;
}

/** The value of a cell's last expression. */
export interface ResultOutput {
  readonly output_type: "execute_result";
  readonly data: MimeBundle;
  readonly metadata: JsonObject;
  readonly execution_count: number | null;
}

/** Why a cell failed. */
export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type CellOutput = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

export interface CodeCell {
  readonly cell_type: "code";
  readonly id: string;
  readonly metadata: JsonObject;
  readonly source: string;
  readonly execution_count: number | null;
  readonly outputs: readonly CellOutput[];
}

export interface TextCell {
  readonly cell_type: "markdown" | "raw";
  readonly id: string;
  readonly metadata: JsonObject;
  readonly source: string;
  readonly attachments?: JsonObject;
}

export type Cell = CodeCell | TextCell;

export interface Notebook {
  readonly metadata: JsonObject;
  readonly cells: readonly Cell[];
}

/** The cells that run, in order. */
export function codeCells(notebook: Notebook): readonly CodeCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

/** What a cell says of itself under `metadata.grandmodel`; empty where it says nothing. */
export function ownMetadata(cell: Cell): JsonObject {
  const own = cell.metadata["grandmodel"];
  return isObject(own) ? own : {};
}

/** `metadata.tags` of a cell. */
export function tagsOf(cell: Cell): readonly string[] {
  const tags = cell.metadata["tags"];
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** What the cell is for: `metadata.grandmodel.purpose`, else its first line. */
export function purposeOf(cell: Cell): string {
  const { purpose } = ownMetadata(cell);
  return typeof purpose === "string" ? purpose : (cell.source.split("\n", 1)[0] ?? "");
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
