/** @file A matrix as colours: a row for each column name, time from left to right; blue below, white at, red above zero. */
import { escapeText } from "../../../market/report/quality-chart.ts";
import { label, open, px, size } from "./frame.ts";

export interface MatrixMapOptions {
  /** Names of the matrix's columns. */
  readonly columns: readonly string[];
  /** Value that has the full colour; the largest size unless given. */
  readonly full?: number;
  /** Below the map. */
  readonly x: string;
}

const left = 170;
const rowHeight = 18;
const top = 8;

/** @param values row-major `[rows, columns]`, oldest row first; not finite is grey */
export function matrixMap(values: ArrayLike<number>, { columns, full, x }: MatrixMapOptions): string {
  const rows = Math.floor(values.length / columns.length);
  const cell = (size.width - left - 12) / Math.max(1, rows);
  const largest = full ?? largestOf(values);
  const height = top + columns.length * rowHeight + 24;
  const body = columns.map((name, c) => {
    const y = top + c * rowHeight;
    const cells = Array.from({ length: rows }, (_, r) => {
      const fill = colourOf(values[r * columns.length + c] ?? Number.NaN, largest);
      return `<path d="M${px(left + r * cell)} ${y}h${px(cell + 0.3)}v${rowHeight - 2}h-${px(cell + 0.3)}z" fill="${fill}"/>`;
    });
    return label(left - 6, y + 13, "end", name) + cells.join("");
  });
  const title = `<title>${escapeText(`${columns.length} columns, ${rows} rows`)}</title>`;
  return [
    open(size.width, height),
    title,
    ...body,
    label((left + size.width) / 2, height - 6, "middle", x),
    "</svg>",
  ].join("\n");
}

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (const value of Array.from(values))
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 1 : largest;
}

function colourOf(value: number, largest: number): string {
  if (!Number.isFinite(value)) return "#ddd";
  const strength = Math.min(1, Math.abs(value) / largest);
  const [r, g, b] = value < 0 ? [33, 102, 172] : [178, 24, 43];
  const part = (channel: number): string =>
    Math.round(255 + (channel - 255) * strength)
      .toString(16)
      .padStart(2, "0");
  return `#${part(r)}${part(g)}${part(b)}`;
}
