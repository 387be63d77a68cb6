/** @file The report beside a feature table: what it was made of, what its columns look like, how often thresholds fire. */
import {
  type FiringRate,
  firingReport,
  strategicThresholds,
  tacticalThresholds,
} from "../../features/report/firing-rate.ts";
import type { DataSource } from "../../market/bars.ts";
import type { LoadedBars } from "./load-bars.ts";
import { type ColumnSummary, type SchemaTable, summariseColumns } from "./feature-table.ts";

/** Everything that the report says. */
export interface ReportInput {
  readonly schema: string;
  readonly file: string;
  readonly commandLine: string;
  readonly loaded: LoadedBars;
  readonly table: SchemaTable;
}

/** The document `<table>.report.json`. */
export type FeatureReport = {
  readonly kind: "feature-report";
  readonly schemaVersion: 1;
  readonly schema: string;
  readonly file: string;
  /** sha256 of the file that the bars come from. */
  readonly fileHash: string;
  readonly symbol: string;
  readonly dataSource: DataSource;
  readonly intervalMs: number;
  /** Shorter bars of the file were put together. */
  readonly resampled: boolean;
  readonly rows: number;
  readonly validRows: number;
  readonly columns: readonly ColumnSummary[];
  readonly firing: readonly FiringRate[];
  readonly warnings: readonly string[];
  readonly command: string;
};

/** The report as one JSON document. */
export function featureReport(input: ReportInput): FeatureReport {
  const { schema, loaded, table } = input;
  const { bars, tick } = loaded;
  const tactical = schema === "tactical-7" || schema === "fvg-7";
  const firing = firingReport(bars, tick, tactical ? tacticalThresholds : strategicThresholds);
  return {
    kind: "feature-report",
    schemaVersion: 1,
    schema,
    file: input.file,
    fileHash: bars.fileHash,
    symbol: bars.symbol,
    dataSource: bars.dataSource,
    intervalMs: bars.intervalMs,
    resampled: loaded.resampled,
    rows: bars.length,
    validRows: table.valid.reduce((sum, ok) => sum + ok, 0),
    columns: summariseColumns(table),
    firing,
    warnings: firing.filter((rate) => rate.warning !== null).map(warningText),
    command: input.commandLine,
  };
}

function warningText(rate: FiringRate): string {
  return `${rate.indicator}.${rate.column}: "${rate.rule}" is met on ${(100 * rate.rate).toFixed(3)} % of ${rate.bars} bars (${rate.warning})`;
}

/** The report for people. */
export function renderReport(report: FeatureReport, written: readonly string[]): string {
  const columns = report.columns.map(
    (c) =>
      `  ${c.name.padEnd(24)} ${cell(c.lowest)} .. ${cell(c.highest)}   mean ${cell(c.mean)}   deviation ${cell(c.deviation)}`,
  );
  return [
    `${report.schema}: ${report.validRows} valid of ${report.rows} rows, data ${report.dataSource}`,
    ...columns,
    ...report.warnings.map((text) => `  warning: ${text}`),
    ...written.map((path) => `wrote ${path}`),
  ].join("\n");
}

function cell(x: number): string {
  return x.toFixed(3).padStart(6);
}
