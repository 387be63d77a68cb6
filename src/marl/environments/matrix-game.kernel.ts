/**
 * @file Repeated matrix games of two agents with common payoff: penalty (Claus, Boutilier 1998) and climbing.
 * Rows are agent 0's action, columns agent 1's. The observation is the constant (1, 1); 25 repeats, then truncation;
 * nothing is random. Their point is relative over-generalisation: the best cell stands beside the worst.
 *
 * History: v0 first version.
 */
import { box, discrete } from "../spaces/space.ts";
import type { BatchKernel, KernelArray, KernelBuffers, KernelDefinition } from "../vector/contract.ts";

const ACTIONS = 3;
const REPEATS = 25;

/** Nine payoffs, row-major. */
type Payoff = readonly [number, number, number, number, number, number, number, number, number];

class MatrixGameKernel implements BatchKernel {
  declare readonly memory: readonly KernelArray[];
  declare private readonly payoff: Payoff;
  declare private readonly actions: Int32Array;
  declare private readonly rewards: Float64Array;

  constructor(buffers: KernelBuffers, payoff: Payoff) {
    const group = buffers.groups[0]!;
    this.memory = [];
    this.payoff = payoff;
    this.actions = group.discrete;
    this.rewards = group.rewards;
  }

  reset(_b: number): void {
    // The game has no state.
  }

  step(from: number, to: number): void {
    const { payoff, actions, rewards } = this;
    for (let b = from; b < to; b += 1) {
      const reward = payoff[actions[2 * b]! * ACTIONS + actions[2 * b + 1]!]!;
      rewards[2 * b] = reward;
      rewards[2 * b + 1] = reward;
    }
  }

  observe(_group: number, from: number, to: number, out: Float32Array, offset: number): void {
    out.fill(1, offset, offset + 4 * (to - from));
  }
}

function define(name: string, payoff: Payoff): KernelDefinition {
  return {
    kind: "kernel",
    spec: {
      name,
      groups: [
        {
          name: "player",
          agents: ["player_0", "player_1"],
          observationSpace: box({ low: 0, high: 1, shape: [2] }),
          actionSpace: discrete(ACTIONS),
          every: 1,
        },
      ],
      stateSpace: box({ low: 0, high: 1, shape: [4] }),
      joinedState: true,
      deterministic: true,
      maxCycles: REPEATS,
      membership: "fixed",
      illegalActions: "throw",
    },
    create: (buffers) => new MatrixGameKernel(buffers, payoff),
  };
}

/** `penalty-k-v0`: payoff [[-k, 0, 10], [0, 2, 0], [10, 0, -k]]. */
export function penaltyGame(k: number): KernelDefinition {
  return define(`penalty-${k}-v0`, [-k, 0, 10, 0, 2, 0, 10, 0, -k]);
}

/** `climbing-v0`: payoff [[11, -30, 0], [-30, 7, 0], [0, 6, 5]]. */
export const climbingGame: KernelDefinition = define("climbing-v0", [11, -30, 0, -30, 7, 0, 0, 6, 5]);
