/**
 * @file The data-quality report as a page that a person reads: verdict first, then the chart, then the evidence.
 *
 * One file, no script, nothing loaded from elsewhere. Every number comes from the JSON report.
 */
import type { PreparedBars } from "../quality/prepare.ts";
import { escapeText, qualityChart } from "./quality-chart.ts";
import type { QualityReport } from "./quality-report-schema.ts";

/** HTML of the report. */
export function qualityPage(report: QualityReport, prepared: PreparedBars): string {
  const title = `${report.file}: data quality`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeText(title)}</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1240px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.15rem .8rem .15rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #8883}
td.n{text-align:right;font-variant-numeric:tabular-nums}h2{margin-top:2rem;font-size:1.1rem}.label{font-weight:600}svg{width:100%;height:auto}
</style></head><body>
<h1>${escapeText(report.file)}</h1>
<p class="label">${escapeText(verdict(report))}</p>
${qualityChart(prepared, `${report.symbol.value}, ${report.intervalMinutes.value} minutes, ${report.firstUtc.slice(0, 10)} to ${report.lastUtc.slice(0, 10)}, ${report.dataSource}`)}
<h2>How the file was read</h2>
${table(["", "value", "evidence"], readingRows(report))}
<h2>Rows</h2>
${table(["what", "count"], countRows(report))}
${section(
  "Masked",
  ["from", "to", "sessions", "rows", "reason"],
  report.masked.ranges.map((m) => [m.fromUtc, m.toUtc, m.sessions, m.rows, m.reason]),
)}
${section(
  "Rolls",
  ["first bar of the new contract", "ratio", "source", ""],
  report.rolls.map((r) => [
    r.t,
    r.ratio.toFixed(6),
    r.source,
    r.ambiguous ? "ambiguous: flat is forced, no ratio" : "",
  ]),
)}
${section(
  "Gaps inside sessions",
  ["trade date", "kind", "from", "missing bars"],
  report.gapsBySession.map((g) => [g.tradeDate, g.kind, g.fromUtc, g.missing]),
)}
${section(
  "Truncated sessions",
  ["trade date", "bars", "normal", "last bar"],
  report.truncated.map((s) => [s.tradeDate, s.bars, s.normal, s.lastUtc]),
)}
${section(
  "Bars per session",
  ["bars", "sessions"],
  Object.entries(report.sessions.histogram).map(([bars, n]) => [bars, n]),
)}
${section(
  "Scale of returns",
  ["statistic", "value"],
  Object.entries(report.scale ?? {}).map(([name, value]) => [name, Number(value.toPrecision(5))]),
)}
<p>sha256 ${report.sha256}</p>
</body></html>
`;
}

/** One sentence that says whether and how the file can be used. */
function verdict(report: QualityReport): string {
  const rejected = report.rowsRead - report.rows - report.dropped.unfinished - report.dropped.flatClosed;
  const parts = [
    `${report.rows.toLocaleString("en-US")} of ${report.rowsRead.toLocaleString("en-US")} rows accepted`,
    rejected > 0 ? `${rejected} set aside` : "none set aside",
    report.masked.rows > 0
      ? `${report.masked.rows} rows masked: not for training or evaluation`
      : "nothing masked",
    report.dataSource === "real" ? "real data" : `${report.dataSource} data: never evidence of profit`,
  ];
  return `${parts.join("; ")}.`;
}

type Cell = string | number;

function readingRows(report: QualityReport): readonly (readonly Cell[])[] {
  const { timeZone } = report;
  const confidence =
    timeZone.confidence === undefined ? "" : `, confidence ${timeZone.confidence.toFixed(2)}`;
  const equal = timeZone.equivalent.length === 0 ? "" : `; reads alike: ${timeZone.equivalent.join(", ")}`;
  const rivals = timeZone.candidates
    .filter(({ zone, stamp }) => zone !== timeZone.value || stamp !== report.stamp.value)
    .slice(0, 3)
    .map((one) => `${one.zone} bar-${one.stamp} ${one.halt + one.weekend}`)
    .join(", ");
  return [
    ["instrument", report.symbol.value, report.symbol.source],
    ["bar size", `${report.intervalMinutes.value} minutes`, report.intervalMinutes.source],
    [
      "time zone",
      timeZone.value,
      `${timeZone.source}${confidence}${equal}${rivals === "" ? "" : `; bars in closed time elsewhere: ${rivals}`}`,
    ],
    ["stamp", `bar ${report.stamp.value}`, report.stamp.source],
    [
      "date order",
      report.dateOrder.order,
      `${report.dateOrder.source} (${report.dateOrder.dayFirstRows} rows day-first, ${report.dateOrder.monthFirstRows} month-first)`,
    ],
    ["busiest half hour", report.zoneCheck?.busiest ?? "unknown", "New York clock"],
    [
      "columns",
      report.columns.read.join(", "),
      report.columns.ignored.length === 0 ? "" : `ignored: ${report.columns.ignored.join(", ")}`,
    ],
  ];
}

function countRows(report: QualityReport): readonly (readonly Cell[])[] {
  return [
    ["read", report.rowsRead],
    ["accepted", report.rows],
    ...Object.entries(report.rejected).map(([reason, n]): readonly Cell[] => [`rejected ${reason}`, n ?? 0]),
    ["filled bars", report.filled],
    ["masked rows", report.masked.rows],
    ["zero volume", report.zeroVolume],
    ["high equals low", report.flat],
    ["off the tick grid", report.offTick],
    ["jumps (kept)", report.jumps.length],
    ["sessions", report.sessions.count],
    ["sessions with thin bars", report.thinSessions.length],
    ["segments", report.segments],
  ];
}

function section(title: string, header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return rows.length === 0 ? "" : `<h2>${title}</h2>\n${table(header, rows)}`;
}

function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string =>
    typeof value === "number"
      ? `<td class="n">${value.toLocaleString("en-US", { maximumFractionDigits: 8 })}</td>`
      : `<td>${escapeText(value)}</td>`;
  const head = header.map((name) => `<th>${escapeText(name)}</th>`).join("");
  return `<table><tr>${head}</tr>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}</table>`;
}
