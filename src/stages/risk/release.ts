/** @file From an approved proposal to the message that Execution receives: nothing new is decided here. */
import type { ExecuteTrade } from "../messages/execute-trade.ts";
import type { ApprovedProposal, ReducingProposal } from "../messages/risk-proposal.ts";
import type { TradeQualified } from "../messages/trade-qualified.ts";

/** What the gate adds. */
export interface Release {
  readonly executionId: string;
  readonly correlation: number;
  readonly dailyTradeNumber: number;
  readonly timeStopBars: number;
}

/** The `EXECUTE_TRADE` payload of a trade that passed. */
export function releaseTrade(
  qualified: TradeQualified,
  proposal: ApprovedProposal | ReducingProposal,
  release: Release,
): ExecuteTrade {
  const { decision, marketContext } = qualified;
  const { direction, price, type, units } = proposal.entryPlan;
  const plan = proposal.effect === "open" ? proposal : undefined;
  return {
    version: 1,
    execution_id: release.executionId,
    decision_id: qualified.decisionId,
    event_time: qualified.eventTime,
    trade_specification: {
      symbol: qualified.symbol,
      direction,
      entry_price: price,
      synergy_type: decision.synergyType,
      effect: proposal.effect,
      order_type: type,
    },
    risk_parameters: {
      position_size: units,
      stop_loss: plan?.stopPlan.price ?? null,
      take_profit: (plan?.targetPlan.scaleOuts ?? []).map((part) => ({
        price: part.price,
        share: part.pct / 100,
      })),
      max_hold_time: plan?.dynamic.timeStopBars ?? release.timeStopBars,
      trailing:
        plan === undefined
          ? null
          : { activation_r: plan.dynamic.trailActivationR, distance_pts: plan.dynamic.trailDistancePts },
    },
    decision_metadata: {
      consensus_confidence: decision.confidence,
      agent_agreements: decision.votes,
      mc_metrics: { mean: decision.mc.mean, std: decision.mc.std, mutual_info: decision.mc.mutualInfo },
      regime: marketContext.regime,
    },
    tracking: {
      expected_value: plan?.riskMetrics.expectedValueUsd ?? 0,
      risk_reward: plan?.targetPlan.rr ?? null,
      correlation: release.correlation,
      daily_trade_number: release.dailyTradeNumber,
    },
  };
}
