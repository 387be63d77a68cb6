/**
 * @file The stages' networks in the trainer: a team learns to follow a signal in its matrix, two runs of one
 * seed give the same weights.
 */
import { expect, test } from "vitest";
import type { Architecture } from "../../src/marl/learner/networks.ts";
import { createTrainer } from "../../src/marl/learner/trainer.ts";
import { strategicArchitecture } from "../../src/stages/strategic/networks/architecture.ts";
import {
  STRATEGIC_OBSERVATION,
  STRATEGIC_STATE,
  strategicColumns,
} from "../../src/stages/strategic/networks/observation.ts";
import { tacticalArchitecture } from "../../src/stages/tactical/networks/architecture.ts";
import {
  TACTICAL_OBSERVATION,
  TACTICAL_STATE,
  tacticalColumns,
} from "../../src/stages/tactical/networks/observation.ts";
import { teamGame, type TeamGame } from "./team-game.kernel.ts";

const strategic: TeamGame = {
  observation: STRATEGIC_OBSERVATION,
  state: STRATEGIC_STATE,
  agents: 4,
  role: strategicColumns.role,
  legal: strategicColumns.legal,
  paid: [0, 1],
};
const tactical: TeamGame = {
  observation: TACTICAL_OBSERVATION,
  state: TACTICAL_STATE,
  agents: 3,
  role: tacticalColumns.role,
  legal: tacticalColumns.legal,
  paid: [2, 4],
};

async function train(game: TeamGame, architecture: Architecture, updates: number) {
  const trainer = await createTrainer({
    environment: teamGame(game),
    architectures: { team: architecture },
    copies: 16,
    horizon: 8,
    totalSteps: 128 * updates,
    group: { learningRate: 2e-3, epochs: 4, gamma: 0, lambda: 0, valueNormalisation: "popart" },
  });
  let state = trainer.initialise(5);
  while (state.update < updates) {
    ({ state } = await trainer.step(state));
  }
  const learner = state.learners[0]!;
  const rewards = state.env.slabs.groups[0]!.rewards;
  const last = rewards.reduce((total, reward) => total + reward, 0) / rewards.length;
  const weights = learner.state.parameters.map((slab) => slab.slice());
  state.env.close();
  await trainer.release();
  return { last, weights };
}

test.each([
  ["strategic, compact", strategic, strategicArchitecture({ preset: "compact" })],
  ["tactical, compact", tactical, tacticalArchitecture({ preset: "compact" })],
  ["strategic, plain", strategic, strategicArchitecture({ preset: "compact", states: 1 })],
] as const)("%s: learns to follow the signal, reproducibly", async (_, game, architecture) => {
  const { last, weights } = await train(game, architecture, 30);
  // A uniform policy earns 0.2.
  expect(last).toBeGreaterThan(0.8);
  const again = await train(game, architecture, 30);
  expect(Buffer.compare(Buffer.from(weights[0]!.buffer), Buffer.from(again.weights[0]!.buffer))).toBe(0);
});
