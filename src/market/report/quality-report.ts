/**
 * @file The data-quality report: what a file held, how it was read, what was set aside, masked, filled and found.
 *
 * JSON by `quality-report-schema.ts`, which is the contract; the page (`quality-page.ts`) is made from it.
 */
import { barFlag, type BarSeries } from "../bars.ts";
import { isoDay } from "../calendar/civil.ts";
import type { ImportAccount } from "../import/import-bars.ts";
import type { Findings } from "../quality/bar-preparer.ts";
import type { PreparedBars } from "../quality/prepare.ts";
import { rejectReasons } from "../quality/reasons.ts";
import { BarTally } from "./bar-tally.ts";
import type { QualityReport } from "./quality-report-schema.ts";

const isoUtc = (ms: number): string => new Date(ms).toISOString();
const isoDate = isoDay;

/** Makes the report of an imported and prepared file. */
export function qualityReport(account: ImportAccount, prepared: PreparedBars): QualityReport {
  const tally = new BarTally();
  tally.add(prepared.bars);
  return reportOf(account, prepared, tally, prepared.bars.dataSource, prepared.bars.fileHash);
}

/** Makes the report from what was found and counted, so that no bar needs to be in memory. */
export function reportOf(
  account: ImportAccount,
  findings: Findings,
  tally: BarTally,
  dataSource: BarSeries["dataSource"],
  sha256: string,
): QualityReport {
  const { reading, dialect, quarantine } = account;
  const filled = tally.count(barFlag.filled);
  const scale = tally.scale.scale(reading.spec);
  return {
    schemaVersion: 1,
    file: account.file,
    sha256,
    symbol: { ...reading.symbol, known: reading.spec !== undefined },
    dataSource,
    intervalMinutes: { value: reading.intervalMs.value / 60_000, source: reading.intervalMs.source },
    rowsRead: quarantine.rowsRead,
    rows: tally.rows - filled,
    rejected: Object.fromEntries(
      rejectReasons
        .filter((name) => quarantine.byReason[name] > 0)
        .map((name) => [name, quarantine.byReason[name]]),
    ),
    rejectedExamples: quarantine.firstExamples.map(({ line, reasons }) => ({ line, reasons: [...reasons] })),
    dropped: account.dropped,
    firstUtc: isoUtc(tally.firstMs),
    lastUtc: isoUtc(tally.lastMs),
    columns: { read: [...dialect.columns], ignored: [...dialect.ignored], volume: dialect.hasVolume },
    dateFormats: account.dateForms,
    dateOrder: reading.dateOrder,
    timeZone: timeZone(account),
    stamp: reading.stamp,
    adjustment: reading.adjustment,
    ...zoneCheck(account),
    sessions: tally.sessions(),
    ...breaks(findings, tally),
    zeroVolume: tally.count(barFlag.zeroVolume) - filled,
    flat: tally.count(barFlag.flat) - filled,
    filled,
    offTick: tally.count(barFlag.offTick),
    jumps: findings.jumps.map(isoUtc),
    thinSessions: findings.thinSessions.map(isoDate),
    masked: maskedRows(findings, tally),
    rolls: findings.rolls.map(({ t, ratio, source, ambiguous }) => ({
      t: isoUtc(t),
      ratio,
      source,
      ambiguous,
    })),
    ...(scale === undefined ? {} : { scale: { ...scale } }),
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

function breaks(
  { gaps, truncated }: Findings,
  tally: BarTally,
): Pick<QualityReport, "gapsBySession" | "truncated" | "segments"> {
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
    segments: tally.segments,
  };
}

function maskedRows({ masked }: Findings, tally: BarTally): QualityReport["masked"] {
  return {
    rows: tally.count(barFlag.masked),
    ranges: masked.map(({ fromMs, toMs, sessions, rows, reason }) => ({
      fromUtc: isoUtc(fromMs),
      toUtc: isoUtc(toMs),
      sessions,
      rows,
      reason,
    })),
  };
}

/** Bars that carry a flag. */
export function countFlag(bars: BarSeries, flag: number): number {
  let n = 0;
  for (const flags of bars.flags) if ((flags & flag) !== 0) n += 1;
  return n;
}
