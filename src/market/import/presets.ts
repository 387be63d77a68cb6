/**
 * @file What is known about the files of common vendors, as data.
 *
 * A preset states what a file cannot say about itself: its zone, whether stamps mark the start or the end of a bar, the
 * columns of files without a header. Given by name, or recognised by a header that no other vendor writes.
 */
import { columnRole } from "./rows.kernel.ts";

/** Start or end of the bar that a stamp marks. */
export type StampSide = "start" | "end";
/** Order of a slashed date. */
export type DateOrder = "day-first" | "month-first";

/** One vendor's habits. */
export interface Preset {
  readonly name: string;
  /** Columns of files without a header, by role. */
  readonly columns?: readonly (keyof typeof columnRole)[];
  /** Zone of naive stamps, where the vendor always uses the same. */
  readonly zone?: string;
  readonly stamp: StampSide;
  readonly dateOrder?: DateOrder;
  readonly adjustment?: "ratio";
  /** The last row may be an unfinished bar. */
  readonly lastMayBeUnfinished?: boolean;
  /** Runs of flat bars without range fill the vendor's closed hours. */
  readonly flatRunsAreClosedHours?: boolean;
  /** Prices without a decimal point are in units of 1e-9. */
  readonly fixedPoint?: boolean;
  /** Trades round the clock: no exchange session. */
  readonly alwaysOpen?: boolean;
}

const sixColumns = ["stamp", "open", "high", "low", "close", "volume"] as const;

/** All presets by name. */
export const presets: Readonly<Record<string, Preset>> = {
  default: { name: "default", columns: sixColumns, stamp: "start" },
  "tradingview-iso": { name: "tradingview-iso", stamp: "start", lastMayBeUnfinished: true },
  "tradingview-unix": { name: "tradingview-unix", stamp: "start", lastMayBeUnfinished: true },
  yfinance: { name: "yfinance", stamp: "start" },
  topstepx: { name: "topstepx", zone: "UTC", stamp: "start" },
  firstrate: { name: "firstrate", columns: sixColumns, zone: "America/New_York", stamp: "start" },
  backtestmarket: {
    name: "backtestmarket",
    columns: ["stamp", "clock", "open", "high", "low", "close", "volume"],
    zone: "America/Chicago",
    stamp: "start",
    dateOrder: "day-first",
    adjustment: "ratio",
  },
  ninjatrader: { name: "ninjatrader", columns: sixColumns, zone: "UTC", stamp: "end" },
  sierra: { name: "sierra", stamp: "start" },
  "mt5-terminal": { name: "mt5-terminal", stamp: "start" },
  "mt5-python": { name: "mt5-python", stamp: "start" },
  dukascopy: { name: "dukascopy", zone: "UTC", stamp: "start", flatRunsAreClosedHours: true },
  histdata: { name: "histdata", columns: sixColumns, zone: "UTC-5", stamp: "start" },
  databento: { name: "databento", zone: "UTC", stamp: "start", fixedPoint: true },
  binance: { name: "binance", columns: sixColumns, zone: "UTC", stamp: "start", alwaysOpen: true },
  bybit: { name: "bybit", zone: "UTC", stamp: "start", alwaysOpen: true },
  freqtrade: { name: "freqtrade", columns: sixColumns, zone: "UTC", stamp: "start", alwaysOpen: true },
  lean: {
    name: "lean",
    columns: ["sinceMidnight", "open", "high", "low", "close", "volume"],
    zone: "UTC",
    stamp: "start",
  },
};

/**
 * The preset that a header betrays, if only one vendor writes it.
 * @param written names as they stand in the file: TradingView writes `Volume` beside lower-case prices.
 */
export function presetOfHeader(written: readonly string[], firstStamp: string): Preset | undefined {
  const names = written.map((name) => name.toLowerCase());
  const has = (name: string): boolean => names.includes(name);
  if (has("<date>") && has("<close>")) return presets["mt5-terminal"];
  if (has("numberoftrades") && has("bidvolume")) return presets["sierra"];
  if (has("ts_event") && has("rtype")) return presets["databento"];
  if (has("adj close") && has("datetime")) return presets["yfinance"];
  const tradingView =
    written.slice(0, 5).join() === "time,open,high,low,close" && !written.includes("volume");
  if (tradingView && /^\d{9,10}$/.test(firstStamp)) return presets["tradingview-unix"];
  if (tradingView && /T.*(?:Z|[+-]\d\d:\d\d)$/.test(firstStamp)) return presets["tradingview-iso"];
  return undefined;
}
