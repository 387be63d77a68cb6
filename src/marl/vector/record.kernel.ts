/**
 * @file The inner loops of a batch step that are the same for every environment: time limit, checks of actions, and the
 * copy of rewards and flags into a slab row. No allocation. Indices: `b` local copy, `a` agent of the group; `row` is
 * where the copies of this range begin in row t of a slab, `(t * B + first) * A`. Complexity O(copies * agents).
 */
import type { GroupBuffers } from "./contract.ts";

/** Truncates the live, not terminated agents of copies whose step count has reached `limit`. */
export function applyTimeLimit(
  group: GroupBuffers,
  steps: Int32Array,
  agents: number,
  limit: number,
  from: number,
  to: number,
): void {
  const { alive, terminated, truncated } = group;
  for (let b = from; b < to; b += 1) {
    if (steps[b]! < limit) continue;
    for (let i = b * agents; i < (b + 1) * agents; i += 1) {
      if (alive[i] === 1 && terminated[i] === 0) truncated[i] = 1;
    }
  }
}

/**
 * Copies one step of copies `from <= b < to` into the transition slabs, adds rewards to the return accumulators
 * [B, N] (agents of this group begin at `firstAgent`), and takes ended agents out of `alive`. `before` [.., A] says who
 * lived when the step began (`alive` of slab row t, same `row` offset). Marks in `ended` [B] the copies that have an
 * ended agent.
 */
export function recordTransitions(
  group: GroupBuffers,
  slabs: {
    readonly rewards: Float32Array;
    readonly terminated: Uint8Array;
    readonly truncated: Uint8Array;
    readonly hasFinal: Uint8Array;
  },
  before: Uint8Array,
  row: number,
  agents: number,
  from: number,
  to: number,
  returns: Float64Array,
  firstAgent: number,
  allAgents: number,
  ended: Uint8Array,
): void {
  const { rewards, terminated, truncated, alive } = group;
  for (let b = from; b < to; b += 1) {
    for (let a = 0; a < agents; a += 1) {
      const i = b * agents + a;
      const lived = before[row + i]!;
      const reward = lived === 1 ? rewards[i]! : 0;
      const term = lived & terminated[i]!;
      const trunc = lived & truncated[i]!;
      const over = term | trunc;
      slabs.rewards[row + i] = reward;
      slabs.terminated[row + i] = term;
      slabs.truncated[row + i] = trunc;
      slabs.hasFinal[row + i] = over;
      returns[b * allAgents + firstAgent + a]! += reward;
      if (over === 1) {
        alive[i] = 0;
        ended[b] = 1;
      }
    }
  }
}

/** Copies `alive` into a slab row and derives `acting`: alive, and the group's clock ticks at this step count. */
export function recordAlive(
  group: GroupBuffers,
  steps: Int32Array,
  every: number,
  agents: number,
  from: number,
  to: number,
  alive: Uint8Array,
  acting: Uint8Array,
  row: number,
): void {
  for (let b = from; b < to; b += 1) {
    const ticks = every === 1 || steps[b]! % every === 0 ? 1 : 0;
    for (let i = b * agents; i < (b + 1) * agents; i += 1) {
      const lives = group.alive[i]!;
      alive[row + i] = lives;
      acting[row + i] = lives & ticks;
    }
  }
}

/** Fills the rows of agents that are not alive, `width` numbers each: zeros for features, ones for masks. */
export function clearDeadRows(
  alive: Uint8Array,
  agents: number,
  from: number,
  to: number,
  out: Float32Array | Int8Array,
  offset: number,
  width: number,
  value: number,
): void {
  for (let i = from * agents; i < to * agents; i += 1) {
    if (alive[i] === 1) continue;
    const at = offset + (i - from * agents) * width;
    out.fill(value, at, at + width);
  }
}

/** True when no agent of the copy lives. */
export function noneAlive(alive: Uint8Array, agents: number, b: number): boolean {
  for (let i = b * agents; i < (b + 1) * agents; i += 1) if (alive[i] === 1) return false;
  return true;
}

/**
 * Index into `discrete` of the first choice outside its head (or, with a mask, of a masked choice), -1 when all are
 * legal. Only agents with `acting` 1 are looked at.
 */
export function findIllegalChoice(
  discrete: Int32Array,
  heads: readonly number[],
  acting: Uint8Array,
  row: number,
  from: number,
  to: number,
  mask: Int8Array,
  maskSize: number,
): number {
  const width = heads.length;
  for (let i = from; i < to; i += 1) {
    if (acting[row + i] === 0) continue;
    let choices = (row + i) * maskSize;
    for (let h = 0; h < width; h += 1) {
      const choice = discrete[i * width + h]!;
      if (choice < 0 || choice >= heads[h]!) return i * width + h;
      if (maskSize > 0 && mask[choices + choice] === 0) return i * width + h;
      choices += heads[h]!;
    }
  }
  return -1;
}

/** Index into `continuous` of the first number that is NaN or out of bounds by more than rounding, -1 when none is. */
export function findIllegalNumber(
  continuous: Float32Array,
  low: readonly number[],
  high: readonly number[],
  acting: Uint8Array,
  row: number,
  from: number,
  to: number,
): number {
  const width = low.length;
  for (let i = from; i < to; i += 1) {
    if (acting[row + i] === 0) continue;
    for (let d = 0; d < width; d += 1) {
      const x = continuous[i * width + d]!;
      if (!(x >= low[d]! && x <= high[d]!)) return i * width + d;
    }
  }
  return -1;
}
