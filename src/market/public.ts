/** @file What users import from `grandmodel/market`: bars, contracts, sessions, importing, the catalog, what is made of bars. */
export {
  allocateBars,
  availableAt,
  barFlag,
  barsBetween,
  lowerBound,
  noEntryFlags,
  sliceBars,
} from "./bars.ts";
export type { BarHeader, BarSeries, DataSource } from "./bars.ts";
export type { MarketIssue, MarketIssueCode } from "./issues.ts";

export { contractSpec, instruments, isOnGrid, priceTicks, tickPrice, tickValueUsd } from "./instruments.ts";
export type { ContractSpec, PriceTicks, SessionTemplate } from "./instruments.ts";
export {
  barsPerSession,
  exchangeMinute,
  regularHours,
  SessionCalendar,
  sessionCalendar,
  sessionSlot,
  tradeDate,
} from "./session.ts";
export type { SessionBounds } from "./session.ts";
export type { CalendarRow } from "./calendar/holidays.ts";
export { readCalendar } from "./calendar/calendar-file.adapter.ts";
export { isLastTradingDay, lastTradingDay } from "./calendar/expiry.ts";
export { zoneTable } from "./calendar/zone.ts";

export { importBytes } from "./import/import-bars.ts";
export type { ImportAccount, Imported } from "./import/import-bars.ts";
export type { ImportOptions } from "./import/import-options.ts";
export { importBars } from "./import/import-file.adapter.ts";
export { presets } from "./import/presets.ts";
export { feedPolicy, filePolicy } from "./quality/quarantine.ts";
export type { QuarantinePolicy, QuarantineReport } from "./quality/quarantine.ts";
export { prepareBars, prepareCausally } from "./quality/prepare.ts";
export type { PreparedBars, PrepareOptions } from "./quality/prepare.ts";
export { adjustedColumn } from "./rolls/adjust.ts";
export type { Roll } from "./rolls/detect.ts";
export { qualityChart } from "./report/quality-chart.ts";
export { qualityPage } from "./report/quality-page.ts";
export { qualityReport } from "./report/quality-report.ts";
export { qualityReportSchema } from "./report/quality-report-schema.ts";
export type { QualityReport } from "./report/quality-report-schema.ts";

export { openCatalog } from "./catalog/catalog.adapter.ts";
export type { Catalog } from "./catalog/catalog.adapter.ts";
export { importIntoCatalog, inspectFile } from "./catalog/import-file.adapter.ts";
export { exportBars, readBars, streamCatalogBars } from "./catalog/bar-parquet.adapter.ts";
export type { DatasetManifest } from "./catalog/manifest.ts";

export { BarAggregator, compareBars, resampleBars } from "./resample.ts";
export type { Agreement, ResampledBars } from "./resample.ts";
export { bridgeBars } from "./synthetic/bridge.ts";
export { generateMarket } from "./synthetic/generator.ts";
export type { SyntheticMarket, SyntheticOptions } from "./synthetic/generator.ts";
export { plantedHitRate, plantedPositions } from "./synthetic/planted-edge.ts";
export { streamBars } from "./stream/stream-bars.adapter.ts";
export type { BarStream } from "./stream/stream-bars.adapter.ts";
export {
  BatchProcessor,
  startingBatch,
  strategicBatches,
  tacticalBatches,
} from "./stream/batch-processor.ts";
export type { BatchOptions, BatchState, WindowBatch } from "./stream/batch-processor.ts";
export type { BarChunks, WindowSource } from "./stream/window-source.ts";
