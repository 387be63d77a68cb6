/**
 * @file mixed-spaces-v0: read a Dict, act with a Tuple. Observation Dict { flag: Discrete(3), image: Box [2, 2] in -1..1 };
 * action Tuple(Discrete(2), Discrete(3), Box(-1, 1)). Ten steps; each pays .4 for naming the sign of the image's sum, .4
 * for repeating the flag, and .2 (1 - |x - first pixel|) for the number. Best return 10, random about 4.
 * History: v0 first version.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, dict, discrete, tuple } from "../../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../../vector/contract.ts";
import { skillSpec } from "./skill-spec.ts";

const FLAGS = 3;
const PIXELS = 4;

class MixedSpacesKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly flags: Uint8Array;
  declare private readonly images: Float32Array;
  declare private readonly choices: Int32Array;
  declare private readonly numbers: Float32Array;
  declare private readonly rewards: Float64Array;
  declare private readonly generators: readonly Generator[];

  constructor(buffers: KernelBuffers) {
    const group = buffers.groups[0]!;
    this.flags = new Uint8Array(buffers.copies);
    this.images = new Float32Array(PIXELS * buffers.copies);
    this.memory = [this.flags, this.images];
    this.choices = group.discrete;
    this.numbers = group.continuous;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
  }

  reset(b: number): void {
    const generator = this.generators[b]!;
    this.flags[b] = generator.below(FLAGS);
    for (let i = PIXELS * b; i < PIXELS * (b + 1); i += 1) this.images[i] = generator.uniform(-1, 1);
  }

  step(from: number, to: number): void {
    const { images, flags, choices, numbers, rewards } = this;
    for (let b = from; b < to; b += 1) {
      let sum = 0;
      for (let i = PIXELS * b; i < PIXELS * (b + 1); i += 1) sum += images[i]!;
      const sign = sum > 0 ? 1 : 0;
      const named = choices[2 * b] === sign ? 0.4 : 0;
      const repeated = choices[2 * b + 1] === flags[b] ? 0.4 : 0;
      rewards[b] = named + repeated + 0.2 * (1 - Math.abs(numbers[b]! - images[PIXELS * b]!));
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const width = FLAGS + PIXELS;
    for (let b = from; b < to; b += 1) {
      const at = offset + width * (b - from);
      for (let flag = 0; flag < FLAGS; flag += 1) out[at + flag] = this.flags[b] === flag ? 1 : 0;
      for (let i = 0; i < PIXELS; i += 1) out[at + FLAGS + i] = this.images[PIXELS * b + i]!;
    }
  }
}

/** `mixed-spaces-v0`. */
export const mixedSpaces: KernelDefinition = {
  kind: "kernel",
  spec: skillSpec({
    name: "mixed-spaces-v0",
    observationSpace: dict({ flag: discrete(FLAGS), image: box({ low: -1, high: 1, shape: [2, 2] }) }),
    actionSpace: tuple([discrete(2), discrete(FLAGS), box({ low: -1, high: 1, shape: [1] })]),
    maxCycles: 10,
  }),
  create: (buffers) => new MixedSpacesKernel(buffers),
};
