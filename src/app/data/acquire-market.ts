/**
 * @file The market of a run: both series imported, judged, masked and rolled, or made from the one that is there. Every
 * series says where it came from; the market carries the weakest label of the two (synthetic, bridged, real).
 */
import { type BarSeries, type DataSource, barsBetween, sliceBars } from "../../market/bars.ts";
import { type ContractSpec, contractSpec } from "../../market/instruments.ts";
import { importBars } from "../../market/import/import-file.adapter.ts";
import { marketError } from "../../market/issues.ts";
import { prepareBars } from "../../market/quality/prepare.ts";
import type { QualityReport } from "../../market/report/quality-report-schema.ts";
import { qualityReport } from "../../market/report/quality-report.ts";
import { type Agreement, compareBars, resampleBars } from "../../market/resample.ts";
import { bridgeBars } from "../../market/synthetic/bridge.ts";
import type { GrandModelError } from "../../runtime/errors.ts";
import { hashJson } from "../../runtime/hash.adapter.ts";
import { joinSeries } from "./join-series.ts";
import { type MarketSources, marketSources } from "./market-sources.ts";
import type { MarketWords } from "./market-words.ts";
import { plantedEdge, syntheticBars } from "./synthetic-market.ts";

const minuteMs = 60_000;
const strategicMs = 30 * minuteMs;
const tacticalMs = 5 * minuteMs;
const dayMs = 86_400_000;

/** One series and how it came about. */
export interface AcquiredSeries {
  readonly bars: BarSeries;
  /** `file x.csv`, `bridged from ...`, `resampled from ...`, `synthetic, ...`. */
  readonly origin: string;
  /** How the file was read; absent for a series that was made. */
  readonly report?: QualityReport;
}

/** What a run works on. */
export interface AcquiredMarket {
  readonly symbol: string;
  readonly spec: ContractSpec;
  readonly strategic: AcquiredSeries;
  readonly tactical: AcquiredSeries;
  readonly dataSource: DataSource;
  /** Over both series, their origin and their range: equal hashes, equal markets. */
  readonly dataHash: string;
  /** Five-minute bars resampled, against the 30-minute file, where both are files. */
  readonly agreement?: Agreement;
}

/**
 * Reads or makes both series.
 * @param seed of the synthetic market and of the bridge
 * @throws GrandModelError of the market room; `INTERVAL_MISMATCH` for bars of another size, `MARKET_MISMATCH` for files of
 *   two instruments, `TOO_SHORT` for an empty range, `INSTRUMENT_UNKNOWN`
 */
export async function acquireMarket(words: MarketWords, seed: number): Promise<AcquiredMarket> {
  const made = await seriesOf(marketSources(words), words, seed);
  const strategic = ranged(withLaterBars(made), words, "strategic");
  const tactical = ranged(made.tactical, words, "tactical");
  const { symbol } = strategic.bars;
  const parts = [strategic, tactical].map(({ bars, origin }) => ({
    origin,
    fileHash: bars.fileHash,
    intervalMs: bars.intervalMs,
    bars: bars.length,
    first: bars.t[0] ?? 0,
  }));
  return {
    symbol,
    spec: contractSpec(symbol),
    strategic,
    tactical,
    dataSource: weakest(strategic.bars.dataSource, tactical.bars.dataSource),
    dataHash: hashJson(parts),
    ...agreementOf(made),
  };
}

interface BothSeries {
  readonly strategic: AcquiredSeries;
  readonly tactical: AcquiredSeries;
}

async function seriesOf(sources: MarketSources, words: MarketWords, seed: number): Promise<BothSeries> {
  switch (sources.kind) {
    case "both files": {
      const strategic = atInterval(await readSeries(sources.strategic, words), strategicMs, "strategic");
      const tactical = atInterval(await readSeries(sources.tactical, words), tacticalMs, "tactical");
      if (strategic.bars.symbol !== tactical.bars.symbol)
        throw twoInstruments(strategic.bars.symbol, tactical.bars.symbol);
      return { strategic, tactical };
    }
    case "strategic only":
      return fromLong(atInterval(await readSeries(sources.strategic, words), strategicMs, "strategic"), seed);
    case "tactical only":
      return fromShort(atInterval(await readSeries(sources.tactical, words), tacticalMs, "tactical"));
    case "one file": {
      const series = await readSeries(sources.data, words);
      return series.bars.intervalMs > tacticalMs
        ? fromLong(atInterval(series, strategicMs, "data"), seed)
        : fromShort(atInterval(series, tacticalMs, "data"));
    }
    case "synthetic": {
      const bars = syntheticBars({ symbol: words.symbol ?? "NQ", sessions: words.sessions, seed });
      return fromShort({ bars, origin: `synthetic, planted edge ${plantedEdge} sd a bar, seed ${seed}` });
    }
    default:
      return sources satisfies never;
  }
}

async function readSeries(file: string, { symbol, zone }: MarketWords): Promise<AcquiredSeries> {
  const options = { ...(symbol === undefined ? {} : { symbol }), ...(zone === undefined ? {} : { zone }) };
  const { bars: imported, account } = await importBars(file, options);
  const prepared = prepareBars(imported);
  return { bars: prepared.bars, origin: `file ${file}`, report: qualityReport(account, prepared) };
}

/** The series at the bar size that its stage needs: as it is, or resampled from shorter bars. */
function atInterval(series: AcquiredSeries, wantedMs: number, path: string): AcquiredSeries {
  const { bars, origin } = series;
  if (bars.intervalMs === wantedMs) return series;
  if (bars.intervalMs > wantedMs || path === "strategic") throw wrongInterval(series, wantedMs, path);
  const from = `resampled from ${bars.intervalMs / minuteMs}-minute bars, ${origin}`;
  return { ...series, bars: resampleBars(bars, wantedMs).bars, origin: from };
}

function fromLong(strategic: AcquiredSeries, seed: number): BothSeries {
  const { bars, origin } = strategic;
  const bridged = bridgeBars(bars, seed, contractSpec(bars.symbol));
  return {
    strategic,
    tactical: { bars: bridged, origin: `bridged from 30-minute bars, ${origin}, seed ${seed}` },
  };
}

function fromShort(tactical: AcquiredSeries): BothSeries {
  const { bars } = resampleBars(tactical.bars, strategicMs);
  const origin = tactical.origin.startsWith("file")
    ? `resampled from 5-minute bars, ${tactical.origin}`
    : tactical.origin;
  return { strategic: { bars, origin }, tactical };
}

/** The part between `from` and `to`, and of that the last `sessions`. */
function ranged(series: AcquiredSeries, words: MarketWords, path: string): AcquiredSeries {
  const { from, to, sessions } = words;
  // A trade date begins on the evening before: a day earlier at the start, decided by the session column.
  const [firstDate, lastDate] = [dateNumber(from, 0), dateNumber(to, 99_999_999)];
  const near = barsBetween(series.bars, dateMs(from, -Infinity) - dayMs, dateMs(to, Infinity) + dayMs);
  const inside = byDates(near, firstDate, lastDate);
  const bars = sessions === undefined ? inside : lastSessions(inside, sessions);
  if (bars.length > 0) return { ...series, bars };
  throw marketError({
    code: "TOO_SHORT",
    path,
    value: `${from ?? "start"} to ${to ?? "end"}`,
    expected: "bars in the range",
    hint: "Widen --from and --to, or leave them out.",
  });
}

function byDates(bars: BarSeries, first: number, last: number): BarSeries {
  let from = 0;
  let to = bars.length;
  while (from < to && (bars.session[from] ?? 0) < first) from += 1;
  while (to > from && (bars.session[to - 1] ?? 0) > last) to -= 1;
  return sliceBars(bars, from, to);
}

function lastSessions(bars: BarSeries, count: number): BarSeries {
  let found = 0;
  for (let i = bars.length - 1; i >= 0; i -= 1) {
    if (bars.session[i] === bars.session[i + 1]) continue;
    found += 1;
    if (found > count) return sliceBars(bars, i + 1);
  }
  return bars;
}

function dateNumber(day: string | undefined, absent: number): number {
  return day === undefined ? absent : Number(day.replaceAll("-", ""));
}

function dateMs(day: string | undefined, absent: number): number {
  return day === undefined ? absent : Date.parse(`${day}T00:00:00Z`);
}

function weakest(a: DataSource, b: DataSource): DataSource {
  const order: readonly DataSource[] = ["synthetic", "bridged", "real"];
  return order.find((label) => label === a || label === b) ?? "synthetic";
}

/** Half hours after the end of the 30-minute file, resampled from the 5-minute file where that goes on. */
function withLaterBars({ strategic, tactical }: BothSeries): AcquiredSeries {
  const last = strategic.bars.t[strategic.bars.length - 1] ?? Infinity;
  if ((tactical.bars.t[tactical.bars.length - 1] ?? 0) <= last + dayMs) return strategic;
  const later = barsBetween(resampleBars(tactical.bars, strategicMs).bars, last + strategicMs, Infinity);
  if (later.length === 0) return strategic;
  const bars = joinSeries(strategic.bars, later);
  return { ...strategic, bars, origin: `${strategic.origin}, then resampled from ${tactical.origin}` };
}

function agreementOf({ strategic, tactical }: BothSeries): { readonly agreement?: Agreement } {
  if (strategic.report === undefined || tactical.report === undefined) return {};
  return { agreement: compareBars(strategic.bars, resampleBars(tactical.bars, strategicMs).bars) };
}

function wrongInterval({ bars, origin }: AcquiredSeries, wantedMs: number, path: string): GrandModelError {
  const wanted = wantedMs / minuteMs;
  return marketError({
    code: "INTERVAL_MISMATCH",
    file: origin.replace(/^file /, ""),
    path: `--${path}`,
    value: bars.intervalMs / minuteMs,
    expected: `${wanted}-minute bars${path === "strategic" ? "" : ", or shorter"}`,
    hint: "30-minute bars go to --strategic, 5-minute or 1-minute bars to --tactical.",
  });
}

function twoInstruments(strategic: string, tactical: string): GrandModelError {
  return marketError({
    code: "MARKET_MISMATCH",
    path: "--tactical",
    value: tactical,
    expected: `the instrument of --strategic, ${strategic}`,
    hint: "Both files must hold one instrument; where a name misleads, say which with --symbol.",
  });
}
