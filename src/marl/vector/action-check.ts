/** @file Refuses actions outside the action space before they reach a kernel, naming copy, agent and value. */
import { environmentError } from "../issues.ts";
import { describeSpace } from "../spaces/contains.ts";
import { actionHeads } from "../spaces/heads.ts";
import type { EnvironmentSpec, GroupLayout, KernelBuffers, RolloutSlabs } from "./contract.ts";
import { findIllegalChoice, findIllegalNumber } from "./record.kernel.ts";

/** The copies to look at: local range, and where the range's row begins in a [.., B] slab. */
export interface ActionRows {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** Global index of local copy 0, for the message. */
  readonly first: number;
}

/** @throws GrandModelError `ENV_ACTION_ILLEGAL` for the first action of an acting agent that is not legal. */
export function checkActions(
  spec: EnvironmentSpec,
  layouts: readonly GroupLayout[],
  buffers: KernelBuffers,
  slabs: RolloutSlabs,
  rows: ActionRows,
): void {
  for (let g = 0; g < layouts.length; g += 1) {
    const layout = layouts[g];
    const group = buffers.groups[g];
    const slab = slabs.groups[g];
    if (layout === undefined || group === undefined || slab === undefined) continue;
    const { agents, heads } = layout;
    const from = rows.from * agents;
    const to = rows.to * agents;
    const row = rows.row * agents;
    if (heads.length > 0) {
      const maskSize = spec.illegalActions === "throw" ? layout.mask : 0;
      const at = findIllegalChoice(group.discrete, heads, slab.acting, row, from, to, slab.mask, maskSize);
      if (at !== -1) throw illegal(spec, g, rows.first, at, heads.length, group.discrete[at]);
    }
    if (layout.continuous > 0) {
      const { low, high } = boundsOf(spec, g);
      const at = findIllegalNumber(group.continuous, low, high, slab.acting, row, from, to);
      if (at !== -1) throw illegal(spec, g, rows.first, at, layout.continuous, group.continuous[at]);
    }
  }
}

/** Bounds per group, looked up once per specification. */
const knownBounds = new WeakMap<
  EnvironmentSpec,
  readonly { readonly low: readonly number[]; readonly high: readonly number[] }[]
>();

function boundsOf(
  spec: EnvironmentSpec,
  g: number,
): { readonly low: readonly number[]; readonly high: readonly number[] } {
  let all = knownBounds.get(spec);
  if (all === undefined) {
    all = spec.groups.map((group) => actionHeads(group.actionSpace));
    knownBounds.set(spec, all);
  }
  return all[g] ?? { low: [], high: [] };
}

function illegal(
  spec: EnvironmentSpec,
  g: number,
  first: number,
  at: number,
  width: number,
  value: number | undefined,
): Error {
  const group = spec.groups[g];
  const agents = group?.agents ?? [];
  const row = Math.floor(at / width);
  const agent = agents[row % agents.length] ?? "?";
  return environmentError("ENV_ACTION_ILLEGAL", {
    path: `copy ${first + Math.floor(row / agents.length)}, ${agent}, part ${at % width}`,
    value: value === undefined || !Number.isFinite(value) ? String(value) : value,
    expected: `a legal action of ${group === undefined ? "the group" : describeSpace(group.actionSpace)}`,
    hint: "Write choices counted from 0 and clipped numbers; masked choices must not be sent.",
  });
}
