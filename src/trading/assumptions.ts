/**
 * @file The assumptions of a run as rows of a page: what was believed about fills, costs and the end of the data. Printed
 * into every report; values that flatter a strategy say OPTIMISTIC.
 */
import type { CostModel } from "./costs/cost-model.ts";
import type { FillRules } from "./fills/fill-rules.ts";
import type { RunRules } from "./result.ts";

/** One row of the assumptions page. */
export interface Assumption {
  readonly subject: string;
  readonly value: string;
}

/** The page of a run. */
export function assumptionsOf(rules: RunRules): readonly Assumption[] {
  const { fills } = rules;
  return [
    { subject: "profile", value: fills.profile },
    { subject: "decision and fill", value: decision(fills) },
    ...rules.costs.map((costs) => ({ subject: "costs", value: costText(costs) })),
    { subject: "limit order", value: limitText(fills) },
    { subject: "stop order", value: "at the stop, at the open when gapped, plus slippage" },
    { subject: "order of prices inside a bar", value: fills.ambiguity },
    { subject: "bracket on its entry bar", value: fills.bracketOnEntryBar },
    { subject: "volume", value: volumeText(fills) },
    { subject: "rolls", value: fills.holdThroughRolls ? "two real trades" : "flat at the roll" },
    ...(fills.stochasticCosts === undefined
      ? []
      : [{ subject: "slippage", value: `drawn around its mean, seed ${fills.stochasticCosts.seed}` }]),
    ...(fills.exclusiveOrders === true
      ? [{ subject: "entries", value: "each closes what was held before" }]
      : []),
    { subject: "impact inside a bar", value: "none beyond slippage" },
    { subject: "financing, dividends, taxes", value: "none" },
    {
      subject: "end of data",
      value: rules.finalizeTrades
        ? "positions closed at the last open"
        : "positions marked at the last close",
    },
  ];
}

function decision(fills: FillRules): string {
  if (fills.tradeOnClose) return "decided and filled at the same close (OPTIMISTIC)";
  return `decided at the close, filled from the open ${fills.latencyBars} bar${fills.latencyBars === 1 ? "" : "s"} later`;
}

function limitText(fills: FillRules): string {
  return fills.throughTicks > 0
    ? `when the bar trades ${fills.throughTicks} tick through it`
    : "when touched (OPTIMISTIC)";
}

function volumeText(fills: FillRules): string {
  if (fills.participationCap >= 1e9) return "no cap (OPTIMISTIC)";
  const outage = fills.outageEveryBars > 0 ? `, every ${fills.outageEveryBars}th bar without data` : "";
  return `at most ${100 * fills.participationCap * fills.volumeShare} % of a bar${outage}`;
}

function costText(costs: CostModel): string {
  const { commission } = costs;
  const fee =
    commission.kind === "perUnit"
      ? `${commission.usd} USD a unit and side`
      : commission.kind === "function"
        ? commission.name
        : `${commission.fixedUsd} USD and ${100 * commission.fraction} % a fill`;
  return `${fee}; half-spread ${costs.halfSpreadTicks} and slippage ${costs.slipTicksBase} ticks; all x${costs.multiplier}`;
}
