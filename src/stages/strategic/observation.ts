/**
 * @file What a strategic agent observes and where it stands (strategic-tactical.md section 2.1). A Dict is flattened in
 * the order of its keys, so the keys are named in the order of the flat form: matrix 624, roleMask 13, teamContext 19 = 656.
 * The action mask of the contract of `marl` stands beside them and, as context 14-18, inside.
 */
import { strategicSlices } from "../../features/matrix/strategic13.ts";
import { box, type Dict, dict, type Box } from "../../marl/spaces/space.ts";
import { strategicActions } from "./actions.ts";
import { windowColumns, windowRows } from "./market.ts";

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

/** The rows as each agent sees them: one table four times, or with `hard` masking foreign columns zeroed. */
export function rowsByAgent(rows: Float32Array, masking: RoleMasking): readonly Float32Array[] {
  if (masking !== "hard") return strategicAgents.map(() => rows);
  const marks = roleMasks("hard");
  return strategicAgents.map((_, agent) =>
    rows.map((value, i) => {
      const column = i % windowColumns;
      const shown = marks[agent * windowColumns + column] === 1 || strategicSlices.time.includes(column);
      return shown ? value : 0;
    }),
  );
}
