/**
 * @file All code cells of a notebook as one module, and the way back from a position to cell and line. Cells are set apart
 * by `;` on a line of its own, so that one ending without a semicolon cannot merge with the next.
 */
import type { CodeCell } from "../document/notebook.ts";

/** A place in a notebook. */
export interface CellPlace {
  readonly cell: CodeCell;
  /** Number of the code cell, from 1. */
  readonly number: number;
  /** Line in the cell, from 1. */
  readonly line: number;
}

export interface JoinedSource {
  readonly text: string;
  /** The cell and line that a character of `text` belongs to. */
  readonly placeOf: (position: number) => CellPlace | undefined;
}

const separator = "\n;\n";

export function joinCells(cells: readonly CodeCell[]): JoinedSource {
  const starts: number[] = [];
  let text = "";
  for (const cell of cells) {
    starts.push(text.length);
    text += cell.source + separator;
  }
  const placeOf = (position: number): CellPlace | undefined => {
    const at = starts.findLastIndex((start) => start <= position);
    const cell = cells[at];
    const start = starts[at];
    if (cell === undefined || start === undefined) return undefined;
    const line = cell.source.slice(0, position - start).split("\n").length;
    return { cell, number: at + 1, line };
  };
  return { text: `${text}export {}\n`, placeOf };
}
