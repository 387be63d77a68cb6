/** @file What users import from `grandmodel/trading`. */
export { type Assumption, assumptionsOf } from "./assumptions.ts";
export {
  allocateAccounts,
  allocateActions,
  allocateOutcome,
  type BatchAccounts,
  type BatchActions,
  type BatchMarket,
  batchMarket,
  type BatchOutcome,
  resetAccount,
} from "./batch/batch.ts";
export { stepBatch } from "./batch/step.kernel.ts";
export { type Contract, contractOf, exactTicks, roundToTicks, tickPrice } from "./contract.ts";
export {
  conservativeNqCosts,
  type CostModel,
  costTable,
  freeOfCosts,
  scaledCosts,
  stressedCosts,
} from "./costs/cost-model.ts";
export {
  almgrenChrissHoldings,
  type ImpactModel,
  permanentImpact,
  scheduleImpact,
  temporaryImpact,
} from "./costs/impact.ts";
export { backtest, resultOf } from "./engine/backtest.ts";
export type { Desk } from "./engine/desk.ts";
export type { Refusal } from "./engine/refusals.ts";
export { Engine, type RunConfig, type Snapshot } from "./engine/engine.ts";
export { type ClosedBar, LiveSeries, playLive } from "./engine/live.ts";
export type { BarView, FeatureColumns, MarketView } from "./engine/market-view.ts";
export type { BracketRequest, OrderRequest, OrderType } from "./engine/order-request.ts";
export { configureRun, type RunSetup } from "./engine/setup.ts";
export type { Strategy } from "./engine/strategy.ts";
export { type ExecutionBars, executionBars, type GateOptions } from "./execution-bars.ts";
export { type AmbiguityMode, fillProfiles, type FillRules, stressedFills } from "./fills/fill-rules.ts";
export { chainedJournal, type Journal, type RecordKind } from "./journal.ts";
export { type FillMessage, FillInbox } from "./ledger/fill-inbox.ts";
export {
  assess,
  ladderAction,
  type LadderLevel,
  ladderStart,
  type LadderState,
  type Measurements,
  stepLadder,
} from "./limits/ladder.ts";
export { hardLimits, refusalOf, type TradingLimits, unlimited } from "./limits/pre-trade.ts";
export type { LookaheadFinding, LookaheadReport } from "./lookahead/finding.ts";
export { checkLookahead } from "./lookahead/guard.ts";
export { type MarginRow, type MarginRule, marginOn, nqMargin, scaledMargin } from "./margin.ts";
export { microCents, toUsd } from "./money.ts";
export type { Algorithm, ParentOrder } from "./orders/parent.ts";
export { sizedUnits } from "./orders/slices.ts";
export {
  type BacktestResult,
  type EquityColumns,
  type FillColumns,
  fillReasons,
  NO_PRICE,
  type TradeColumns,
  tradeFlag,
} from "./result.ts";
export { tradeHash, tradeRows } from "./trade-hash.ts";
export { runSignals, type SignalConfig } from "./vector/signal-run.ts";
