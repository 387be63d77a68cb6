/**
 * @file Where everything stands in the rows that tactical networks read (strategic-tactical.md, sections 3.2 and 9.4;
 * networks.md, section 5). Columns are `[start, end)`.
 */
import type { Columns } from "../../../nn/embedders/shared-input.ts";

/** Rows of the 5-minute window and features of each. */
export const TACTICAL_SHAPE: readonly [number, number] = [60, 7];
export const TACTICAL_ACTIONS = 5;
export const TACTICAL_ROLES = 3;

/** An agent's observation, 472 numbers: matrix 60 x 7 row-major, strategic context 28, local 24. */
export const TACTICAL_OBSERVATION = 472;
export const tacticalColumns: Readonly<Record<"matrix" | "context" | "local" | "role" | "legal", Columns>> = {
  matrix: { start: 0, end: 420 },
  context: { start: 420, end: 448 },
  local: { start: 448, end: 472 },
  /** One-hot of the agent: local 16-18. */
  role: { start: 464, end: 467 },
  /** Action mask: local 19-23. */
  legal: { start: 467, end: 472 },
};

/** Places in the 28 numbers of the strategic context. */
export const contextPlaces: {
  readonly bull: number;
  readonly bear: number;
  readonly confidence: number;
  readonly regime: Columns;
  readonly age: number;
} = { bull: 0, bear: 2, confidence: 3, regime: { start: 6, end: 14 }, age: 26 };

/**
 * The global state that the critic reads, 554 numbers: structure embedding carried by the strategic context 64; matrix 420;
 * lvnContext 5; strategic context 28; local without role and mask 16; action mask 5; account 4; Monte-Carlo features 12. No
 * action is in it. The regime probabilities are those of the context.
 */
export const TACTICAL_STATE = 554;
export const tacticalStateColumns: Readonly<
  Record<"structure" | "matrix" | "lvn" | "context" | "local" | "legal" | "account" | "monteCarlo", Columns>
> = {
  structure: { start: 0, end: 64 },
  matrix: { start: 64, end: 484 },
  lvn: { start: 484, end: 489 },
  context: { start: 489, end: 517 },
  local: { start: 517, end: 533 },
  legal: { start: 533, end: 538 },
  account: { start: 538, end: 542 },
  monteCarlo: { start: 542, end: 554 },
};
