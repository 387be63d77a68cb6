/**
 * @file Decides how a surveyed file is to be read: instrument, bar size, date order, zone, stamp side; each with its source.
 *
 * Nothing is assumed in silence: what the caller did not give is inferred with its evidence or refused with the question.
 */
import { type ContractSpec, instruments } from "../instruments.ts";
import { marketError } from "../issues.ts";
import type { Dialect } from "./dialect.ts";
import type { DateOrder, StampSide } from "./presets.ts";
import type { DateOrderFinding, StampSurvey } from "./survey.ts";
import { inferZone, judgeZone, type ZoneCandidate, type ZoneInference } from "./zone-inference.ts";

/** What the caller says about a file. */
export interface ReadingOptions {
  readonly symbol?: string;
  /** Contract of a symbol that the table lacks. */
  readonly spec?: ContractSpec;
  readonly zone?: string;
  readonly stamp?: StampSide;
  readonly dateOrder?: DateOrder;
  readonly intervalMs?: number;
  readonly adjustment?: "none" | "ratio" | "difference";
}

/** A value and where it comes from. */
export interface Found<T> {
  readonly value: T;
  readonly source: string;
}

/** How the file is read. */
export interface FileReading {
  readonly symbol: Found<string>;
  readonly spec: ContractSpec | undefined;
  readonly intervalMs: Found<number>;
  readonly dateOrder: DateOrderFinding;
  readonly zone: Found<string>;
  readonly stamp: Found<StampSide>;
  /** Present when the zone was inferred. */
  readonly inference?: ZoneInference;
  /** Bars in closed time under the chosen reading; undefined for instruments without sessions. */
  readonly zoneCheck: ZoneCandidate | undefined;
  readonly adjustment: "none" | "ratio" | "difference";
  readonly newestFirst: boolean;
}

/**
 * Decides from what is given and what the survey found.
 * @throws GrandModelError `TOO_SHORT`, `NOT_BARS`, `INTERVAL_MISMATCH`, `MIXED_DATE_ORDER`, `DATE_ORDER_UNKNOWN`,
 * `ZONE_UNKNOWN`, `ZONE_SUSPECT`, `NOT_MONOTONIC`.
 */
export function decideReading(
  survey: StampSurvey,
  dialect: Dialect,
  file: string,
  options: ReadingOptions,
): FileReading {
  if (survey.readable === 0) throw noRows(survey, file);
  const symbol = findSymbol(file, options);
  const known = Object.hasOwn(instruments, symbol.value) ? instruments[symbol.value] : undefined;
  const spec = options.spec ?? known;
  const dateOrder = survey.dateOrder(file, options.dateOrder ?? dialect.preset?.dateOrder);
  const intervalMs = findInterval(survey, file, options);
  const zone = findZone(survey, dialect, file, intervalMs.value, spec, options);
  const stamp = findStamp(survey, dialect, zone, intervalMs.value, spec, options);
  const reading = { symbol, spec, intervalMs, dateOrder, zone: zone.zone, stamp };
  const zoneCheck = hasSessions(spec, intervalMs.value)
    ? judgeZone(clockOf(survey), zone.zone.value, stamp.value, intervalMs.value)
    : undefined;
  if (zoneCheck !== undefined && zoneCheck.halt + zoneCheck.weekend > 0) {
    throw zoneSuspect(survey, file, zoneCheck, intervalMs.value);
  }
  return {
    ...reading,
    ...(zone.inference === undefined ? {} : { inference: zone.inference }),
    zoneCheck,
    adjustment: options.adjustment ?? dialect.preset?.adjustment ?? "none",
    newestFirst: survey.backward > 0 && survey.forward === 0,
  };
}

function noRows(survey: StampSurvey, file: string): Error {
  return marketError({
    code: survey.rows === 0 ? "TOO_SHORT" : "REJECTED_ROWS",
    file,
    value: survey.rows,
    expected: "rows of bars with a readable time",
    hint:
      survey.rows === 0
        ? "The file has a header and no rows: check the download."
        : "No row has a time in a known form: write ISO 8601 with offset, or epoch seconds.",
  });
}

/** Clock of the file's stamps: its own, or UTC where stamps carry their offset. */
function clockOf(survey: StampSurvey): StampSurvey["wallClock"] {
  return isNaive(survey) ? survey.wallClock : survey.utcClock;
}

function isNaive(survey: StampSurvey): boolean {
  return survey.wall + survey.packed > 0;
}

/** Instruments with a daily break; bars of a day and more have no place in it. */
function hasSessions(spec: ContractSpec | undefined, intervalMs: number): boolean {
  return spec !== undefined && spec.sessionTemplate !== "always-open" && intervalMs < 86_400_000;
}

/** The symbol, given or by the file's name: `@CL - 30 min`, `NQ1!`, `nq_5m`. */
function findSymbol(file: string, options: ReadingOptions): Found<string> {
  if (options.symbol !== undefined) return { value: options.symbol, source: "given" };
  if (options.spec !== undefined) return { value: options.spec.symbol, source: "given" };
  const words = file
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .map((word) => word.replace(/1$/, ""));
  const found = words.find((word) => Object.hasOwn(instruments, word));
  if (found !== undefined) return { value: found, source: "file name" };
  return { value: file.replace(/\..*$/, ""), source: "file name, not a known instrument" };
}

function findInterval(survey: StampSurvey, file: string, options: ReadingOptions): Found<number> {
  const seen = survey.interval();
  if (options.intervalMs !== undefined) {
    if (seen !== undefined && seen.share > 0.5 && seen.intervalMs !== options.intervalMs) {
      throw marketError({
        code: "INTERVAL_MISMATCH",
        file,
        path: "interval",
        value: options.intervalMs / 60_000,
        expected: `${seen.intervalMs / 60_000} minutes, the step of ${Math.round(seen.share * 100)} % of the rows`,
        hint: "Leave out --interval, or name the bar size that the file has.",
      });
    }
    return { value: options.intervalMs, source: "given" };
  }
  if (seen === undefined) {
    if (survey.backward > 0) return { value: 60_000, source: "unknown: time only runs backward" };
    throw marketError({
      code: "INTERVAL_MISMATCH",
      file,
      value: survey.readable,
      expected: "at least two bars, to see the bar size",
      hint: "Say the bar size: --interval 5m.",
    });
  }
  if (
    seen.intervalMs % 1000 !== 0 ||
    (86_400_000 % seen.intervalMs !== 0 && seen.intervalMs % 86_400_000 !== 0)
  ) {
    throw marketError({
      code: "NOT_BARS",
      file,
      value: `${seen.intervalMs} ms`,
      expected: "bars of a fixed length on the clock",
      hint: "These are tick or volume bars: export time bars (1, 5 or 30 minutes), or say --interval.",
    });
  }
  return { value: seen.intervalMs, source: `step of ${(seen.share * 100).toFixed(1)} % of the rows` };
}

function findZone(
  survey: StampSurvey,
  dialect: Dialect,
  file: string,
  intervalMs: number,
  spec: ContractSpec | undefined,
  options: ReadingOptions,
): { readonly zone: Found<string>; readonly inference?: ZoneInference } {
  if (!isNaive(survey)) return { zone: { value: "UTC", source: "in the stamps" } };
  if (options.zone !== undefined) return { zone: { value: options.zone, source: "given" } };
  if (dialect.headerZone !== undefined)
    return { zone: { value: dialect.headerZone, source: "name of the time column" } };
  if (dialect.preset?.zone !== undefined) {
    return { zone: { value: dialect.preset.zone, source: `preset ${dialect.preset.name}` } };
  }
  if (intervalMs >= 86_400_000) return { zone: { value: "UTC", source: "bars of a day have no zone" } };
  if (spec?.sessionTemplate === "always-open") throw zoneUnknown(file, undefined);
  const inference = inferZone(survey.wallClock, intervalMs, options.stamp ?? givenStamp(dialect));
  if (inference.kind !== "inferred" || inference.zone === undefined) throw zoneUnknown(file, inference);
  return { zone: { value: inference.zone, source: "session break and volume profile" }, inference };
}

/** The stamp side of a preset that was named or recognised. */
function givenStamp(dialect: Dialect): StampSide | undefined {
  return dialect.preset?.stamp;
}

function findStamp(
  survey: StampSurvey,
  dialect: Dialect,
  zone: { readonly zone: Found<string>; readonly inference?: ZoneInference },
  intervalMs: number,
  spec: ContractSpec | undefined,
  options: ReadingOptions,
): Found<StampSide> {
  if (options.stamp !== undefined) return { value: options.stamp, source: "given" };
  const preset = givenStamp(dialect);
  if (preset !== undefined) return { value: preset, source: `preset ${dialect.preset?.name ?? ""}` };
  if (zone.inference?.stamp !== undefined) return { value: zone.inference.stamp, source: "session break" };
  if (hasSessions(spec, intervalMs)) {
    const clock = clockOf(survey);
    const start = judgeZone(clock, zone.zone.value, "start", intervalMs);
    const end = judgeZone(clock, zone.zone.value, "end", intervalMs);
    const strays = (side: ZoneCandidate): number => side.halt + side.weekend;
    if (strays(start) !== strays(end)) {
      return { value: strays(start) < strays(end) ? "start" : "end", source: "session break" };
    }
  }
  return { value: "start", source: "assumed: the file has no session break that could tell" };
}

function zoneUnknown(file: string, inference: ZoneInference | undefined): Error {
  const best = inference?.candidates.filter((one) => one.halt + one.weekend === 0).slice(0, 4) ?? [];
  const seen = best.map(({ zone, stamp }) => `${zone} (bar ${stamp})`).join(", ");
  return marketError({
    code: "ZONE_UNKNOWN",
    file,
    expected: "naive stamps with enough sessions around the daily break to infer their zone",
    hint: `Say --zone America/New_York (or the zone of the file), or --preset.${seen === "" ? "" : ` Not contradicted: ${seen}.`}`,
  });
}

function zoneSuspect(survey: StampSurvey, file: string, found: ZoneCandidate, intervalMs: number): Error {
  const table = inferZone(clockOf(survey), intervalMs)
    .candidates.slice(0, 5)
    .map((one) => `${one.zone} bar-${one.stamp}: ${one.halt} halt, ${one.weekend} weekend`)
    .join("; ");
  return marketError({
    code: "ZONE_SUSPECT",
    file,
    path: "zone",
    value: `${found.zone}: ${found.halt} bars in the daily break, ${found.weekend} at the weekend`,
    expected: "no bar while the exchange is closed",
    hint: `Another zone or stamp side? ${table}.`,
  });
}
