/**
 * @file `RiskProposal` v1, what Risk answers to a qualified trade: the size it allows, the plan of stop and target, what
 * the account would risk, and why. Never more than was requested; every cap is listed with what it cut.
 * Plain immutable data: times UTC ms, prices in points on the tick grid, money in USD. Source: risk.md section 1.
 */
import { z } from "zod";

/** Names of limits: shared by caps, metrics and alerts, so that a threshold without a metric does not compile. */
const limitNames = [
  "KELLY",
  "VOLATILITY_SIZE",
  "FEW_OUTCOMES",
  "CONTRACTS_PER_TRADE",
  "NET_CONTRACTS",
  "FACTORS",
  "DRAWDOWN",
  "REQUEST",
  "SIZING_POLICY",
  "SLEEVE",
  "RISK_PER_TRADE",
  "HEAT",
  "LEVERAGE",
  "MARGIN",
  "VAR_95",
  "VAR_99",
  "MONITOR_POLICY",
  "LADDER",
  "FLAT_TIME",
  "DATA_QUALITY",
  "TRADES_PER_DAY",
  "LOSS_PAUSE",
  "SESSION_LOSS",
  "WEEKLY_LOSS",
  "OPEN_TRADES",
  "LIQUIDITY",
  "CORRELATION",
  "RISK_REWARD",
] as const;

export type LimitName = (typeof limitNames)[number];

/** Why a proposal is smaller than asked for, or refused. */
export type RiskReason =
  | LimitName
  /** Payload, portfolio, market or a model's output is not what it must be; an exception counts as such. */
  | "BAD_INPUT"
  /** The decision is to hold. */
  | "NO_DIRECTION"
  /** Too little history to measure volatility. */
  | "WARM_UP"
  /** No stop that satisfies the rules exists. */
  | "STOP_PLAN";

/** How far over a limit: ratios 1.1, 1.25 and 1.5 (INFO between 1 and 1.1). */
export type AlertSeverity = "INFO" | "WARNING" | "CRITICAL" | "EMERGENCY";

/** Something to be told, whatever the outcome. */
export interface RiskAlert {
  readonly limit: LimitName | "BAD_INPUT" | "VAR_PARAMETRIC";
  readonly severity: AlertSeverity;
  readonly measured: number;
  readonly threshold: number;
}

/** One cap and what it left of the size. */
export interface CapRecord {
  readonly name: LimitName;
  readonly before: number;
  readonly after: number;
}

/** `NORMAL` when every learned policy of the stage is in force, else the rule baseline stands in. */
export type StageHealth = "NORMAL" | "DEGRADED";

/** What every proposal carries. */
interface ProposalCore {
  readonly version: 1;
  readonly decisionId: string;
  readonly symbol: string;
  readonly reasonCodes: readonly RiskReason[];
  /** The limit that decided the size, or the first that refused; null when the request passed whole. */
  readonly bindingConstraint: RiskReason | null;
  readonly capsApplied: readonly CapRecord[];
  readonly alerts: readonly RiskAlert[];
  readonly health: StageHealth;
}

/** The plan of a position's protection. */
export interface StopPlan {
  readonly price: number;
  /** Distance from entry, points. */
  readonly points: number;
  readonly rule: "FIXED" | "LVN_ADJUSTED";
  /** Distance beyond the node, points; 0 for FIXED. */
  readonly bufferPts: number;
}

/** Where profit is taken. */
export interface TargetPlan {
  readonly price: number;
  readonly rr: number;
  /** Shares in percent of the units, ascending distance; they sum to 100. */
  readonly scaleOuts: readonly { readonly pct: number; readonly price: number }[];
}

/** What the account risks with the trade, USD unless said. */
export interface RiskMetrics {
  /** Loss at the stop, costs included, and its share of equity in percent. */
  readonly usd: number;
  readonly pct: number;
  readonly maxLossUsd: number;
  readonly expectedValueUsd: number;
  readonly marginalVarUsd: number;
  /** 95 % over the bars left to the flat time. */
  readonly varBefore: number;
  readonly varAfter: number;
  readonly esAfter: number;
  /** Share of equity, [0, 1]. */
  readonly heatAfter: number;
}

/** A trade that may be made, smaller than asked for or as asked. */
export interface ApprovedProposal extends ProposalCore {
  readonly status: "approved" | "approved_reduced";
  /** Opens or adds. */
  readonly effect: "open";
  readonly entryPlan: {
    readonly type: "MARKET" | "LIMIT";
    readonly price: number;
    readonly direction: 1 | -1;
    readonly units: number;
    readonly requestedUnits: number;
  };
  readonly stopPlan: StopPlan;
  readonly targetPlan: TargetPlan;
  readonly dynamic: {
    readonly trailActivationR: number;
    readonly trailDistancePts: number;
    readonly timeStopBars: number;
  };
  readonly riskMetrics: RiskMetrics;
  readonly confidences: { readonly perAgent: Readonly<Record<string, number>>; readonly overall: number };
  readonly mc: { readonly mean: number; readonly std: number; readonly mutualInfo: number };
}

/** A decision against the position that is held: it only closes, so no limit but the payload's soundness applies. */
export interface ReducingProposal extends ProposalCore {
  readonly status: "approved";
  readonly effect: "reduce";
  readonly entryPlan: ApprovedProposal["entryPlan"];
}

/** No trade. */
export interface RejectedProposal extends ProposalCore {
  readonly status: "rejected";
}

/** Version 1 of the message, the payload of the `RISK_PROPOSAL_READY` event. */
export type RiskProposal = ApprovedProposal | ReducingProposal | RejectedProposal;

const reason = z.enum([...limitNames, "BAD_INPUT", "NO_DIRECTION", "WARM_UP", "STOP_PLAN"]);
const core = {
  version: z.literal(1),
  decisionId: z.string(),
  symbol: z.string(),
  reasonCodes: z.array(reason),
  bindingConstraint: reason.nullable(),
  capsApplied: z.array(z.strictObject({ name: z.enum(limitNames), before: z.number(), after: z.number() })),
  alerts: z.array(
    z.strictObject({
      limit: z.enum([...limitNames, "BAD_INPUT", "VAR_PARAMETRIC"]),
      severity: z.enum(["INFO", "WARNING", "CRITICAL", "EMERGENCY"]),
      measured: z.number(),
      threshold: z.number(),
    }),
  ),
  health: z.enum(["NORMAL", "DEGRADED"]),
};
const entryPlan = z.strictObject({
  type: z.enum(["MARKET", "LIMIT"]),
  price: z.number(),
  direction: z.literal([1, -1]),
  units: z.int().min(1),
  requestedUnits: z.int().min(1),
});

/** The rules for a proposal that comes from another process. */
export const riskProposalSchema: z.ZodType<RiskProposal> = z.union([
  z.strictObject({
    ...core,
    status: z.enum(["approved", "approved_reduced"]),
    effect: z.literal("open"),
    entryPlan,
    stopPlan: z.strictObject({
      price: z.number(),
      points: z.number().positive(),
      rule: z.enum(["FIXED", "LVN_ADJUSTED"]),
      bufferPts: z.number().min(0),
    }),
    targetPlan: z.strictObject({
      price: z.number(),
      rr: z.number().positive(),
      scaleOuts: z.array(z.strictObject({ pct: z.number().positive(), price: z.number() })).min(1),
    }),
    dynamic: z.strictObject({
      trailActivationR: z.number(),
      trailDistancePts: z.number().positive(),
      timeStopBars: z.int().min(1),
    }),
    riskMetrics: z.strictObject({
      usd: z.number(),
      pct: z.number(),
      maxLossUsd: z.number(),
      expectedValueUsd: z.number(),
      marginalVarUsd: z.number(),
      varBefore: z.number(),
      varAfter: z.number(),
      esAfter: z.number(),
      heatAfter: z.number(),
    }),
    confidences: z.strictObject({ perAgent: z.record(z.string(), z.number()), overall: z.number() }),
    mc: z.strictObject({ mean: z.number(), std: z.number(), mutualInfo: z.number() }),
  }),
  z.strictObject({ ...core, status: z.literal("approved"), effect: z.literal("reduce"), entryPlan }),
  z.strictObject({ ...core, status: z.literal("rejected") }),
]);
