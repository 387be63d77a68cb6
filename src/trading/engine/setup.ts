/**
 * @file How a strategy wants to be run: everything of a run but the strategy and the bars. Strategy modules export one
 * beside their strategy; the command line overrides single fields.
 */
import type { BarSeries } from "../../market/bars.ts";
import { contractOf, type ContractTerms } from "../contract.ts";
import type { CostModel } from "../costs/cost-model.ts";
import { executionBars, type GateOptions } from "../execution-bars.ts";
import type { FillRules } from "../fills/fill-rules.ts";
import type { TradingLimits } from "../limits/pre-trade.ts";
import type { MarginRule } from "../margin.ts";
import type { RunConfig } from "./engine.ts";
import type { Strategy } from "./strategy.ts";

/** A run without its strategy and bars. */
export interface RunSetup {
  readonly contract: ContractTerms;
  readonly costs: CostModel;
  readonly fills: FillRules;
  readonly initialUsd: number;
  readonly gates?: GateOptions;
  readonly margin?: MarginRule;
  readonly limits?: TradingLimits;
  readonly ladder?: boolean;
  readonly finalizeTrades?: boolean;
}

/** The run of a strategy over series of one contract; bars take the contract's symbol. */
export function configureRun<State>(
  strategy: Strategy<State>,
  setup: RunSetup,
  series: readonly BarSeries[],
): RunConfig<State> {
  const { contract, costs, gates, ...rest } = setup;
  const terms = contractOf(contract);
  return {
    ...rest,
    strategy,
    series: series.map((bars) => executionBars({ ...bars, symbol: contract.symbol }, terms, gates)),
    costs: { [contract.symbol]: costs },
  };
}
