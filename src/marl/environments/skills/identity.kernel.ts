/**
 * @file The identity tasks: repeat what you see, ten times (the learning test of Stable-Baselines3).
 * identity-v0: Discrete(4) in, the same out, 1 for each hit; best 10, random 2.5.
 * identity-continuous-v0: a number in -1..1 in, the same out, 1 - |difference| for each; best 10, the constant 0 scores 5.
 * History: v0 first version of both.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const SYMBOLS = 4;
const STEPS = 10;

class IdentityKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly symbols: Uint8Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.symbols = new Uint8Array(buffers.copies);
    this.memory = [this.symbols];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.symbols[b] = this.generators[b]!.below(SYMBOLS);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      this.rewards[b] = this.actions[b] === this.symbols[b] ? 1 : 0;
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(0, offset, offset + SYMBOLS * (to - from));
    for (let b = from; b < to; b += 1) out[offset + SYMBOLS * (b - from) + this.symbols[b]!] = 1;
  }
}

class ContinuousIdentityKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly numbers: Float32Array;
  declare private readonly actions: Float32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.numbers = new Float32Array(buffers.copies);
    this.memory = [this.numbers];
    this.actions = group.continuous;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.numbers[b] = this.generators[b]!.uniform(-1, 1);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      this.rewards[b] = 1 - Math.abs(this.actions[b]! - this.numbers[b]!);
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    for (let b = from; b < to; b += 1) out[offset + b - from] = this.numbers[b]!;
  }
}

/** `identity-v0`. */
export const identity: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "identity-v0",
    observationSpace: discrete(SYMBOLS),
    actionSpace: discrete(SYMBOLS),
    maxCycles: STEPS,
  }),
  create: (buffers) => new IdentityKernel(buffers),
};

/** `identity-continuous-v0`. */
export const identityContinuous: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "identity-continuous-v0",
    observationSpace: box({ low: -1, high: 1, shape: [1] }),
    actionSpace: box({ low: -1, high: 1, shape: [1] }),
    maxCycles: STEPS,
  }),
  create: (buffers) => new ContinuousIdentityKernel(buffers),
};
