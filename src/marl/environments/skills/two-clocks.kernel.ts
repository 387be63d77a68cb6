/**
 * @file two-clocks-v0: agents on different clocks. The planner decides at steps 0, 4, 8, ...: it sees a target out of three
 * (one-hot), drawn anew for each of its decisions, and names one; its word holds until the next. The worker decides at
 * every step: it sees the word (one-hot, zero before the first) and acts; worker and planner earn 1 whenever the action is
 * the target. Twelve steps, then truncation. Best expected return 10 each: a new word reaches the worker one step late,
 * so 9 steps are certain and 3 are a guess of 1 in 3. History: v0 first version.
 *
 * Actions of the planner between its decisions are ignored.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../spaces/space.ts";
import type {
  BatchKernel,
  GroupBuffers,
  KernelArray,
  KernelBuffers,
  KernelDefinition,
} from "../../vector/contract.ts";

const TARGETS = 3;
const PERIOD = 4;
const NO_WORD = 255;

class TwoClocksKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly targets: Uint8Array;
  declare private readonly words: Uint8Array;
  declare private readonly planner: GroupBuffers;
  declare private readonly worker: GroupBuffers;
  declare private readonly steps: Int32Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    this.targets = new Uint8Array(buffers.copies);
    this.words = new Uint8Array(buffers.copies);
    this.memory = [this.targets, this.words];
    this.planner = buffers.groups[0]!;
    this.worker = buffers.groups[1]!;
    this.steps = buffers.steps;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.targets[b] = this.generators[b]!.below(TARGETS);
    this.words[b] = NO_WORD;
  }

  step(from: number, to: number): void {
    const { planner, worker, targets } = this;
    for (let b = from; b < to; b += 1) {
      const hit = worker.discrete[b] === targets[b] ? 1 : 0;
      planner.rewards[b] = hit;
      worker.rewards[b] = hit;
      // `steps` counts this step: the row it began at is one less.
      if ((this.steps[b]! - 1) % PERIOD === 0) this.words[b] = planner.discrete[b]!;
      if (this.steps[b]! % PERIOD === 0) this.targets[b] = this.generators[b]!.below(TARGETS);
    }
  }

  observe(group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const shown = group === 0 ? this.targets : this.words;
    for (let b = from; b < to; b += 1) {
      const at = offset + TARGETS * (b - from);
      for (let k = 0; k < TARGETS; k += 1) out[at + k] = shown[b] === k ? 1 : 0;
    }
  }
}

const oneHot = box({ low: 0, high: 1, shape: [TARGETS] });

/** `two-clocks-v0`. */
export const twoClocks: KernelDefinition = {
  kind: "kernel",
  spec: {
    name: "two-clocks-v0",
    groups: [
      {
        name: "planner",
        agents: ["planner_0"],
        observationSpace: oneHot,
        actionSpace: discrete(TARGETS),
        every: PERIOD,
      },
      {
        name: "worker",
        agents: ["worker_0"],
        observationSpace: oneHot,
        actionSpace: discrete(TARGETS),
        every: 1,
      },
    ],
    maxCycles: 3 * PERIOD,
    membership: "fixed",
    illegalActions: "throw",
  },
  create: (buffers) => new TwoClocksKernel(buffers),
};
