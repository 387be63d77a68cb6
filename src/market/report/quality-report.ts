/**
 * @file The data-quality report: what a file held, how it was read, what was set aside, masked, filled and found.
 *
 * JSON by `quality-report-schema.ts`, which is the contract; the page (`quality-page.ts`) is made from it.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { isoDay } from "../calendar/civil.ts";
import type { ImportAccount } from "../import/import-bars.ts";
import type { PreparedBars } from "../quality/prepare.ts";
import { rejectReasons } from "../quality/reasons.ts";
import { sessionSpans } from "../quality/sessions.ts";
import type { QualityReport } from "./quality-report-schema.ts";
import { returnScale } from "./scale.ts";

const isoUtc = (ms: number): string => new Date(ms).toISOString();
const isoDate = isoDay;

/** Makes the report of an imported and prepared file. */
export function qualityReport(account: ImportAccount, prepared: PreparedBars): QualityReport {
  const { bars } = prepared;
  const { reading, dialect, quarantine } = account;
  const spans = sessionSpans(bars);
  return {
    schemaVersion: 1,
    file: account.file,
    sha256: bars.fileHash,
    symbol: { ...reading.symbol, known: reading.spec !== undefined },
    dataSource: bars.dataSource,
    intervalMinutes: { value: bars.intervalMs / 60_000, source: reading.intervalMs.source },
    rowsRead: quarantine.rowsRead,
    rows: bars.length - countFlag(bars, barFlag.filled),
    rejected: Object.fromEntries(
      rejectReasons
        .filter((name) => quarantine.byReason[name] > 0)
        .map((name) => [name, quarantine.byReason[name]]),
    ),
    rejectedExamples: quarantine.firstExamples.map(({ line, reasons }) => ({ line, reasons: [...reasons] })),
    dropped: account.dropped,
    firstUtc: isoUtc(bars.t[0] ?? 0),
    lastUtc: isoUtc(bars.t[bars.length - 1] ?? 0),
    columns: { read: [...dialect.columns], ignored: [...dialect.ignored], volume: dialect.hasVolume },
    dateFormats: account.dateForms,
    dateOrder: reading.dateOrder,
    timeZone: timeZone(account),
    stamp: reading.stamp,
    adjustment: reading.adjustment,
    ...zoneCheck(account),
    sessions: {
      count: spans.length,
      histogram: histogram(spans.map(({ from, to }) => realBars(bars, from, to))),
    },
    ...breaks(prepared),
    zeroVolume: countFlag(bars, barFlag.zeroVolume) - countFlag(bars, barFlag.filled),
    flat: countFlag(bars, barFlag.flat) - countFlag(bars, barFlag.filled),
    filled: countFlag(bars, barFlag.filled),
    offTick: countFlag(bars, barFlag.offTick),
    jumps: prepared.jumps.map((i) => isoUtc(bars.t[i] ?? 0)),
    thinSessions: prepared.thinSessions.map(isoDate),
    masked: maskedRows(prepared),
    rolls: prepared.rolls.map(({ t, ratio, source, ambiguous }) => ({
      t: isoUtc(t),
      ratio,
      source,
      ambiguous,
    })),
    ...scaleOf(account, bars),
  };
}

function timeZone({ reading }: ImportAccount): QualityReport["timeZone"] {
  const candidates = reading.inference?.candidates.slice(0, 8) ?? [];
  return {
    ...reading.zone,
    ...(reading.inference === undefined ? {} : { confidence: reading.inference.confidence }),
    equivalent: [...(reading.inference?.equivalent ?? [])],
    candidates: candidates.map(({ zone, stamp, halt, weekend }) => ({ zone, stamp, halt, weekend })),
  };
}

function zoneCheck({ reading }: ImportAccount): Pick<QualityReport, "zoneCheck"> {
  if (reading.zoneCheck === undefined) return {};
  const { halt, weekend, busiest } = reading.zoneCheck;
  return { zoneCheck: { halt, weekend, ...(busiest === undefined ? {} : { busiest }) } };
}

function breaks({
  bars,
  gaps,
  truncated,
}: PreparedBars): Pick<QualityReport, "gapsBySession" | "truncated" | "segments"> {
  return {
    gapsBySession: gaps.map(({ tradeDate, kind, fromMs, missing }) => ({
      tradeDate: isoDate(tradeDate),
      kind,
      fromUtc: isoUtc(fromMs),
      missing,
    })),
    truncated: truncated.map(({ tradeDate, bars: n, normal, lastMs }) => ({
      tradeDate: isoDate(tradeDate),
      bars: n,
      normal,
      lastUtc: isoUtc(lastMs),
    })),
    segments: bars.length === 0 ? 0 : (bars.segment[bars.length - 1] ?? 0) + 1,
  };
}

function maskedRows({ bars, masked }: PreparedBars): QualityReport["masked"] {
  return {
    rows: countFlag(bars, barFlag.masked),
    ranges: masked.map(({ from, to, sessions, reason }) => ({
      fromUtc: isoUtc(bars.t[from] ?? 0),
      toUtc: isoUtc(bars.t[to - 1] ?? 0),
      sessions,
      rows: to - from,
      reason,
    })),
  };
}

function scaleOf({ reading }: ImportAccount, bars: BarSeries): Pick<QualityReport, "scale"> {
  const scale = returnScale(bars, reading.spec);
  return scale === undefined ? {} : { scale: { ...scale } };
}

/** Bars that carry a flag. */
export function countFlag(bars: BarSeries, flag: number): number {
  let n = 0;
  for (const flags of bars.flags) if ((flags & flag) !== 0) n += 1;
  return n;
}

/** Bars of a session that the file holds. */
function realBars(bars: BarSeries, from: number, to: number): number {
  let n = 0;
  for (let i = from; i < to; i++) if (((bars.flags[i] ?? 0) & barFlag.filled) === 0) n += 1;
  return n;
}

function histogram(lengths: readonly number[]): Record<string, number> {
  const counts = new Map<number, number>();
  for (const length of lengths) counts.set(length, (counts.get(length) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => a - b).map(([length, n]) => [String(length), n]));
}
