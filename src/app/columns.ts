/** @file Rows of words as aligned columns; the last column is not padded. */

/** One line per row; `head`, where given, is the first line. */
export function renderColumns(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const all = head === undefined ? rows : [head, ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row.map((word, i) => (i === row.length - 1 ? word : word.padEnd(widths[i] ?? 0))).join("  "),
    )
    .join("\n");
}
