/** @file A record of space values as one float64 row and back: exact, -0 included, which JSON would lose. */
import type { PerAgent } from "../env.ts";
import { flatDim, flatten, unflatten } from "../spaces/flatten.ts";
import type { Space, SpaceValue } from "../spaces/space.ts";

/** One part per possible agent: a flag that says whether there is a value, then the flattened value. */
export function packValues(
  agents: readonly string[],
  values: PerAgent<string, SpaceValue>,
  space: (agent: string) => Space,
): Float64Array {
  const rows = new Float64Array(agents.reduce((sum, agent) => sum + 1 + flatDim(space(agent)), 0));
  let at = 0;
  for (const agent of agents) {
    const value = values[agent];
    if (value !== undefined) {
      rows[at] = 1;
      flatten(space(agent), value, rows, at + 1);
    }
    at += 1 + flatDim(space(agent));
  }
  return rows;
}

/** The record that `packValues` wrote, from its bytes. */
export function unpackValues(
  agents: readonly string[],
  bytes: Uint8Array,
  space: (agent: string) => Space,
): PerAgent<string, SpaceValue> {
  const rows = new Float64Array(bytes.slice().buffer);
  const values: { [agent: string]: SpaceValue } = {};
  let at = 0;
  for (const agent of agents) {
    if (rows[at] === 1) values[agent] = unflatten(space(agent), rows, at + 1);
    at += 1 + flatDim(space(agent));
  }
  return values;
}
