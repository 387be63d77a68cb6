/**
 * @file JSON arrays of bars as delimited text, so that one parser judges all rows.
 *
 * Accepted: `[[time, o, h, l, c, v], ...]` (freqtrade, exchange APIs) and `[{time, open, ...}, ...]`, also under one key
 * (`{ data: [...] }`). Cells keep their JSON text; null becomes an empty cell, which the parser counts as missing.
 */
import { marketError } from "../issues.ts";

const columns = "time,open,high,low,close,volume";

/** UTF-8 CSV with a header. @throws GrandModelError `FILE_FORMAT`, `NOT_BARS`. */
export function jsonToCsv(text: string, file: string): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw marketError(
      { code: "FILE_FORMAT", file, expected: "JSON", hint: "The file is cut or not JSON." },
      cause,
    );
  }
  const rows = findRows(value);
  const first = rows?.[0];
  if (rows === undefined || first === undefined) throw notBars(file);
  if (Array.isArray(first)) {
    if (first.length < 5) throw notBars(file);
    const header = columns.split(",").slice(0, first.length).join();
    return encode(header, rows, (row) => (Array.isArray(row) ? row.slice(0, 6) : []));
  }
  if (first === null || typeof first !== "object") throw notBars(file);
  const names = Object.keys(first);
  return encode(names.map(cell).join(), rows, (row) =>
    row !== null && typeof row === "object"
      ? names.map((name) => (row as Record<string, unknown>)[name])
      : [],
  );
}

function findRows(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== "object") return undefined;
  return Object.values(value).find((part): part is unknown[] => Array.isArray(part));
}

function encode(
  header: string,
  rows: readonly unknown[],
  cellsOf: (row: unknown) => readonly unknown[],
): Uint8Array {
  const lines = rows.map((row) => cellsOf(row).map(cell).join());
  return new TextEncoder().encode(`${header}\n${lines.join("\n")}\n`);
}

/** Text of one value that cannot break its row. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/["\r\n,]/g, " ");
}

function notBars(file: string): Error {
  return marketError({
    code: "NOT_BARS",
    file,
    expected: "an array of [time, open, high, low, close, volume] or of objects with those names",
    hint: "Export the candles of one instrument as one array.",
  });
}
