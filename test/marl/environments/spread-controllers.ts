/** Simple policies for simple-spread, as floors and ceilings: written on the kernel's float64 state. */
import type { Generator } from "../../../src/runtime/random/generator.ts";
import { SimpleSpreadKernel } from "../../../src/marl/environments/simple-spread.kernel.ts";
import type { KernelDefinition } from "../../../src/marl/vector/contract.ts";
import { KernelCopies, emptyActions } from "../../../src/marl/vector/copies.ts";

export type SpreadPolicy = (kernel: SimpleSpreadKernel, b: number, actions: Int32Array) => void;

/** m1 (mean over agents of the episode return) of each of `episodes` episodes. */
export function playSpread(
  definition: KernelDefinition,
  episodes: number,
  policy: SpreadPolicy,
): Float64Array {
  const layout = { name: "agent", agents: 3, features: 18, heads: [5], continuous: 0, mask: 0, every: 1 };
  const actions = [emptyActions(layout, episodes)];
  const copies = new KernelCopies(definition, episodes, actions);
  const kernel = copies.kernel;
  if (!(kernel instanceof SimpleSpreadKernel)) throw new TypeError("not a simple-spread kernel");
  const returns = new Float64Array(episodes);
  for (let b = 0; b < episodes; b += 1) copies.reset(b);
  for (let t = 0; t < 25; t += 1) {
    for (let b = 0; b < episodes; b += 1) policy(kernel, b, actions[0]!.discrete);
    copies.clear(0, episodes);
    copies.advance(0, episodes);
    const { rewards } = copies.buffers.groups[0]!;
    for (let i = 0; i < 3 * episodes; i += 1) returns[Math.floor(i / 3)]! += rewards[i]! / 3;
  }
  return returns;
}

export const noOp: SpreadPolicy = (_kernel, b, actions) => {
  actions.fill(0, 3 * b, 3 * b + 3);
};

export function uniformRandom(generator: Generator): SpreadPolicy {
  return (_kernel, b, actions) => {
    for (let a = 0; a < 3; a += 1) actions[3 * b + a] = generator.below(5);
  };
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/**
 * Each agent goes for the landmark that the assignment with the smallest summed distance at reset gave it, and takes the
 * action after which it would come to rest nearest to it: drag .75 leaves 4 dt of travel in a velocity. (Aiming at the
 * next position instead scores higher in C, -7.4: the resting point is the controller that reproduces the reference's
 * published pair of floors.)
 */
export function greedyAssignment(variant: "B" | "C"): SpreadPolicy {
  const assignments: (readonly number[])[] = [];
  return (kernel, b, actions) => {
    const { positions, velocities, landmarks } = kernel;
    const base = 6 * b;
    const order = (assignments[b] ??= bestOrder(positions, landmarks, base));
    for (let a = 0; a < 3; a += 1) {
      let nearest = Infinity;
      for (let action = 0; action < 5; action += 1) {
        const gap = [0, 1].map((axis) => {
          const i = base + 2 * a + axis;
          const next = 0.75 * velocities[i]! + 0.1 * thrust(variant, action, axis);
          // C moves with the old velocity first.
          const rest = positions[i]! + (variant === "C" ? 0.1 * velocities[i]! : 0) + 0.4 * next;
          return rest - landmarks[base + 2 * order[a]! + axis]!;
        });
        const distance = Math.hypot(gap[0]!, gap[1]!);
        if (distance < nearest) {
          nearest = distance;
          actions[3 * b + a] = action;
        }
      }
    }
  };
}

function bestOrder(positions: Float64Array, landmarks: Float64Array, base: number): readonly number[] {
  const cost = (order: readonly number[]): number =>
    order.reduce((sum, l, a) => {
      const dx = positions[base + 2 * a]! - landmarks[base + 2 * l]!;
      const dy = positions[base + 2 * a + 1]! - landmarks[base + 2 * l + 1]!;
      return sum + Math.hypot(dx, dy);
    }, 0);
  return ORDERS.reduce<readonly number[]>(
    (best, order) => (cost(order) < cost(best) ? order : best),
    ORDERS[0],
  );
}

function thrust(variant: "B" | "C", action: number, axis: number): number {
  const sign = variant === "B" ? 1 : -1;
  if (action === 0 || (action <= 2 ? 0 : 1) !== axis) return 0;
  return action % 2 === 1 ? 5 * sign : -5 * sign;
}
