/**
 * @file Where everything stands in the rows that strategic networks read (strategic-tactical.md, section 2.1;
 * networks.md, section 5). Columns are `[start, end)`.
 */
import type { Columns } from "../../../nn/embedders/shared-input.ts";

/** Rows of the 30-minute window and features of each. */
export const STRUCTURE_SHAPE: readonly [number, number] = [48, 13];
export const STRATEGIC_ACTIONS = 5;
export const STRATEGIC_ROLES = 4;

/** An agent's observation, 656 numbers: matrix 48 x 13 row-major, role mask, context. */
export const STRATEGIC_OBSERVATION = 656;
export const strategicColumns: Readonly<Record<"matrix" | "own" | "role" | "legal", Columns>> = {
  matrix: { start: 0, end: 624 },
  /** Role mask (13) and context (19): what differs between the agents of a bar. */
  own: { start: 624, end: 656 },
  /** One-hot of the agent: context 10-13. */
  role: { start: 647, end: 651 },
  /** Action mask: context 14-18. */
  legal: { start: 651, end: 656 },
};

/**
 * The global state that the critic reads, 655 numbers: matrix 624; context without role fields 10; action mask 5; account 4
 * (equity/start - 1, drawdown, steps left/1000, session progress); Monte-Carlo features 12. No action is in it.
 */
export const STRATEGIC_STATE = 655;
export const strategicStateColumns: Readonly<
  Record<"matrix" | "context" | "legal" | "account" | "monteCarlo", Columns>
> = {
  matrix: { start: 0, end: 624 },
  context: { start: 624, end: 634 },
  legal: { start: 634, end: 639 },
  account: { start: 639, end: 643 },
  monteCarlo: { start: 643, end: 655 },
};
