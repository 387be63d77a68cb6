/**
 * @file The tactical alphabet, one for all three agents, its masks, and the largest exposure
 * (strategic-tactical.md section 3.1). What an action means to a role stands in `aggregation.ts`.
 */

export const tacticalActions = ["HOLD", "BUY_SMALL", "BUY_LARGE", "SELL_SMALL", "SELL_LARGE"] as const;

/** Side of each action. */
export const actionSides: readonly (-1 | 0 | 1)[] = [0, 1, 1, -1, -1];

/** 1 when an action is legal: buying below the upper cap, selling above the lower one, only HOLD where nothing trades. */
export function isLegal(action: number, exposure: number, tradable: boolean): 0 | 1 {
  const side = actionSides[action] ?? 0;
  return side === 0 || (tradable && exposure * side < 1) ? 1 : 0;
}
