/**
 * @file bandit-v0: learn from noisy rewards. Four arms pay 1 with probability .1, .5, .9 and .3; ten pulls, nothing to see.
 * Best expected return 9, the second arm 5, random 4.5. History: v0 first version.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const CHANCES = [0.1, 0.5, 0.9, 0.3] as const;

class BanditKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.memory = [];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(_b: number): void {
    // Pulls are independent: nothing to start.
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      this.rewards[b] = this.generators[b]!.nextFloat64() < CHANCES[this.actions[b]!]! ? 1 : 0;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + to - from);
  }
}

/** `bandit-v0`. */
export const bandit: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "bandit-v0",
    observationSpace: box({ low: 0, high: 1, shape: [1] }),
    actionSpace: discrete(CHANCES.length),
    maxCycles: 10,
  }),
  create: (buffers) => new BanditKernel(buffers),
};
