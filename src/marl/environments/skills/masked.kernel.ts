/**
 * @file masked-v0: heed the action mask. Six actions, action a pays a / 5, but in each step only a random half of
 * them is legal; the mask stands in the observation Dict beside a constant. An illegal action pays 0 and is flagged in
 * the info. Ten steps; the best legal action in each step scores 8.5 on average (the mean maximum of 3 of 0..5 is 4.25), a random legal one 5.
 * History: v0 first version.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, dict, discrete } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const ACTIONS = 6;
const LEGAL = 3;

class MaskedKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  /** [B, 6], 1 = legal. */
  declare private readonly legal: Uint8Array;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly illegal: Uint8Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.legal = new Uint8Array(ACTIONS * buffers.copies);
    this.memory = [this.legal];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.illegal = group.illegal;
    this.generators = buffers.generators;
  }

  /** Marks a uniform subset of `LEGAL` actions (selection sampling, Knuth 3.4.2 S). */
  reset(b: number): void {
    const generator = this.generators[b]!;
    let wanted = LEGAL;
    for (let a = 0; a < ACTIONS; a += 1) {
      const taken = generator.below(ACTIONS - a) < wanted ? 1 : 0;
      this.legal[ACTIONS * b + a] = taken;
      wanted -= taken;
    }
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const action = this.actions[b]!;
      const legal = this.legal[ACTIONS * b + action]!;
      this.rewards[b] = legal === 1 ? action / (ACTIONS - 1) : 0;
      this.illegal[b] = 1 - legal;
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + to - from);
  }

  mask(_group: number, from: number, to: number, out: Int8Array, offset: number): void {
    for (let i = ACTIONS * from; i < ACTIONS * to; i += 1) out[offset + i - ACTIONS * from] = this.legal[i]!;
  }
}

/** `masked-v0`. */
export const masked: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "masked-v0",
    observationSpace: dict({
      action_mask: box({ low: 0, high: 1, shape: [ACTIONS], dtype: "int8" }),
      observation: box({ low: 0, high: 1, shape: [1] }),
    }),
    actionSpace: discrete(ACTIONS),
    maxCycles: 10,
    illegalActions: "no-op",
  }),
  create: (buffers) => new MaskedKernel(buffers),
};
