/** @file The proposals that need no sizing: a refusal, and a decision that only closes what is held. */
import type { RejectedProposal, RiskProposal, RiskReason } from "../messages/risk-proposal.ts";
import type { TradeQualified } from "../messages/trade-qualified.ts";
import type { PortfolioView } from "./portfolio.ts";
import type { SizeCaps } from "./size-caps.ts";

/** A decision against what is held closes at most what is held; it never opens the other side. */
export function reduction(
  qualified: TradeQualified,
  side: 1 | -1,
  portfolio: PortfolioView,
  health: RiskProposal["health"],
): RiskProposal {
  const held = Math.abs(portfolio.position);
  const { request, entryPrice } = qualified.decision;
  const wanted = request.kind === "units" ? request.units : Math.ceil(request.fraction * held - 1e-9);
  const units = Math.min(held, Math.max(1, wanted));
  return {
    version: 1,
    decisionId: qualified.decisionId,
    symbol: qualified.symbol,
    status: "approved",
    effect: "reduce",
    reasonCodes: [],
    bindingConstraint: null,
    capsApplied: [],
    alerts: [],
    health,
    entryPlan: { type: "MARKET", price: entryPrice, direction: side, units, requestedUnits: units },
  };
}

/** No trade, with its reason and what the caps had left until then. */
export function rejected(
  raw: unknown,
  reason: RiskReason,
  health: RiskProposal["health"],
  caps?: SizeCaps,
): RejectedProposal {
  const { decisionId, symbol } = (raw ?? {}) as { readonly decisionId?: unknown; readonly symbol?: unknown };
  const isFault = reason === "BAD_INPUT";
  return {
    version: 1,
    decisionId: typeof decisionId === "string" ? decisionId : "",
    symbol: typeof symbol === "string" ? symbol : "",
    status: "rejected",
    reasonCodes: [reason],
    bindingConstraint: reason,
    capsApplied: caps?.records ?? [],
    alerts: isFault ? [{ limit: "BAD_INPUT", severity: "CRITICAL", measured: 0, threshold: 0 }] : [],
    health,
  };
}
