/**
 * @file What the numbers of an observation mean, by kind of model: generated from the schemas that training uses, never typed,
 * so that an export and the code cannot drift apart.
 */
import { fvg7Columns } from "../../features/matrix/fvg7.ts";
import { strategicColumns as strategicFeatures } from "../../features/matrix/strategic13.ts";
import { tactical7Columns } from "../../features/matrix/tactical7.ts";
import type { StageModel } from "../../stages/model.ts";
import { strategicActions } from "../../stages/strategic/actions.ts";
import { STRATEGIC_OBSERVATION, STRUCTURE_SHAPE } from "../../stages/strategic/networks/observation.ts";
import { strategicAgents } from "../../stages/strategic/observation.ts";
import { tacticalActions } from "../../stages/tactical/actions.ts";
import { TACTICAL_OBSERVATION, TACTICAL_SHAPE } from "../../stages/tactical/networks/observation.ts";
import { tacticalAgents } from "../../stages/tactical/observation.ts";

/** Rows that a model reads, and what it chooses from. */
export interface FeatureSchema {
  /** `strategic-13`, `tactical-7`, `fvg-7`. */
  readonly name: string;
  /** Changes when the meaning of a number does. */
  readonly version: string;
  /** Window: rows, oldest first, and the columns of a row. */
  readonly rows: number;
  readonly columns: readonly string[];
  /** Names of all numbers of one agent's observation, in order. */
  readonly observation: readonly string[];
  readonly agents: readonly string[];
  readonly actions: readonly string[];
}

const version = "1";

/** The schema of a model. */
export function featureSchema(model: Pick<StageModel, "kind"> & { readonly schema?: string }): FeatureSchema {
  if (model.kind === "strategic") {
    const window = windowNames(STRUCTURE_SHAPE[0], strategicFeatures);
    const own = [
      ...strategicFeatures.map((name) => `role_mask.${name}`),
      ...numbered("context", 10),
      ...strategicAgents.map((agent) => `is.${agent}`),
      ...strategicActions.map((action) => `legal.${action}`),
    ];
    return {
      name: "strategic-13",
      version,
      rows: STRUCTURE_SHAPE[0],
      columns: strategicFeatures,
      observation: complete([...window, ...own], STRATEGIC_OBSERVATION),
      agents: strategicAgents,
      actions: strategicActions,
    };
  }
  const columns = model.schema === "fvg-7" ? fvg7Columns : tactical7Columns;
  const own = [
    ...numbered("strategic_context", 28),
    ...numbered("local", 16),
    ...tacticalAgents.map((agent) => `is.${agent}`),
    ...tacticalActions.map((action) => `legal.${action}`),
  ];
  return {
    name: model.schema ?? "tactical-7",
    version,
    rows: TACTICAL_SHAPE[0],
    columns,
    observation: complete([...windowNames(TACTICAL_SHAPE[0], columns), ...own], TACTICAL_OBSERVATION),
    agents: tacticalAgents,
    actions: tacticalActions,
  };
}

/** `<column>[t-47]` to `<column>[t-0]`, row by row. */
function windowNames(rows: number, columns: readonly string[]): string[] {
  return Array.from({ length: rows }, (_, i) => columns.map((name) => `${name}[t-${rows - 1 - i}]`)).flat();
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}.${i}`);
}

function complete(names: readonly string[], width: number): readonly string[] {
  if (names.length !== width) throw new Error(`internal: ${names.length} names for ${width} numbers`);
  return names;
}
