/**
 * @file What a strategic agent observes and where it stands (strategic-tactical.md section 2.1). A Dict is flattened in
 * the order of its keys, so the keys are named in the order of the flat form: matrix 624, roleMask 13, teamContext 19 = 656.
 * The action mask of the contract of `marl` stands beside them and, as context 14-18, inside.
 */
import { strategicSlices } from "../../features/matrix/strategic13.ts";
import { box, type Dict, dict, type Box } from "../../marl/spaces/space.ts";
import { strategicActions } from "./actions.ts";
import { windowColumns, windowRows } from "./feed.ts";

/** In the order in which they act. */
export const strategicAgents: readonly string[] = [
  "strategic_agent_0",
  "strategic_agent_1",
  "strategic_agent_2",
  "strategic_agent_3",
];

/** `hard` zeroes foreign columns, `soft` shows all and marks the agent's own, `off` marks nothing. */
export type RoleMasking = "hard" | "soft" | "off";

/** Numbers of the parts of the flat forms. */
export const matrixSize: number = windowRows * windowColumns;
export const contextSize = 19;
/** Context fields that are the same for all agents: the first ten. */
export const sharedContextSize = 10;
const accountSize = 4;
const monteCarloSize = 12;
export const observationSize: number = matrixSize + windowColumns + contextSize;
/** Matrix, shared context, action mask, account, Monte-Carlo features (zeros here: the learner's to fill). */
export const stateSize: number =
  matrixSize + sharedContextSize + strategicActions.length + accountSize + monteCarloSize;

/** One agent's observation. */
export const observationSpace: Dict = dict({
  action_mask: box({ low: 0, high: 1, shape: [strategicActions.length], dtype: "int8" }),
  matrix: box({ low: -1, high: 1, shape: [windowRows, windowColumns] }),
  roleMask: box({ low: 0, high: 1, shape: [windowColumns] }),
  teamContext: box({ low: -1, high: 1, shape: [contextSize] }),
});

/** The critic's global state. */
export const stateSpace: Box = box({ low: -1, high: 1, shape: [stateSize] });

/** [4, 13]: 1 where a column is marked as an agent's own; the coordinator owns all. */
export function roleMasks(masking: RoleMasking): Float32Array {
  const marks = new Float32Array(4 * windowColumns);
  if (masking === "off") return marks;
  const owned = [strategicSlices.mlmi, strategicSlices.nwrqk, strategicSlices.regime];
  for (const [agent, columns] of owned.entries()) {
    for (const column of columns) marks[agent * windowColumns + column] = 1;
  }
  marks.fill(1, 3 * windowColumns);
  return marks;
}

/** [4, 13]: 1 where an agent is shown a column at all; with `hard` masking its own and the time, else everything. */
export function shownColumns(masking: RoleMasking): Float32Array {
  if (masking !== "hard") return new Float32Array(4 * windowColumns).fill(1);
  const shown = roleMasks("hard");
  for (let agent = 0; agent < 4; agent += 1) {
    for (const column of strategicSlices.time) shown[agent * windowColumns + column] = 1;
  }
  return shown;
}
