/**
 * @file Time zones as tables: the instants at which the offset changes, built once, then looked up without objects.
 *
 * Source of the rules: the IANA data base of the JavaScript engine, read through Temporal. Lookups are a comparison
 * while the time stays inside one period and a binary search otherwise; nothing is allocated.
 */
import { Temporal } from "temporal-polyfill";
import { marketError } from "../issues.ts";

/** Years covered by the tables; outside, the nearest period applies. */
const firstYear = 1980;
const lastYear = 2040;
/** Distance from a change of offset beyond which a wall time can have one reading only. */
const nearChangeMs = 26 * 3_600_000;

/** How a wall-clock time relates to UTC: it exists once, twice (autumn) or never (spring). */
export interface LocalReading {
  readonly kind: "unique" | "ambiguous" | "missing";
  /** The earlier instant (UTC ms); for `missing` the instant the wall clock would show without the change. */
  readonly earlier: number;
  /** The later instant; equals `earlier` unless ambiguous. */
  readonly later: number;
}

/** One zone: offsets of UTC to wall time by period. */
export class ZoneTable {
  declare readonly name: string;
  declare private readonly starts: Float64Array;
  declare private readonly offsets: Float64Array;
  declare private period: number;

  /** @param starts UTC ms at which each period begins, the first `-Infinity`. @param offsets wall minus UTC, ms. */
  constructor(name: string, starts: Float64Array, offsets: Float64Array) {
    this.name = name;
    this.starts = starts;
    this.offsets = offsets;
    this.period = 0;
  }

  /** Wall clock minus UTC at an instant, ms. */
  offsetAt(utcMs: number): number {
    const next = this.starts[this.period + 1] ?? Infinity;
    if (utcMs < (this.starts[this.period] ?? -Infinity) || utcMs >= next) this.period = this.find(utcMs);
    return this.offsets[this.period] ?? 0;
  }

  /** Wall-clock milliseconds ("as if UTC") at an instant. */
  toLocal(utcMs: number): number {
    return utcMs + this.offsetAt(utcMs);
  }

  /** The instant of a wall time far from any change of offset, else NaN: the hot path of importers. */
  settledUtc(localMs: number): number {
    const utcMs = localMs - (this.offsets[this.period] ?? 0);
    const settled =
      utcMs >= (this.starts[this.period] ?? -Infinity) + nearChangeMs &&
      utcMs < (this.starts[this.period + 1] ?? Infinity) - nearChangeMs;
    return settled ? utcMs : Number.NaN;
  }

  /** The instant of a wall time; the earlier one where it exists twice. */
  toUtc(localMs: number): number {
    const settled = this.settledUtc(localMs);
    return Number.isNaN(settled) ? this.readLocal(localMs).earlier : settled;
  }

  /** Both readings of a wall time. */
  readLocal(localMs: number): LocalReading {
    const day = 86_400_000;
    const before = localMs - this.offsetAt(localMs - day);
    const after = localMs - this.offsetAt(localMs + day);
    const beforeHolds = before + this.offsetAt(before) === localMs;
    const afterHolds = after + this.offsetAt(after) === localMs;
    if (beforeHolds && afterHolds) {
      const [earlier, later] = before <= after ? [before, after] : [after, before];
      return { kind: earlier === later ? "unique" : "ambiguous", earlier, later };
    }
    if (beforeHolds) return { kind: "unique", earlier: before, later: before };
    if (afterHolds) return { kind: "unique", earlier: after, later: after };
    return { kind: "missing", earlier: before, later: before };
  }

  private find(utcMs: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? Infinity) <= utcMs) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const tables = new Map<string, ZoneTable>();

/**
 * The table of an IANA zone, or of a fixed offset written `UTC`, `UTC+3`, `UTC-05:30`.
 * @throws GrandModelError `ZONE_UNKNOWN` when the name is neither.
 */
export function zoneTable(name: string): ZoneTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = fixedZone(name) ?? ianaZone(name);
  tables.set(name, table);
  return table;
}

function fixedZone(name: string): ZoneTable | undefined {
  const match = /^UTC(?:([+-])(\d{1,2})(?::?([0-5]\d))?)?$/i.exec(name);
  if (match === null) return undefined;
  const sign = match[1] === "-" ? -1 : 1;
  const minutes = Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  return new ZoneTable(name, Float64Array.of(-Infinity), Float64Array.of(sign * minutes * 60_000));
}

function ianaZone(name: string): ZoneTable {
  let at: Temporal.ZonedDateTime;
  try {
    at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(firstYear, 0, 1)).toZonedDateTimeISO(name);
  } catch (cause) {
    throw marketError(
      {
        code: "ZONE_UNKNOWN",
        value: name,
        expected: "an IANA time zone or a fixed offset",
        hint: "Write for example America/New_York, Asia/Jerusalem or UTC+3.",
      },
      cause,
    );
  }
  const starts = [-Infinity];
  const offsets = [at.offsetNanoseconds / 1e6];
  for (let next = at.getTimeZoneTransition("next"); next !== null && next.year < lastYear;) {
    starts.push(next.epochMilliseconds);
    offsets.push(next.offsetNanoseconds / 1e6);
    next = next.getTimeZoneTransition("next");
  }
  return new ZoneTable(name, Float64Array.from(starts), Float64Array.from(offsets));
}
