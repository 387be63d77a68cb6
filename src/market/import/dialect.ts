/**
 * @file The dialect of a delimited file from its first lines: separator, header or none, columns, vendor.
 */
import { marketError } from "../issues.ts";
import { type HeaderReading, looksLikeHeader, readHeader } from "./header.ts";
import { type Preset, presetOfHeader, presets } from "./presets.ts";
import { columnRole, type RowLayout } from "./rows.kernel.ts";

/** How to read a file's rows. */
export interface Dialect {
  readonly layout: RowLayout;
  readonly separator: string;
  /** Line of the first data row, from 1. */
  readonly firstLine: number;
  readonly columns: readonly string[];
  readonly ignored: readonly string[];
  readonly hasVolume: boolean;
  readonly preset?: Preset;
  /** How the preset was found. */
  readonly presetSource?: "given" | "recognised by its header";
  /** Zone that the header names. */
  readonly headerZone?: string;
}

/** What the caller knows. */
export interface DialectOptions {
  readonly file: string;
  readonly preset?: string;
  /** Only rows of this symbol, for files that mix contracts. */
  readonly contract?: string;
  /** UTC midnight of the file's date, for stamps counted from it. */
  readonly midnightMs?: number;
}

const separators = [",", ";", "\t", "|"] as const;

/** Cells of one line, trimmed and unquoted. */
function cells(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

/** The separator that cuts most of the lines into the same number (at least 4) of fields. */
function findSeparator(lines: readonly string[], file: string): string {
  let best: { readonly separator: string; readonly score: number } | undefined;
  for (const separator of separators) {
    const counts = lines.map((line) => line.split(separator).length);
    const usual = counts.toSorted((a, b) => a - b)[counts.length >> 1] ?? 1;
    const score = usual < 4 ? 0 : counts.filter((count) => count === usual).length;
    if (score > 0 && (best === undefined || score > best.score)) best = { separator, score };
  }
  if (best !== undefined) return best.separator;
  throw marketError({
    code: "HEADER_UNKNOWN",
    file,
    line: 1,
    value: (lines[0] ?? "").slice(0, 120),
    expected: "rows of at least 4 fields between commas, semicolons, tabs or bars",
    hint: "Export the bars as CSV with a header: time,open,high,low,close,volume.",
  });
}

/** The named preset. @throws GrandModelError `HEADER_UNKNOWN` with the known names. */
function presetByName(name: string, file: string): Preset {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset !== undefined) return preset;
  throw marketError({
    code: "HEADER_UNKNOWN",
    file,
    path: "preset",
    value: name,
    expected: `one of ${Object.keys(presets).join(", ")}`,
    hint: "Choose a preset from the list, or leave it out and let the header speak.",
  });
}

/**
 * Reads the dialect from the head of a file.
 * @param head text of the first lines (a cut last line is ignored by the caller's choice of head).
 * @throws GrandModelError `HEADER_UNKNOWN`, `COLUMN_DUPLICATE`, `NOT_BARS`, `TOO_SHORT`.
 */
export function readDialect(head: string, options: DialectOptions): Dialect {
  const given = options.preset === undefined ? undefined : presetByName(options.preset, options.file);
  const numbered = head
    .split(/\r\n|\n|\r/)
    .map((text, i) => ({ text, line: i + 1 }))
    .filter(({ text }) => text.trim() !== "" && !text.startsWith("#"))
    .slice(0, 60);
  const first = numbered[0];
  if (first === undefined) throw tooShort(options.file);
  const separator = findSeparator(
    numbered.map(({ text }) => text),
    options.file,
  );
  const written = cells(first.text, separator);
  const names = written.map((name) => name.toLowerCase());
  if (!looksLikeHeader(names)) return withoutHeader(names, separator, first.line, given, options);
  const header = readHeader(names, options.file);
  const stampAt = header.roles.indexOf(columnRole.stamp);
  const data = numbered.slice(1).find(({ text }) => /^\d/.test(cells(text, separator)[stampAt] ?? ""));
  const firstStamp = data === undefined ? "" : (cells(data.text, separator)[stampAt] ?? "");
  const preset = given ?? presetOfHeader(written, firstStamp);
  requireSymbol(header, options);
  return {
    layout: {
      separator: separator.charCodeAt(0),
      roles: header.roles,
      midnightMs: options.midnightMs ?? 0,
      symbol: new TextEncoder().encode(options.contract ?? firstSymbol(header, data?.text, separator)),
      priceDivisor: isFixedPoint(preset, data?.text, header, separator) ? 1e9 : 1,
    },
    separator,
    firstLine: data?.line ?? first.line + 1,
    columns: names,
    ignored: header.ignored,
    hasVolume: header.hasVolume,
    ...(preset === undefined ? {} : { preset }),
    ...(preset === undefined
      ? {}
      : { presetSource: given === undefined ? "recognised by its header" : "given" }),
    ...(header.zone === undefined ? {} : { headerZone: header.zone }),
  };
}

function tooShort(file: string): Error {
  return marketError({
    code: "TOO_SHORT",
    file,
    expected: "rows of bars",
    hint: "The file is empty: check the download or the export.",
  });
}

/** Vendors that write prices as integers of 1e-9 use no decimal point. */
function isFixedPoint(
  preset: Preset | undefined,
  row: string | undefined,
  header: HeaderReading,
  separator: string,
): boolean {
  if (preset?.fixedPoint !== true || row === undefined) return false;
  const open = cells(row, separator)[header.roles.indexOf(columnRole.open)] ?? "";
  return /^-?\d+$/.test(open);
}

/** Symbol of the first row where rows have one: rows of others are counted, so that mixed files are noticed. */
function firstSymbol(header: HeaderReading, row: string | undefined, separator: string): string {
  if (!header.hasSymbol || row === undefined) return "";
  return cells(row, separator)[header.roles.indexOf(columnRole.symbol)] ?? "";
}

function requireSymbol(header: HeaderReading, options: DialectOptions): void {
  if (options.contract === undefined || header.hasSymbol) return;
  throw marketError({
    code: "HEADER_UNKNOWN",
    file: options.file,
    path: "contract",
    value: options.contract,
    expected: "a symbol column to filter by",
    hint: "Leave out --contract: this file holds one instrument.",
  });
}

/** Files without a header need a preset that says what the columns are. */
function withoutHeader(
  names: readonly string[],
  separator: string,
  firstLine: number,
  preset: Preset | undefined,
  options: DialectOptions,
): Dialect {
  if (preset?.columns === undefined) throw headerless(names, separator, options.file);
  if (names.length < preset.columns.length) throw headerless(names, separator, options.file);
  return {
    layout: {
      separator: separator.charCodeAt(0),
      roles: Uint8Array.from(preset.columns, (role) => columnRole[role]),
      midnightMs: options.midnightMs ?? 0,
      symbol: new Uint8Array(0),
      priceDivisor: 1,
    },
    separator,
    firstLine,
    columns: preset.columns,
    ignored: [],
    hasVolume: preset.columns.includes("volume"),
    preset,
    presetSource: "given",
  };
}

function headerless(names: readonly string[], separator: string, file: string): Error {
  if (names.length < 6) {
    return marketError({
      code: "NOT_BARS",
      file,
      line: 1,
      value: names.join(separator).slice(0, 120),
      expected: "bars with time, open, high, low, close and volume",
      hint: `Rows of ${names.length} fields without a header are ticks or quotes: aggregate them to bars first.`,
    });
  }
  return marketError({
    code: "HEADER_UNKNOWN",
    file,
    line: 1,
    value: names.join(separator).slice(0, 120),
    expected: "a header, or a preset that says what the columns are",
    hint: `Add a header line, or --preset: ${likelyPresets(names, separator).join(" or ")}.`,
  });
}

/** Presets whose files look like this one. */
function likelyPresets(names: readonly string[], separator: string): readonly string[] {
  const first = names[0] ?? "";
  if (names.length === 12 && /^\d{13,16}$/.test(first)) return ["binance"];
  if (separator === ";" && /^\d{8} \d{6}$/.test(first))
    return ["ninjatrader (bar ends, UTC)", "histdata (UTC-5)"];
  if (separator === ";" && /^\d\d\/\d\d\/\d{4}$/.test(first)) return ["backtestmarket"];
  if (/^\d{1,8}$/.test(first)) return ["lean"];
  return ["default (time,open,high,low,close,volume)", "firstrate"];
}
