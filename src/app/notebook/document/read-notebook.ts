/**
 * @file Reads nbformat 4. Minors below 5 are raised by giving cells ids made from their place and text, so that reading
 * twice gives equal ids; `transient` and unknown fields of outputs are dropped.
 */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { sha256 } from "../../../runtime/hash.adapter.ts";
import type { Json } from "../../../runtime/json.ts";
import { notebookError } from "../issues.ts";
import { mimeStorage } from "./mime.ts";
import type { Cell, MimeBundle, Notebook } from "./notebook.ts";

const lines = z.union([z.string(), z.array(z.string())]).transform((text) => asText(text));
const jsonObject = z.record(z.string(), z.json());
const bundle = jsonObject.transform((data): MimeBundle => joined(data));
const count = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? null);

const outputSchema = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.enum(["stdout", "stderr"]), text: lines }),
  z.object({ output_type: z.literal("display_data"), data: bundle, metadata: jsonObject.default({}) }),
  z.object({
    output_type: z.literal("execute_result"),
    data: bundle,
    metadata: jsonObject.default({}),
    execution_count: count,
  }),
  z.object({
    output_type: z.literal("error"),
    ename: z.string(),
    evalue: z.string(),
    traceback: z.array(z.string()).default([]),
  }),
]);

const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/)
  .optional();
const shared = { id, metadata: jsonObject.default({}), source: lines };
const cellSchema = z.discriminatedUnion("cell_type", [
  z.object({
    ...shared,
    cell_type: z.literal("code"),
    execution_count: count,
    outputs: z.array(outputSchema).default([]),
  }),
  z.object({ ...shared, cell_type: z.literal("markdown"), attachments: jsonObject.optional() }),
  z.object({ ...shared, cell_type: z.literal("raw"), attachments: jsonObject.optional() }),
]);

const notebookSchema = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.int().min(0),
  metadata: jsonObject,
  cells: z.array(cellSchema),
});

/** @throws GrandModelError `NOTEBOOK_INVALID` with the place of the first fault. */
export function readNotebook(file: string): Notebook {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw invalid(file, undefined, "a file that can be read", cause);
  }
  return parseNotebook(text, file);
}

/** The notebook in a file's text. @throws GrandModelError `NOTEBOOK_INVALID`. */
export function parseNotebook(text: string, file: string): Notebook {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw invalid(file, undefined, "JSON", cause);
  }
  const parsed = notebookSchema.safeParse(document);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw invalid(file, first?.path.map(String).join("."), first?.message ?? "nbformat 4", parsed.error);
  }
  const cells = parsed.data.cells.map((cell, place): Cell => {
    const withId = { ...cell, id: cell.id ?? sha256(Buffer.from(`${place}\n${cell.source}`)).slice(0, 8) };
    return withoutUndefined(withId) as Cell;
  });
  const repeated = cells.find((cell, place) => cells.findIndex((other) => other.id === cell.id) !== place);
  if (repeated !== undefined) throw invalid(file, `cell ${repeated.id}`, "an id of its own for each cell");
  return { metadata: parsed.data.metadata, cells };
}

/** A list of lines is one text. */
export function asText(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join("");
}

/** A MIME bundle with textual values joined; JSON types keep their value. */
function joined(data: { readonly [type: string]: Json }): MimeBundle {
  const entries = Object.entries(data).map(([type, value]): [string, Json] => {
    const isLines = Array.isArray(value) && value.every((part) => typeof part === "string");
    return [type, isLines && mimeStorage(type) !== "json" ? value.join("") : value];
  });
  return Object.fromEntries(entries);
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

function invalid(file: string, path: string | undefined, expected: string, cause?: unknown): Error {
  const hint = "Open it in Jupyter and save it again, or restore it: grandmodel reads nbformat 4.";
  return notebookError(
    "NOTEBOOK_INVALID",
    { file, ...(path === undefined ? {} : { path }), expected, hint },
    cause,
  );
}
