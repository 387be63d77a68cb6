/**
 * @file Real bars for the tests of this room, read by a small parser of their own so that a fault of the importers
 * cannot hide here. The files lie beside the checkout and are never committed; tests skip visibly without them.
 */
import { existsSync, readFileSync } from "node:fs";
import { type BarSeries, allocateBars, barFlag } from "../../src/market/bars.ts";
import { zoneTable } from "../../src/market/calendar/zone.ts";
import { tradeDate } from "../../src/market/session.ts";

export type RealName = "nq5" | "nq30" | "cl30";

/** A file of the shared folder and how to read it. */
interface RealFile {
  readonly url: URL;
  readonly symbol: string;
  readonly intervalMs: number;
  readonly utcOf: (stamp: string) => number;
  /** Masked range, UTC ms, of the illiquid contract (market-data.md 5.2). */
  readonly masked?: readonly [from: number, to: number];
}

const data = (name: string): URL => new URL(`../../../shared/data/${name}`, import.meta.url);
const jerusalem = zoneTable("Asia/Jerusalem");

/** `29/06/2020 01:00:00` or `2/7/2025 9:30` on the clock of Jerusalem. */
function jerusalemUtc(stamp: string): number {
  const [, day, month, year, hour, minute] = /^(\d+)\/(\d+)\/(\d+) (\d+):(\d+)/.exec(stamp) ?? [];
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  let utc = local - 3 * 3_600_000;
  if (jerusalem.toLocal(utc) !== local) utc = local - 2 * 3_600_000;
  return utc;
}

const files: Readonly<Record<RealName, RealFile>> = {
  nq5: {
    url: data("nq_5m_tv_2024-12_2025-12.csv"),
    symbol: "NQ",
    intervalMs: 300_000,
    utcOf: (stamp) => Number(stamp) * 1000,
  },
  nq30: {
    url: data("NQ - 30 min - ETH.csv"),
    symbol: "NQ",
    intervalMs: 1_800_000,
    utcOf: jerusalemUtc,
    masked: [Date.UTC(2023, 11, 12, 20, 30), Date.UTC(2024, 5, 14, 20, 30)],
  },
  cl30: {
    url: data("@CL - 30 min - ETH.csv"),
    symbol: "CL",
    intervalMs: 1_800_000,
    utcOf: jerusalemUtc,
  },
};

/** Tick sizes of the instruments in the files. */
export const realTick: Readonly<Record<RealName, number>> = { nq5: 0.25, nq30: 0.25, cl30: 0.01 };

/** Why a test of this file cannot run, or undefined when it can. */
export function missing(name: RealName): string | undefined {
  const { url } = files[name];
  return existsSync(url)
    ? undefined
    : `${decodeURIComponent(url.pathname.split("/").at(-1) ?? name)} is not in ../shared/data`;
}

const loaded = new Map<RealName, BarSeries>();

/** The bars of a file. NQ rolls are those of market-data.md section 7, as ratios at their bars. */
export function realBars(name: RealName): BarSeries {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const bars = readBars(files[name]);
  loaded.set(name, bars);
  return bars;
}

function readBars(file: RealFile): BarSeries {
  const lines = readFileSync(file.url, "utf8").trim().split(/\r?\n/).slice(1);
  const header = {
    symbol: file.symbol,
    intervalMs: file.intervalMs,
    dataSource: "real",
    fileHash: "",
  } as const;
  const bars = allocateBars(header, lines.length);
  lines.forEach((line, i) => {
    const [stamp = "", open, high, low, close, volume] = line.split(",");
    const t = file.utcOf(stamp);
    bars.t[i] = t;
    bars.o[i] = Number(open);
    bars.h[i] = Number(high);
    bars.l[i] = Number(low);
    bars.c[i] = Number(close);
    bars.v[i] = Number(volume);
    bars.session[i] = tradeDate(t);
    const masked = file.masked !== undefined && t >= file.masked[0] && t <= file.masked[1];
    bars.flags[i] = masked ? barFlag.masked : 0;
    const before = i === 0 ? masked : (bars.flags[i - 1]! & barFlag.masked) !== 0;
    bars.segment[i] = i === 0 ? 1 : bars.segment[i - 1]! + (before === masked ? 0 : 1);
  });
  if (file.symbol === "NQ") applyRolls(bars);
  return bars;
}

/** Openings of 18:00 (00:00 on 2023-03-13) New York of the NQ roll bars that lie in the files, UTC. */
const nqRolls = [
  "2022-06-13T22:00",
  "2022-09-12T22:00",
  "2022-12-12T23:00",
  "2023-03-13T04:00",
  "2023-06-12T22:00",
  "2023-09-11T22:00",
  "2024-09-16T22:00",
  "2024-12-16T23:00",
  "2025-03-17T22:00",
  "2025-06-16T22:00",
];

function applyRolls(bars: BarSeries): void {
  const rolls = new Set(nqRolls.map((stamp) => Date.parse(`${stamp}Z`)));
  let factor = 1;
  for (let i = 0; i < bars.length; i += 1) {
    if (i > 0 && rolls.has(bars.t[i]!)) {
      factor *= bars.o[i]! / bars.c[i - 1]!;
      bars.flags[i] = bars.flags[i]! | barFlag.rollBar;
    }
    bars.rollFactor[i] = factor;
  }
}
