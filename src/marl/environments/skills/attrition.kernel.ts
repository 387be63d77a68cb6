/**
 * @file attrition-v0: agents that die, agents that appear, and groups with different spaces. Runners (runner_0 and runner_1
 * from the start, runner_2 from step 3 on) see which of two lanes is mined (one-hot) and choose a lane: the free one pays
 * 1, the mined one ends the runner. The medic sees how many runners live (of three, as a fraction) and chooses 0..3: naming
 * the number that will live after the step pays 1. Eight steps, then truncation of the living. Best return: runners 8, 8
 * and 5, medic 7 (the arrival cannot be seen beforehand without memory), mean 7. History: v0 first version.
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

const RUNNERS = 3;
const LATE = 2;
/** The late runner lives from the observation after this step. */
const ARRIVAL = 3;

class AttritionKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  /** [B] the mined lane. */
  declare private readonly mined: Uint8Array;
  /** [B] runners alive after the last step. */
  declare private readonly living: Uint8Array;
  declare private readonly runners: GroupBuffers;
  declare private readonly medics: GroupBuffers;
  declare private readonly steps: Int32Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    this.mined = new Uint8Array(buffers.copies);
    this.living = new Uint8Array(buffers.copies);
    this.memory = [this.mined, this.living];
    this.runners = buffers.groups[0]!;
    this.medics = buffers.groups[1]!;
    this.steps = buffers.steps;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.mined[b] = this.generators[b]!.below(2);
    this.living[b] = LATE;
    this.runners.alive[RUNNERS * b + LATE] = 0;
  }

  step(from: number, to: number): void {
    const { runners, medics } = this;
    for (let b = from; b < to; b += 1) {
      let living = 0;
      for (let i = RUNNERS * b; i < RUNNERS * (b + 1); i += 1) {
        if (runners.alive[i] === 0) continue;
        const hit = runners.discrete[i] === this.mined[b] ? 1 : 0;
        runners.terminated[i] = hit;
        runners.rewards[i] = 1 - hit;
        living += 1 - hit;
      }
      if (this.steps[b] === ARRIVAL) {
        runners.alive[RUNNERS * b + LATE] = 1;
        living += 1;
      }
      this.living[b] = living;
      medics.rewards[b] = medics.discrete[b] === living ? 1 : 0;
      this.mined[b] = this.generators[b]!.below(2);
    }
  }

  observe(group: number, from: number, to: number, out: Float32Array, offset: number): void {
    if (group === 0) this.observeRunners(from, to, out, offset);
    else this.observeMedics(from, to, out, offset);
  }

  private observeRunners(from: number, to: number, out: Float32Array, offset: number): void {
    for (let i = RUNNERS * from; i < RUNNERS * to; i += 1) {
      const at = offset + 2 * (i - RUNNERS * from);
      const mined = this.mined[(i - (i % RUNNERS)) / RUNNERS]!;
      out[at] = mined === 0 ? 1 : 0;
      out[at + 1] = mined;
    }
  }

  private observeMedics(from: number, to: number, out: Float32Array, offset: number): void {
    for (let b = from; b < to; b += 1) out[offset + b - from] = this.living[b]! / RUNNERS;
  }
}

/** `attrition-v0`. */
export const attrition: KernelDefinition = {
  kind: "kernel",
  spec: {
    name: "attrition-v0",
    groups: [
      {
        name: "runner",
        agents: ["runner_0", "runner_1", "runner_2"],
        observationSpace: box({ low: 0, high: 1, shape: [2] }),
        actionSpace: discrete(2),
        every: 1,
      },
      {
        name: "medic",
        agents: ["medic_0"],
        observationSpace: box({ low: 0, high: 1, shape: [1] }),
        actionSpace: discrete(RUNNERS + 1),
        every: 1,
      },
    ],
    maxCycles: 8,
    membership: "varying",
    illegalActions: "throw",
  },
  create: (buffers) => new AttritionKernel(buffers),
};
