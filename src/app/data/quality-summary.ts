/** @file What a person should know about the market of a run before believing a number: two or three lines, and warnings. */
import { barFlag } from "../../market/bars.ts";
import { countFlag } from "../../market/report/quality-report.ts";
import type { Json } from "../../runtime/json.ts";
import { renderColumns } from "../columns.ts";
import { group } from "../progress/pace.ts";
import type { AcquiredMarket, AcquiredSeries } from "./acquire-market.ts";

/** Below this share of equal bars the two files are hardly the same market. */
const agreementWarning = 0.5;

/** Lines for people. */
export function marketText(market: AcquiredMarket): string {
  const rows = [seriesRow("strategic", market.strategic), seriesRow("tactical", market.tactical)];
  const { agreement } = market;
  const agreed =
    agreement === undefined
      ? []
      : [
          agreement.common === 0
            ? "the two files share no bars: they are compared nowhere"
            : `of ${group(agreement.common)} half hours in both files ${((100 * agreement.equal) / agreement.common).toFixed(1)} % have equal prices`,
        ];
  return [renderColumns(rows), ...agreed].join("\n");
}

/** Warnings as `[code, text]`. */
export function marketWarnings(market: AcquiredMarket): readonly (readonly [code: string, text: string])[] {
  const warnings: (readonly [string, string])[] = [];
  if (market.dataSource === "synthetic")
    warnings.push(["SYNTHETIC", "the market is synthetic: its results say nothing about a real one"]);
  if (market.dataSource === "bridged")
    warnings.push([
      "BRIDGED",
      "five-minute bars are bridged: what happens inside a half hour is an artefact",
    ]);
  const { agreement } = market;
  if (
    agreement !== undefined &&
    agreement.common > 0 &&
    agreement.equal / agreement.common < agreementWarning
  )
    warnings.push([
      "FILES_DIFFER",
      "most half hours differ between the files: two feeds, or two adjustments",
    ]);
  for (const { report } of [market.strategic, market.tactical]) {
    const rejected = Object.entries(report?.rejected ?? {}).map(([reason, n]) => `${reason} ${n}`);
    if (rejected.length > 0)
      warnings.push(["ROWS_SET_ASIDE", `${report?.file ?? ""}: ${rejected.join(", ")}`]);
  }
  return warnings;
}

/** For `market.json` of a run and for `--json`. */
export function marketDocument(market: AcquiredMarket): { readonly [key: string]: Json } {
  const { symbol, dataSource, dataHash, strategic, tactical, agreement } = market;
  return {
    symbol,
    dataSource,
    dataHash,
    strategic: seriesDocument(strategic),
    tactical: seriesDocument(tactical),
    agreement: agreement === undefined ? null : { common: agreement.common, equal: agreement.equal },
  };
}

function seriesRow(stage: string, { bars, origin, report }: AcquiredSeries): string[] {
  const masked = countFlag(bars, barFlag.masked);
  const rolls = countFlag(bars, barFlag.rollBar);
  return [
    stage,
    `${bars.symbol} ${bars.intervalMs / 60_000} min, ${bars.dataSource}`,
    `${group(bars.length)} bars`,
    `${dayOf(bars.t[0])} to ${dayOf(bars.t[bars.length - 1])}`,
    `masked ${group(masked)}, rolls ${rolls}${report === undefined ? "" : `, zone ${report.timeZone.value}`}`,
    origin,
  ];
}

function seriesDocument({ bars, origin, report }: AcquiredSeries): { readonly [key: string]: Json } {
  return {
    origin,
    fileHash: bars.fileHash,
    dataSource: bars.dataSource,
    intervalMinutes: bars.intervalMs / 60_000,
    bars: bars.length,
    firstUtc: new Date(bars.t[0] ?? 0).toISOString(),
    lastUtc: new Date(bars.t[bars.length - 1] ?? 0).toISOString(),
    masked: countFlag(bars, barFlag.masked),
    rolls: countFlag(bars, barFlag.rollBar),
    quality: report === undefined ? null : (JSON.parse(JSON.stringify(report)) as Json),
  };
}

function dayOf(ms: number | undefined): string {
  return new Date(ms ?? 0).toISOString().slice(0, 10);
}
