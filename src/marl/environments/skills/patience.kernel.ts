/**
 * @file patience-v0: truncation is not termination. Each step, waiting (0) pays 1 and goes on, leaving (1) pays 6 and ends
 * the task. Training episodes are truncated after 4 steps, so a learner that takes a truncation for an end sees at most 4
 * for waiting and leaves; one that bootstraps through it knows that waiting is worth 1 / (1 - gamma) and waits. The skill
 * shows on patience-long-v0, the same task truncated after 100 steps: 100 for waiting, 6 for leaving at once.
 * Nothing is random. History: v0 first version of both.
 */
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const LEAVE = 1;
const LEAVING_PAYS = 6;

class PatienceKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.memory = [];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
  }

  reset(_b: number): void {
    // The task has no state.
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const leaves = this.actions[b] === LEAVE;
      this.rewards[b] = leaves ? LEAVING_PAYS : 1;
      this.terminated[b] = leaves ? 1 : 0;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + to - from);
  }
}

function define(name: string, maxCycles: number): KernelDefinition {
  return {
    kind: "kernel",
    spec: skillSpec({
      name,
      observationSpace: box({ low: 0, high: 1, shape: [1] }),
      actionSpace: discrete(2),
      maxCycles,
      deterministic: true,
    }),
    create: (buffers) => new PatienceKernel(buffers),
  };
}

/** `patience-v0`: truncated after 4 steps, for training. */
export const patience: KernelDefinition = define("patience-v0", 4);

/** `patience-long-v0`: truncated after 100 steps, for evaluation. */
export const patienceLong: KernelDefinition = define("patience-long-v0", 100);
