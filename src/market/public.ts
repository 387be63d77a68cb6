/** @file What users import from `grandmodel/market`. */
export { allocateBars, availableAt, barFlag, barsBetween, noEntryFlags, sliceBars } from "./bars.ts";
export type { BarHeader, BarSeries, DataSource } from "./bars.ts";
export { contractSpec, instruments, isOnGrid, priceTicks, tickPrice, tickValueUsd } from "./instruments.ts";
export type { ContractSpec, PriceTicks } from "./instruments.ts";
export { SessionCalendar, sessionCalendar, sessionSlot, tradeDate } from "./session.ts";
export type { SessionBounds } from "./session.ts";
export { isLastTradingDay, lastTradingDay } from "./calendar/expiry.ts";
export { importBytes } from "./import/import-bars.ts";
export type { Imported, ImportOptions } from "./import/import-bars.ts";
export { importBars } from "./import/import-file.adapter.ts";
