/**
 * @file The reward of a team: change of marked net equity in units of risk, and potentials. A potential only moves reward
 * in time, it cannot make acting pay; there is no reward for acting (strategic-tactical.md section 4; Ng et al. 1999).
 */

const drawdownScale = 0.3;
/** Drawdown from which the potential is felt. */
export const drawdownThreshold = 0.15;
const rewardClip = 10;

/** -0.3 (max(0, dd - .15) / .15)^2. */
export function drawdownPotential(drawdown: number): number {
  const excess = Math.max(0, drawdown - drawdownThreshold) / drawdownThreshold;
  return excess === 0 ? 0 : -drawdownScale * excess * excess;
}

/** tanh(P&L / (2 running standard deviation)); 0 while nothing has varied. */
export function tanhReward(pnl: number, runningStd: number): number {
  return runningStd > 0 ? Math.tanh(pnl / (2 * runningStd)) : 0;
}

/** The total of the tanh variant, held within +-10. */
export function clippedReward(total: number): number {
  return Math.min(rewardClip, Math.max(-rewardClip, total));
}
