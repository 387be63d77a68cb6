/**
 * @file Two skills of a team of two, ten steps each, four actions.
 *
 * role-v0: agent i earns 1 for playing action i; both see the constant 1, so a shared policy must be told who it is.
 * Best return (m1) 10, without identity 5. Nothing is random.
 * coordination-v0: both see a signal out of four (one-hot) and both earn 1 only if both name it. Best 10, random .625.
 *
 * History: v0 first version of both.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const ACTIONS = 4;
const STEPS = 10;
const agents = ["agent_0", "agent_1"] as const;

class RoleKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.memory = [];
    this.actions = group.discrete;
    this.rewards = group.rewards;
  }

  reset(_b: number): void {
    // The task has no state.
  }

  step(from: number, to: number): void {
    for (let i = 2 * from; i < 2 * to; i += 1) this.rewards[i] = this.actions[i] === i % 2 ? 1 : 0;
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + 2 * (to - from));
  }
}

class CoordinationKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly signals: Uint8Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.signals = new Uint8Array(buffers.copies);
    this.memory = [this.signals];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    this.signals[b] = this.generators[b]!.below(ACTIONS);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const signal = this.signals[b];
      const both = this.actions[2 * b] === signal && this.actions[2 * b + 1] === signal ? 1 : 0;
      this.rewards[2 * b] = both;
      this.rewards[2 * b + 1] = both;
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(0, offset, offset + 2 * ACTIONS * (to - from));
    for (let b = from; b < to; b += 1) {
      const at = offset + 2 * ACTIONS * (b - from) + this.signals[b]!;
      out[at] = 1;
      out[at + ACTIONS] = 1;
    }
  }
}

/** `role-v0`. */
export const role: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "role-v0",
    agents,
    observationSpace: box({ low: 0, high: 1, shape: [1] }),
    actionSpace: discrete(ACTIONS),
    maxCycles: STEPS,
    deterministic: true,
  }),
  create: (buffers) => new RoleKernel(buffers),
};

/** `coordination-v0`. */
export const coordination: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "coordination-v0",
    agents,
    observationSpace: box({ low: 0, high: 1, shape: [ACTIONS] }),
    actionSpace: discrete(ACTIONS),
    maxCycles: STEPS,
  }),
  create: (buffers) => new CoordinationKernel(buffers),
};
