/** @file Rows as a table: HTML in a notebook, aligned columns as text. */
import { escapeText } from "../../../market/report/quality-chart.ts";
import { type Displayable, withBundle } from "./displayable.ts";

/** A value in a cell of a table. */
export type TableValue = string | number | boolean | null | undefined;

export interface TableOptions<Key extends string> {
  /** Which fields, in which order; all of the first row unless given. */
  readonly columns?: readonly Key[];
  /** Units behind the heads. */
  readonly units?: { readonly [K in Key]?: string };
  readonly title?: string;
}

/** Numbers are right-aligned with six significant figures; missing values are a dash. */
export function table<Key extends string>(
  rows: readonly { readonly [K in Key]?: TableValue }[],
  options: TableOptions<Key> = {},
): Displayable {
  const columns = options.columns ?? (Object.keys(rows[0] ?? {}) as Key[]);
  const heads = columns.map((column) => {
    const unit = new Map<string, string | undefined>(Object.entries(options.units ?? {})).get(column);
    return unit === undefined ? column : `${column} (${unit})`;
  });
  const cells = rows.map((row) => columns.map((column) => textOf(row[column])));
  const numeric = columns.map((column) => rows.every((row) => typeof row[column] === "number"));
  return withBundle(() => ({
    "text/plain": plain(options.title, heads, cells, numeric),
    "text/html": html(options.title, heads, cells, numeric),
  }));
}

function textOf(value: TableValue): string {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  return Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(6)));
}

function plain(
  title: string | undefined,
  heads: readonly string[],
  cells: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const widths = heads.map((head, c) => Math.max(head.length, ...cells.map((row) => row[c]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, c) => (numeric[c] === true ? text.padStart(widths[c] ?? 0) : text.padEnd(widths[c] ?? 0)))
      .join("  ")
      .trimEnd();
  return [...(title === undefined ? [] : [title]), line(heads), ...cells.map(line)].join("\n");
}

function html(
  title: string | undefined,
  heads: readonly string[],
  cells: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const cell = (tag: string, text: string, c: number): string =>
    `<${tag} style="text-align:${numeric[c] === true ? "right" : "left"}">${escapeText(text)}</${tag}>`;
  const row = (tag: string, texts: readonly string[]): string =>
    `<tr>${texts.map((text, c) => cell(tag, text, c)).join("")}</tr>`;
  const caption =
    title === undefined
      ? ""
      : `<caption style="white-space:nowrap;text-align:left">${escapeText(title)}</caption>`;
  return `<table>${caption}\n${[row("th", heads), ...cells.map((each) => row("td", each))].join("\n")}\n</table>`;
}
