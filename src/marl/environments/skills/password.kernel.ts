/**
 * @file password-v0: explore for one sparse reward. Five binary digits in a row; only the whole password 1 0 1 1 0 earns
 * 1, at the last digit. Observation: position one-hot (5); the digits typed so far are not shown. Random return 1/32.
 * Nothing is random. History: v0 first version.
 */
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const PASSWORD = [1, 0, 1, 1, 0] as const;
const LENGTH = PASSWORD.length;

class PasswordKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  /** [B] digits typed right since the reset. */
  declare private readonly right: Uint8Array;
  declare private readonly steps: Int32Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly terminated: Uint8Array;

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.right = new Uint8Array(buffers.copies);
    this.memory = [this.right];
    this.steps = buffers.steps;
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.terminated = group.terminated;
  }

  reset(b: number): void {
    this.right[b] = 0;
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const typed = this.steps[b]!;
      if (this.actions[b] === PASSWORD[typed - 1]!) this.right[b]! += 1;
      if (typed < LENGTH) continue;
      this.rewards[b] = this.right[b] === LENGTH ? 1 : 0;
      this.terminated[b] = 1;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(0, offset, offset + LENGTH * (to - from));
    for (let b = from; b < to; b += 1) {
      const position = this.steps[b]!;
      if (position < LENGTH) out[offset + LENGTH * (b - from) + position] = 1;
    }
  }
}

/** `password-v0`. */
export const password: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "password-v0",
    observationSpace: box({ low: 0, high: 1, shape: [LENGTH] }),
    actionSpace: discrete(2),
    maxCycles: 0,
    deterministic: true,
  }),
  create: (buffers) => new PasswordKernel(buffers),
};
