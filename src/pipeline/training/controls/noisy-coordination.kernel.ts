/**
 * @file A cooperative game under observation noise: two agents must both name the same one of three signals, each of them
 * sees it rightly four times in five, and a common weather of nine units of variance falls on every reward.
 * The global state knows signal, sightings and weather; an agent knows what it saw. The best policy names what one sees:
 * 0.64 a step. A centralised critic can tell luck from skill here, an independent one cannot (training.md section 9).
 *
 * History: v0 first version.
 */
import type { Generator } from "../../../runtime/random/generator.ts";
import { box, discrete } from "../../../marl/spaces/space.ts";
import type {
  BatchKernel,
  KernelArray,
  KernelBuffers,
  KernelDefinition,
} from "../../../marl/vector/contract.ts";

const AGENTS = 2;
const SIGNALS = 3;
const STEPS = 10;
/** Of 2^32: an agent sees another signal than the true one. */
const WRONG = 0.2 * 4_294_967_296;
const WEATHER = 3;
/** One-hot signal, one-hot sighting of each agent, weather. */
const STATE = SIGNALS + AGENTS * SIGNALS + 1;

class NoisyCoordinationKernel implements BatchKernel {
  readonly memory: readonly KernelArray[];
  private readonly signal: Int32Array;
  /** [B, A] what each agent sees. */
  private readonly seen: Int32Array;
  private readonly weather: Float64Array;
  private readonly actions: Int32Array;
  private readonly rewards: Float64Array;
  private readonly generators: readonly Generator[];
  private readonly stormy: boolean;

  constructor(buffers: KernelBuffers, stormy: boolean) {
    const group = buffers.groups[0]!;
    this.signal = new Int32Array(buffers.copies);
    this.seen = new Int32Array(AGENTS * buffers.copies);
    this.weather = new Float64Array(buffers.copies);
    this.memory = [this.signal, this.seen, this.weather];
    this.actions = group.discrete;
    this.rewards = group.rewards;
    this.generators = buffers.generators;
    this.stormy = stormy;
  }

  reset(b: number): void {
    const generator = this.generators[b]!;
    const signal = generator.below(SIGNALS);
    this.signal[b] = signal;
    for (let i = AGENTS * b; i < AGENTS * (b + 1); i += 1) {
      const wrong = generator.nextU32() < WRONG;
      this.seen[i] = wrong ? (signal + 1 + generator.below(SIGNALS - 1)) % SIGNALS : signal;
    }
    this.weather[b] = this.stormy ? WEATHER * generator.normal() : 0;
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      const first = AGENTS * b;
      let named = 0;
      for (let i = first; i < first + AGENTS; i += 1) if (this.actions[i] === this.signal[b]) named += 1;
      const reward = (named === AGENTS ? 1 : 0) + this.weather[b]!;
      for (let i = first; i < first + AGENTS; i += 1) this.rewards[i] = reward;
      this.reset(b);
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(0, offset, offset + (to - from) * AGENTS * SIGNALS);
    for (let i = AGENTS * from; i < AGENTS * to; i += 1) {
      out[offset + (i - AGENTS * from) * SIGNALS + this.seen[i]!] = 1;
    }
  }

  state(from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(0, offset, offset + (to - from) * STATE);
    for (let b = from; b < to; b += 1) {
      const at = offset + (b - from) * STATE;
      out[at + this.signal[b]!] = 1;
      for (let agent = 0; agent < AGENTS; agent += 1) {
        out[at + SIGNALS * (1 + agent) + this.seen[AGENTS * b + agent]!] = 1;
      }
      out[at + STATE - 1] = this.weather[b]! / (4 * WEATHER);
    }
  }
}

/** `noisy-coordination-v0`; without weather the returns are the payoffs alone, for scoring. */
export function noisyCoordination(weather: boolean): KernelDefinition {
  return {
    kind: "kernel",
    spec: {
      name: "noisy-coordination-v0",
      groups: [
        {
          name: "team",
          agents: ["agent_0", "agent_1"],
          observationSpace: box({ low: 0, high: 1, shape: [SIGNALS] }),
          actionSpace: discrete(SIGNALS),
          every: 1,
        },
      ],
      stateSpace: box({ low: -1, high: 1, shape: [STATE] }),
      maxCycles: STEPS,
      membership: "fixed",
      illegalActions: "throw",
    },
    create: (buffers) => new NoisyCoordinationKernel(buffers, weather),
  };
}
