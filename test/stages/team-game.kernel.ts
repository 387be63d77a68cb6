/**
 * @file A game with the shapes of a stage: a team sees one signal in the first column of its matrix and is paid for the share of
 * agents that take the action of its side. One signal per step, eight steps.
 */
import { box, discrete } from "../../src/marl/spaces/space.ts";
import type { KernelDefinition } from "../../src/marl/vector/contract.ts";
import type { Columns } from "../../src/nn/embedders/shared-input.ts";

export interface TeamGame {
  readonly observation: number;
  readonly state: number;
  readonly agents: number;
  readonly role: Columns;
  readonly legal: Columns;
  /** Actions that pay when the signal is positive and negative. */
  readonly paid: readonly [number, number];
}

export function teamGame(game: TeamGame): KernelDefinition {
  const names = Array.from({ length: game.agents }, (_, i) => `agent_${i}`);
  return {
    kind: "kernel",
    spec: {
      name: "team-game-v0",
      groups: [
        {
          name: "team",
          agents: names,
          observationSpace: box({ low: -1, high: 1, shape: [game.observation] }),
          actionSpace: discrete(5),
          every: 1,
        },
      ],
      stateSpace: box({ low: -1, high: 1, shape: [game.state] }),
      maxCycles: 8,
      membership: "fixed",
      illegalActions: "throw",
    },
    create({ copies, generators, groups }) {
      const signal = new Float64Array(copies);
      const draw = (b: number): void => {
        signal[b] = generators[b]!.below(2) === 0 ? 1 : -1;
      };
      return {
        memory: [signal],
        reset: draw,
        step(from, to) {
          for (let b = from; b < to; b += 1) {
            const own = groups[0]!.discrete.subarray(b * game.agents, (b + 1) * game.agents);
            const paid = game.paid[signal[b]! > 0 ? 0 : 1];
            const share = own.filter((action) => action === paid).length / game.agents;
            groups[0]!.rewards.fill(share, b * game.agents, (b + 1) * game.agents);
            draw(b);
          }
        },
        observe(_group, from, to, out, offset) {
          out.fill(0, offset, offset + (to - from) * game.agents * game.observation);
          for (let row = from * game.agents; row < to * game.agents; row += 1) {
            const at = offset + (row - from * game.agents) * game.observation;
            out.fill(signal[Math.floor(row / game.agents)]!, at, at + 100);
            out[at + game.role.start + (row % game.agents)] = 1;
            out.fill(1, at + game.legal.start, at + game.legal.end);
          }
        },
        state(from, to, out, offset) {
          out.fill(0, offset, offset + (to - from) * game.state);
          for (let b = from; b < to; b += 1) out[offset + (b - from) * game.state] = signal[b]!;
        },
      };
    },
  };
}
