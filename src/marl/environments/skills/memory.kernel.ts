/**
 * @file memory-v0: remember. The first observation shows one of two cues, two blank ones follow, then "go": the action
 * taken at "go" earns +1 if it names the cue, -1 if not, and ends the episode. Observation: cue one-hot (2), go (1).
 * Best return 1; without memory 0 on average. History: v0 first version.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

/** Steps before "go" shows. */
const DELAY = 3;

class MemoryKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly cues: Uint8Array;
  declare private readonly steps: Int32Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.cues = new Uint8Array(buffers.copies);
    this.memory = [this.cues];
    this.steps = buffers.steps;
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.cues[b] = this.generators[b]!.below(2);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      if (this.steps[b]! <= DELAY) continue;
      this.rewards[b] = this.actions[b] === this.cues[b] ? 1 : -1;
      this.terminated[b] = 1;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    for (let b = from; b < to; b += 1) {
      const at = offset + 3 * (b - from);
      const step = this.steps[b]!;
      out[at] = step === 0 && this.cues[b] === 0 ? 1 : 0;
      out[at + 1] = step === 0 && this.cues[b] === 1 ? 1 : 0;
      out[at + 2] = step >= DELAY ? 1 : 0;
    }
  }
}

/** `memory-v0`. */
export const memory: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "memory-v0",
    observationSpace: box({ low: 0, high: 1, shape: [3] }),
    actionSpace: discrete(2),
    maxCycles: 0,
  }),
  create: (buffers) => new MemoryKernel(buffers),
};
