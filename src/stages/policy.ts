/**
 * @file The ports through which decisions are made: what a strategic and a tactical policy answer at a close. A trained
 * network, a rule of thumb and a model read from a file are interchangeable behind them; the pipeline knows no other form.
 * Spec: strategic-tactical.md section 6, networks.md section 6.
 */
import type { UncertaintyMetrics } from "../nn/uncertainty/passes.kernel.ts";
import type { Bias } from "./messages/strategic-context.ts";
import type { StrategicAction } from "./strategic/actions.ts";

/** What one agent thinks. */
export interface AgentOpinion {
  readonly agent: string;
  /** [5] mean policy over the dropout passes, sums to 1; what the team pools (tactical: after the temperature). */
  readonly probabilities: Float64Array;
  /** Of the same passes; one pass without dropout has epistemic 0 and agreement 1. */
  readonly uncertainty: UncertaintyMetrics;
}

/** What the strategic team answers at a 30-minute close. */
export interface StrategicOpinion {
  /** In the order in which they act. */
  readonly agents: readonly AgentOpinion[];
  /** Pooled policy [5], its bias, 1 - H / ln 5, and the weighted Jensen-Shannon divergence of the agents, nats. */
  readonly pooled: Float64Array;
  readonly bias: Bias;
  readonly confidence: number;
  readonly disagreement: number;
  /** After threshold and consensus; HOLD where either refuses. */
  readonly action: StrategicAction;
  /** Codes of what refused to act, empty when it acts: `BELOW_THRESHOLD`, `MC_DISAGREEMENT`. */
  readonly reasons: readonly string[];
  /** Of the team: means over the agents, nats; agreement in [0, 1]. */
  readonly uncertainty: { readonly epistemic: number; readonly total: number; readonly agreement: number };
  /** Share of the request that uncertainty leaves, [0, 1]. */
  readonly sizeScale: number;
  /** [8] weights of the superposition states, mean over the agents; even for a policy without them. */
  readonly regime: Float64Array;
  /** Structure embedding, at most 64 numbers; empty for a policy without one. */
  readonly regimeEmbedding: Float32Array;
}

/** Decides for the four strategic agents. */
export interface StrategicPolicy extends AsyncDisposable {
  readonly name: string;
  /**
   * @param observations [4, 656] as the strategic environment writes them
   * @param exposure executed exposure in [-1, 1]
   * @param decisionId seeds the dropout masks: the same id gives the same answer
   */
  decide(observations: Float32Array, exposure: number, decisionId: string): Promise<StrategicOpinion>;
}

/** What the tactical team answers at a 5-minute close, before aggregation and gate. */
export interface TacticalOpinion {
  /** tactical, risk, execution. */
  readonly agents: readonly AgentOpinion[];
}

/** Decides for the three tactical agents. */
export interface TacticalPolicy extends AsyncDisposable {
  readonly name: string;
  /** @param observations [3, 472] as the tactical environment writes them */
  decide(observations: Float32Array, decisionId: string): Promise<TacticalOpinion>;
}
