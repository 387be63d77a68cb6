/**
 * @file Margin: either a leverage on free equity, or dated initial and maintenance requirements a contract.
 * Margin changes often, so it is dated configuration: the row with the latest date not after the trade date applies; a
 * date before the first row uses the first row and is reported as `MARGIN_EXTRAPOLATED`.
 */
import { type Contract, tickPrice } from "./contract.ts";
import { tradingError } from "./issues.ts";
import { MICRO_CENTS_PER_USD } from "./money.ts";

/** Requirement per contract from a trade date on. */
export interface MarginRow {
  /** Trade date `yyyymmdd`. */
  readonly effective: number;
  readonly initialUsd: number;
  readonly maintenanceUsd: number;
}

/** What opening a position needs. */
export type MarginRule =
  | { readonly kind: "none" }
  /** Notional over `leverage` must be free. */
  | { readonly kind: "leverage"; readonly leverage: number }
  /** One table for each contract of the run. */
  | { readonly kind: "table"; readonly rows: readonly (readonly MarginRow[])[] };

/** NQ, as shipped; MNQ is one tenth. The row of 2025 is an estimate to be replaced by the broker's figure. */
export const nqMargin: readonly MarginRow[] = [
  { effective: 2021_08_18, initialUsd: 18_700, maintenanceUsd: 17_000 },
  { effective: 2022_01_21, initialUsd: 16_500, maintenanceUsd: 15_000 },
  { effective: 2025_01_01, initialUsd: 19_000, maintenanceUsd: 17_300 },
];

/** The table of a contract that is `share` of another: 0.1 for a micro. */
export function scaledMargin(rows: readonly MarginRow[], share: number): readonly MarginRow[] {
  return rows.map((row) => ({
    effective: row.effective,
    initialUsd: row.initialUsd * share,
    maintenanceUsd: row.maintenanceUsd * share,
  }));
}

/** The row in force, and whether the date lies before the table. */
export interface MarginInForce {
  readonly row: MarginRow;
  readonly extrapolated: boolean;
}

/**
 * The row in force on a trade date.
 * @throws GrandModelError `MARGIN_TABLE_EMPTY`.
 */
export function marginOn(rows: readonly MarginRow[], tradeDate: number): MarginInForce {
  const first = rows[0];
  if (first === undefined) {
    throw tradingError({
      code: "MARGIN_TABLE_EMPTY",
      path: "margin.rows",
      value: 0,
      expected: "at least one dated row",
      hint: "Add a row {effective, initialUsd, maintenanceUsd}, or use margin: {kind: none}.",
    });
  }
  const row = rows.findLast((candidate) => candidate.effective <= tradeDate);
  return { row: row ?? first, extrapolated: row === undefined };
}

/** Micro-cents that `units` of a contract tie up at a price: initial for opening, maintenance for holding. */
export function marginMicroCents(
  rule: MarginRule,
  kind: "initial" | "maintenance",
  at: {
    readonly contract: number;
    readonly terms: Contract;
    readonly ticks: number;
    readonly tradeDate: number;
  },
  units: number,
): number {
  switch (rule.kind) {
    case "none":
      return 0;
    case "leverage": {
      const value = tickPrice(at.terms, at.ticks) * at.terms.pointValueUsd * at.terms.increment;
      return (Math.abs(units) * Math.abs(value) * MICRO_CENTS_PER_USD) / rule.leverage;
    }
    case "table": {
      const { row } = marginOn(rule.rows[at.contract] ?? [], at.tradeDate);
      const usd = kind === "initial" ? row.initialUsd : row.maintenanceUsd;
      return Math.abs(units) * usd * MICRO_CENTS_PER_USD;
    }
    default:
      return rule satisfies never;
  }
}
