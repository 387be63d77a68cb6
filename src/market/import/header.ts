/**
 * @file Header names to column roles: by name, never by position; unknown columns are ignored and listed.
 */
import { marketError } from "../issues.ts";
import { columnRole } from "./rows.kernel.ts";

type Role = keyof typeof columnRole;

/** Names of each role, lower case. */
const aliases: Readonly<Record<string, Role>> = {
  "": "stamp",
  timestamp: "stamp",
  datetime: "stamp",
  time: "stamp",
  t: "stamp",
  date: "stamp",
  "<date>": "stamp",
  "<time>": "clock",
  "date time": "stamp",
  ts_event: "stamp",
  "gmt time": "stamp",
  time_utc: "stamp",
  timestamp_utc: "stamp",
  open_time: "stamp",
  "open time": "stamp",
  starttime: "stamp",
  open: "open",
  o: "open",
  "<open>": "open",
  high: "high",
  h: "high",
  "<high>": "high",
  low: "low",
  llow: "low",
  l: "low",
  "<low>": "low",
  close: "close",
  c: "close",
  last: "close",
  "<close>": "close",
  volume: "volume",
  vol: "volume",
  v: "volume",
  "<vol>": "volume",
  tickvol: "tickVolume",
  tick_volume: "tickVolume",
  "<tickvol>": "tickVolume",
  symbol: "symbol",
};

/** Time columns whose name states their zone. */
const zoneByName: Readonly<Record<string, string>> = {
  time_utc: "UTC",
  timestamp_utc: "UTC",
  "gmt time": "UTC",
};

/** What a header says. */
export interface HeaderReading {
  /** `columnRole` per column, cut after the last used one. */
  readonly roles: Uint8Array;
  readonly ignored: readonly string[];
  /** Zone that the name of the time column states. */
  readonly zone?: string;
  readonly hasVolume: boolean;
  readonly hasSymbol: boolean;
}

/** True when some names are those of prices: the row is a header, not data. */
export function looksLikeHeader(names: readonly string[]): boolean {
  return names.some((name) => /[a-z]/.test(name) && !/^[+-]?(?:nan|inf(?:inity)?)$|\d{4}|^\d/.test(name));
}

/**
 * Roles of the columns.
 * @throws GrandModelError `COLUMN_DUPLICATE`, `HEADER_UNKNOWN`, or `NOT_BARS` for trades and order books.
 */
export function readHeader(names: readonly string[], file: string): HeaderReading {
  const roles: Role[] = names.map((name) =>
    Object.hasOwn(aliases, name) ? (aliases[name] ?? "ignored") : "ignored",
  );
  splitDateAndTime(names, roles);
  for (const role of ["stamp", "clock", "open", "high", "low", "close", "volume"] as const) {
    const owners = names.filter((_, i) => roles[i] === role);
    if (owners.length > 1) {
      throw marketError({
        code: "COLUMN_DUPLICATE",
        file,
        line: 1,
        path: role,
        value: owners.join(", "),
        expected: `one column for ${role}`,
        hint: "Remove or rename one of the columns; which one is right is not guessed.",
      });
    }
  }
  if (!roles.includes("volume")) {
    const ticks = roles.indexOf("tickVolume");
    if (ticks >= 0) roles[ticks] = "volume";
  }
  const missing = (["stamp", "open", "high", "low", "close"] as const).filter(
    (role) => !roles.includes(role),
  );
  if (missing.length > 0) throw unusableHeader(names, missing, file);
  const lastUsed = roles.findLastIndex((role) => role !== "ignored" && role !== "symbol");
  const symbolAt = roles.indexOf("symbol");
  const zone = names.map((name) => zoneByName[name]).find((found) => found !== undefined);
  return {
    roles: Uint8Array.from(roles.slice(0, Math.max(lastUsed, symbolAt) + 1), (role) => columnRole[role]),
    ignored: names.filter((_, i) => roles[i] === "ignored"),
    ...(zone === undefined ? {} : { zone }),
    hasVolume: roles.includes("volume"),
    hasSymbol: symbolAt >= 0,
  };
}

/** `date` beside `time` is a day beside a clock. */
function splitDateAndTime(names: readonly string[], roles: Role[]): void {
  const date = names.indexOf("date");
  const time = names.indexOf("time");
  if (date >= 0 && time >= 0) roles[time] = "clock";
}

function unusableHeader(names: readonly string[], missing: readonly string[], file: string): Error {
  const book = names.find((name) => /^(?:bids?|asks?)\b|is_snapshot|^side$|^amount$|^price$/.test(name));
  if (book !== undefined) {
    return marketError({
      code: "NOT_BARS",
      file,
      line: 1,
      value: book,
      expected: "bars with open, high, low and close",
      hint: "This is trade or order-book data: aggregate it to bars first, then import the bars.",
    });
  }
  return marketError({
    code: "HEADER_UNKNOWN",
    file,
    line: 1,
    value: names.join(",").slice(0, 200),
    expected: `columns for ${missing.join(", ")}`,
    hint: "Rename the columns to time, open, high, low, close, volume, or name the vendor with --preset.",
  });
}
