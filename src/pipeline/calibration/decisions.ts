/**
 * @file What calibration looks at: decisions of a validation part with what the market did afterwards. A team forecasts a
 * side by its pooled bias; the forecast was right when that side earned more than its costs over the next k bars.
 */
import { defaultConsensus } from "../../nn/uncertainty/consensus.ts";
import type { AgentOpinion, StrategicOpinion, TacticalOpinion } from "../../stages/policy.ts";
import { biasOf } from "../../stages/strategic/actions.ts";
import { poolStrategic } from "../../stages/strategic/aggregation.ts";
import { aggregateTactical } from "../../stages/tactical/aggregation.ts";
import { tempered } from "../../stages/temperature.ts";

/** One decision of the validation part. */
export interface JudgedDecision<Opinion extends StrategicOpinion | TacticalOpinion> {
  readonly opinion: Opinion;
  /** Exposure before it, [-1, 1]. */
  readonly exposure: number;
  /** Log return from the close of the decision to k bars later. */
  readonly forwardReturn: number;
  /** Round trip as a log return, at least 0. */
  readonly cost: number;
}

/** The pooled direction of a team, sums to 1. */
export interface Direction {
  readonly long: number;
  readonly flat: number;
  readonly short: number;
}

/** What a team says at any temperature, as a function of it: fits ask many times. */
export type Pooling<Opinion> = (opinion: Opinion, exposure: number) => (temperature: number) => Direction;

/**
 * The strategic pool under the given weights of the agents. A log-opinion pool of tempered rows is the tempered pool of the
 * rows, so it is pooled once.
 */
export function strategicPooling(weights: readonly number[]): Pooling<StrategicOpinion> {
  return ({ agents }, exposure) => {
    const { probabilities } = poolStrategic(rawMeans(agents), weights, exposure);
    return (temperature) => {
      const { bear, bull, neutral } = biasOf(tempered(probabilities, temperature), exposure);
      return { long: bull, flat: neutral, short: bear };
    };
  };
}

/** The tactical pool without a synergy and without anything that stands against a direction. */
export const tacticalPooling: Pooling<TacticalOpinion> = ({ agents }) => {
  const rows = new Float64Array(5 * agents.length);
  return (temperature) => {
    for (const [i, { uncertainty }] of agents.entries())
      rows.set(tempered(uncertainty.mean, temperature), 5 * i);
    const [long, flat, short] = aggregateTactical(rows, unopposed).pooled;
    return { long, flat, short };
  };
};

const unopposed = { synergyType: 0, synergyDirection: 0, biasDirection: 0 } as const;

/** [agents, 5]: the means of the passes as they fell. */
function rawMeans(agents: readonly AgentOpinion[]): Float64Array {
  const rows = new Float64Array(5 * agents.length);
  for (const [i, { uncertainty }] of agents.entries()) rows.set(uncertainty.mean, 5 * i);
  return rows;
}

/** A forecast of the likelier side, and what came of it. */
export interface SideForecast {
  readonly side: 1 | -1;
  /** Pooled probability of the side. */
  readonly probability: number;
  /** The side is likelier than staying as it is. */
  readonly acts: boolean;
  /** It earned more than its costs. */
  readonly right: boolean;
  /** Log return of one unit on that side, net of costs. */
  readonly reward: number;
  /** Means over the agents: nats, and the share of passes that agree. */
  readonly epistemic: number;
  readonly agreement: number;
}

/** The forecast of one decision, given the team's direction. */
export function sideForecast(
  { cost, forwardReturn, opinion }: JudgedDecision<StrategicOpinion | TacticalOpinion>,
  { flat, long, short }: Direction,
): SideForecast {
  const side = long >= short ? 1 : -1;
  const probability = Math.max(long, short);
  const reward = side * forwardReturn - cost;
  const { agents } = opinion;
  const mean = (of: (agent: AgentOpinion) => number): number =>
    agents.reduce((total, agent) => total + of(agent), 0) / agents.length;
  return {
    side,
    probability: Math.min(1, probability),
    acts: probability >= flat,
    right: reward > 0,
    reward,
    epistemic: mean(({ uncertainty }) => uncertainty.epistemic),
    agreement: mean(({ uncertainty }) => uncertainty.agreement),
  };
}

/** Acts, reaches the threshold, and its passes agree: what the team would have executed. */
export function executes(forecast: SideForecast, threshold: number, epistemicLimit: number): boolean {
  const { acts, agreement, epistemic, probability } = forecast;
  return (
    acts && probability >= threshold && agreement >= defaultConsensus.agreement && epistemic <= epistemicLimit
  );
}
