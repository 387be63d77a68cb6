/** @file From the words of a command to a run: bars of the files, range, costs, and the setup of a strategy without one. */
import { barsBetween, type BarSeries } from "../../market/bars.ts";
import { contractSpec } from "../../market/instruments.ts";
import { importBars } from "../../market/import/import-file.adapter.ts";
import { prepareBars } from "../../market/quality/prepare.ts";
import { sessionCalendar } from "../../market/session.ts";
import { type CostModel, costTable, scaledCosts, stressedCosts } from "../../trading/costs/cost-model.ts";
import type { RunSetup } from "../../trading/engine/setup.ts";
import { fillProfiles, stressedFills } from "../../trading/fills/fill-rules.ts";
import { usageError } from "../issues.ts";

/** What the command line says about the data and the costs. */
export interface RunWords {
  readonly data: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `1`, `0`, `2.5`, or `stress`. */
  readonly costs: string;
}

/** Imports, prepares and cuts the files, one series each. @throws GrandModelError of the market room, `TOO_SHORT`. */
export async function loadSeries(words: RunWords): Promise<readonly BarSeries[]> {
  const series: BarSeries[] = [];
  for (const path of words.data) {
    const { bars } = prepareBars((await importBars(path)).bars);
    const cut = barsBetween(bars, dayMs(words.from, -Infinity, "from"), dayMs(words.to, Infinity, "to"));
    if (cut.length === 0) {
      throw usageError(
        "USAGE_VALUE",
        path,
        "bars between --from and --to",
        "Widen the range, or leave it out.",
      );
    }
    series.push(cut);
  }
  return series;
}

/** The setup under the costs that were asked for. */
export function chargedSetup(setup: RunSetup, costs: string): RunSetup {
  if (costs === "stress") {
    return { ...setup, costs: stressedCosts(setup.costs), fills: stressedFills(setup.fills) };
  }
  const multiplier = Number(costs.replace(/^x/, ""));
  if (costs === "" || !Number.isFinite(multiplier) || multiplier < 0) {
    throw usageError("USAGE_VALUE", costs, "a multiplier such as 0, 1, 2.5, or stress", "Write --costs 2.");
  }
  return { ...setup, costs: scaledCosts(setup.costs, multiplier) };
}

/** Exchange rules and the contract's shipped costs, for a strategy that brings no setup. */
export function defaultSetup(symbol: string): RunSetup {
  const spec = contractSpec(symbol);
  return {
    contract: spec,
    costs: shippedCosts(spec.costKey),
    fills: fillProfiles.exchange,
    initialUsd: spec.microOf === undefined ? 1_000_000 : 100_000,
    gates: { calendar: sessionCalendar(spec.sessionTemplate), flatBeforeCloseMin: 10 },
  };
}

function shippedCosts(key: string): CostModel {
  const found = costTable[key];
  if (found !== undefined) return found;
  throw usageError(
    "USAGE_VALUE",
    key,
    `a contract with shipped costs: ${Object.keys(costTable).join(", ")}`,
    "Export `setup` with `costs` beside the strategy: there is no default cost.",
  );
}

function dayMs(day: string | undefined, absent: number, flag: string): number {
  if (day === undefined) return absent;
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw usageError("USAGE_VALUE", day, `a day for --${flag}`, "Write it as 2024-07-01 (UTC).");
}
