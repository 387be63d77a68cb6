/** @file `grandmodel data inspect`: the quality report of a file, and a picture of its bars, gaps, masks and rolls. */
import type { Command } from "commander";
import { z } from "zod";
import type { QualityReport } from "../../../market/report/quality-report-schema.ts";
import type { Json } from "../../../runtime/json.ts";
import { addCommand } from "../../command.ts";
import { renderColumns } from "../../columns.ts";
import { withProgress } from "./catalog-options.ts";
import { importOptionsOf, prepareOptionsOf, readingFields, readingFlags } from "./reading-options.ts";

/** Adds `data inspect`. */
export function addDataInspect(group: Command): void {
  addCommand(group, {
    usage: "inspect <file>",
    summary: "Print the data-quality report of a file and draw bars, gaps, masks and rolls",
    examples: [
      { line: 'data inspect "NQ - 30 min - ETH.csv"', does: "prints the report; stores nothing" },
      {
        line: "data inspect nq.csv --out report.html",
        does: "writes the page; .svg the picture alone, .json the data",
      },
    ],
    options: [
      ...readingFlags,
      { flags: "--out <file>", help: "file ending in .html, .svg or .json", read: "text" },
    ],
    schema: z.strictObject({
      file: z.string(),
      ...readingFields,
      out: z
        .string()
        .regex(/\.(?:html|svg|json)$/, "end the name in .html, .svg or .json")
        .optional(),
    }),
    plan: async ({ file, out }) => ({ will: { read: file, write: out ?? "nothing" } }),
    run: async (input, { output, progress }) => {
      const { inspectFile } = await import("../../../market/catalog/import-file.adapter.ts");
      const { writeFileAtomic } = await import("../../../runtime/files/atomic.adapter.ts");
      const [options, prepare] = [await importOptionsOf(input), await prepareOptionsOf(input)];
      const { prepared, report } = await withProgress(progress, `inspect ${input.file}`, () =>
        inspectFile(input.file, options, prepare),
      );
      if (input.out !== undefined) writeFileAtomic(input.out, await drawn(input.out, report, prepared));
      const document = JSON.parse(JSON.stringify(report)) as { readonly [key: string]: Json };
      const wrote = input.out === undefined ? "" : `\nwrote ${input.out}`;
      output.result({ kind: "data-quality", ...document }, `${renderReport(report)}${wrote}`);
    },
  });
}

async function drawn(
  path: string,
  report: QualityReport,
  prepared: Parameters<typeof import("../../../market/report/quality-page.ts").qualityPage>[1],
): Promise<string> {
  if (path.endsWith(".json")) return `${JSON.stringify(report, null, 2)}\n`;
  const { qualityPage } = await import("../../../market/report/quality-page.ts");
  const { qualityChart } = await import("../../../market/report/quality-chart.ts");
  return path.endsWith(".svg") ? qualityChart(prepared, report.file) : qualityPage(report, prepared);
}

/** The report in a screenful. */
function renderReport(report: QualityReport): string {
  const { timeZone, zoneCheck, dateOrder, masked, rolls, gapsBySession: gaps } = report;
  const confidence =
    timeZone.confidence === undefined ? "" : `, confidence ${timeZone.confidence.toFixed(2)}`;
  const rejected = Object.entries(report.rejected).map(([reason, n]) => `${reason} ${n}`);
  const filled = gaps.reduce((n, gap) => n + (gap.kind === "filled" ? gap.missing : 0), 0);
  const holes = gaps.filter(({ kind }) => kind === "hole");
  const full = Object.entries(report.sessions.histogram).sort(([, a], [, b]) => b - a)[0];
  return renderColumns([
    ["file", report.file],
    ["sha256", report.sha256],
    [
      "data",
      `${report.dataSource}, ${report.symbol.value} (${report.symbol.source}), ${report.intervalMinutes.value} minutes (${report.intervalMinutes.source})`,
    ],
    [
      "rows",
      `${report.rowsRead} read, ${report.rows} accepted, ${rejected.length === 0 ? "none rejected" : `rejected ${rejected.join(", ")}`}`,
    ],
    ["range", `${report.firstUtc} to ${report.lastUtc}`],
    ["time zone", `${timeZone.value} (${timeZone.source}${confidence})`],
    ["stamp", `bar ${report.stamp.value} (${report.stamp.source})`],
    [
      "dates",
      `${dateOrder.order} (${dateOrder.source}); ${report.dateFormats.padded} long, ${report.dateFormats.unpadded} short`,
    ],
    [
      "closed hours",
      zoneCheck === undefined
        ? "not checked: no exchange session"
        : `${zoneCheck.halt} bars in the break, ${zoneCheck.weekend} at weekends; busiest half hour ${zoneCheck.busiest ?? "unknown"} New York`,
    ],
    [
      "sessions",
      `${report.sessions.count}${full === undefined ? "" : `, ${full[1]} with ${full[0]} bars`}; ${report.truncated.length} truncated; ${report.thinSessions.length} thin`,
    ],
    ["gaps", `${filled} bars filled, ${holes.length} holes, ${report.segments} segments`],
    [
      "masked",
      masked.rows === 0
        ? "nothing"
        : `${masked.rows} rows: ${masked.ranges.map((m) => `${m.fromUtc.slice(0, 16)} to ${m.toUtc.slice(0, 16)} (${m.reason})`).join("; ")}`,
    ],
    [
      "rolls",
      rolls.length === 0
        ? "none found"
        : rolls
            .map((r) => `${r.t.slice(0, 16)} ${r.ambiguous ? "ambiguous" : r.ratio.toFixed(4)}`)
            .join("; "),
    ],
    [
      "flags",
      `${report.zeroVolume} without volume, ${report.flat} flat, ${report.offTick} off the grid, ${report.jumps.length} jumps`,
    ],
  ]);
}
