/**
 * @file corridor-v0: be random on purpose. The short corridor with switched actions of Sutton and Barto 2018, example
 * 13.1: three states that look alike, in the middle one left and right are exchanged; -1 per step until the end is
 * reached, truncated at 100 steps. Every deterministic policy scores -100; the best policy goes right with probability
 * .59 and scores -11.6. Nothing is random but the policy. History: v0 first version.
 */
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const SWITCHED = 1;
const GOAL = 3;
const RIGHT = 1;

class CorridorKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly positions: Uint8Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.positions = new Uint8Array(buffers.copies);
    this.memory = [this.positions];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
  }

  reset(b: number): void {
    this.positions[b] = 0;
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const position = this.positions[b]!;
      const right = (this.actions[b] === RIGHT) !== (position === SWITCHED);
      const next = right ? position + 1 : Math.max(0, position - 1);
      this.positions[b] = next;
      this.rewards[b] = -1;
      this.terminated[b] = next === GOAL ? 1 : 0;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + to - from);
  }
}

/** `corridor-v0`. */
export const corridor: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "corridor-v0",
    observationSpace: box({ low: 0, high: 1, shape: [1] }),
    actionSpace: discrete(2),
    maxCycles: 100,
    deterministic: true,
  }),
  create: (buffers) => new CorridorKernel(buffers),
};
