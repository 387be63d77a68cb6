/**
 * @file `ExecuteTrade` v1, what the decision gate releases to Execution. Its keys are those of the wire format, in snake
 * case. Measured latency is a metric and no part of it: wall time in the journal would break the equality of replays.
 * Source: risk.md section 1.
 */
import { z } from "zod";
import { exchangeZone } from "../../market/session.ts";
import { type Sleeve, sleeves } from "./trade-qualified.ts";

/** Version 1 of the message, the payload of the `EXECUTE_TRADE` event. */
export interface ExecuteTrade {
  readonly version: 1;
  /** `EX_<yyyymmdd>_<hhmmss>_<seq>`: event time on the exchange's clock. */
  readonly execution_id: string;
  readonly decision_id: string;
  /** UTC ms of the decision's bar close. */
  readonly event_time: number;
  readonly trade_specification: {
    readonly symbol: string;
    readonly direction: 1 | -1;
    /** Points, on the grid. */
    readonly entry_price: number;
    readonly synergy_type: Sleeve;
    /** `reduce` only closes what is held. */
    readonly effect: "open" | "reduce";
    readonly order_type: "MARKET" | "LIMIT";
  };
  readonly risk_parameters: {
    /** Units that Risk approved: the most that may be traded. */
    readonly position_size: number;
    /** Points; null for a trade that only closes. */
    readonly stop_loss: number | null;
    readonly take_profit: readonly { readonly price: number; readonly share: number }[];
    /** Five-minute bars. */
    readonly max_hold_time: number;
    readonly trailing: { readonly activation_r: number; readonly distance_pts: number } | null;
  };
  readonly decision_metadata: {
    readonly consensus_confidence: number;
    readonly agent_agreements: { readonly agreeing: number; readonly voting: number };
    readonly mc_metrics: { readonly mean: number; readonly std: number; readonly mutual_info: number };
    readonly regime: readonly number[];
  };
  readonly tracking: {
    readonly expected_value: number;
    readonly risk_reward: number | null;
    readonly correlation: number;
    readonly daily_trade_number: number;
  };
}

/** The rules for a message that comes from another process. */
export const executeTradeSchema: z.ZodType<ExecuteTrade> = z.strictObject({
  version: z.literal(1),
  execution_id: z.string().regex(/^EX_\d{8}_\d{6}_\d+$/u),
  decision_id: z.string().min(1),
  event_time: z.int(),
  trade_specification: z.strictObject({
    symbol: z.string().min(1),
    direction: z.literal([1, -1]),
    entry_price: z.number(),
    synergy_type: z.enum(sleeves),
    effect: z.enum(["open", "reduce"]),
    order_type: z.enum(["MARKET", "LIMIT"]),
  }),
  risk_parameters: z.strictObject({
    position_size: z.int().min(1),
    stop_loss: z.number().nullable(),
    take_profit: z.array(z.strictObject({ price: z.number(), share: z.number().positive().max(1) })),
    max_hold_time: z.int().min(1),
    trailing: z
      .strictObject({ activation_r: z.number().min(0), distance_pts: z.number().positive() })
      .nullable(),
  }),
  decision_metadata: z.strictObject({
    consensus_confidence: z.number().min(0).max(1),
    agent_agreements: z.strictObject({ agreeing: z.int().min(0), voting: z.int().min(1) }),
    mc_metrics: z.strictObject({ mean: z.number(), std: z.number(), mutual_info: z.number() }),
    regime: z.array(z.number()).length(8),
  }),
  tracking: z.strictObject({
    expected_value: z.number(),
    risk_reward: z.number().positive().nullable(),
    correlation: z.number(),
    daily_trade_number: z.int().min(1),
  }),
});

/** `EX_20250102_093500_17`: event time on the exchange's clock and the running number of the run's executions. */
export function executionId(eventTimeMs: number, seq: number): string {
  const stamp = new Date(exchangeZone.toLocal(eventTimeMs)).toISOString();
  return `EX_${stamp.slice(0, 10).replaceAll("-", "")}_${stamp.slice(11, 19).replaceAll(":", "")}_${seq}`;
}
