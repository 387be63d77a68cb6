/**
 * @file The one-skill environments with the return that proves each skill. A threshold lies between the best return and the
 * best return without the skill, nearer to the former; the reason names both.
 */
import type { EnvironmentEntry } from "./entry.ts";
import { attrition } from "./skills/attrition.kernel.ts";
import { bandit } from "./skills/bandit.kernel.ts";
import { corridor } from "./skills/corridor.kernel.ts";
import { identity, identityContinuous } from "./skills/identity.kernel.ts";
import { masked } from "./skills/masked.kernel.ts";
import { memory } from "./skills/memory.kernel.ts";
import { mixedSpaces } from "./skills/mixed-spaces.kernel.ts";
import { password } from "./skills/password.kernel.ts";
import { patience, patienceLong } from "./skills/patience.kernel.ts";
import { coordination, role } from "./skills/team.kernel.ts";
import { twoClocks } from "./skills/two-clocks.kernel.ts";

export const skillEntries: readonly Omit<EnvironmentEntry, "id">[] = [
  {
    description: "Skill: learn from noisy rewards, four arms, ten pulls.",
    definition: bandit,
    preset: "ppo",
    learning: {
      minimumReturn: 8.5,
      policy: "greedy",
      steps: 100_000,
      reason: "best 9, second arm 5, random 4.5",
    },
  },
  {
    description: "Skill: remember a cue over two blank observations.",
    definition: memory,
    preset: "ppo",
    learning: {
      minimumReturn: 0.95,
      policy: "greedy",
      steps: 200_000,
      recurrent: true,
      reason: "best 1, without memory 0",
    },
  },
  {
    description: "Skill: explore for one sparse reward, a password of five digits.",
    definition: password,
    preset: "ppo",
    learning: { minimumReturn: 1, policy: "greedy", steps: 100_000, reason: "best 1, random 1/32" },
  },
  {
    description: "Skill: be random on purpose, the corridor with switched actions (Sutton and Barto).",
    definition: corridor,
    preset: "ppo",
    learning: {
      minimumReturn: -14,
      policy: "sampled",
      steps: 300_000,
      reason: "best -11.6 at P(right) = .59, every deterministic policy -100",
    },
  },
  {
    description: "Skill: read a Dict and act with a Tuple of choices and a number.",
    definition: mixedSpaces,
    preset: "ppo",
    learning: { minimumReturn: 9, policy: "greedy", steps: 300_000, reason: "best 10, random about 4" },
  },
  {
    description: "Skill: two agents with one policy play different roles.",
    definition: role,
    preset: "mappo",
    learning: { minimumReturn: 9.9, policy: "greedy", steps: 100_000, reason: "best 10, without identity 5" },
  },
  {
    description: "Skill: two agents must both name the signal.",
    definition: coordination,
    preset: "mappo",
    learning: { minimumReturn: 9.5, policy: "greedy", steps: 200_000, reason: "best 10, random .625" },
  },
  {
    description: "Skill: repeat the observed symbol.",
    definition: identity,
    preset: "ppo",
    learning: { minimumReturn: 9.9, policy: "greedy", steps: 100_000, reason: "best 10, random 2.5" },
  },
  {
    description: "Skill: repeat the observed number (continuous action).",
    definition: identityContinuous,
    preset: "ppo",
    learning: {
      minimumReturn: 9,
      policy: "greedy",
      steps: 300_000,
      reason: "best 10, the constant 0 scores 5",
    },
  },
  {
    description: "Skill: heed the action mask.",
    definition: masked,
    preset: "ppo",
    learning: {
      minimumReturn: 8.2,
      policy: "greedy",
      steps: 200_000,
      reason:
        "best 8.5 on average (95 % of 100-episode means within .2), random legal 5, mask ignored 5 at most",
    },
  },
  {
    description: "Skill: bootstrap through a truncation (train here, evaluate on patience-long-v0).",
    definition: patience,
    preset: "ppo",
    learning: {
      minimumReturn: 100,
      policy: "greedy",
      steps: 100_000,
      evaluateOn: "patience-long-v0",
      reason: "waiting scores 100, a learner that takes truncation for an end leaves for 6",
    },
  },
  {
    description: "The same task with a time limit of 100 steps, to evaluate patience-v0.",
    definition: patienceLong,
    preset: "ppo",
  },
  {
    description: "Skill: agents that die and appear, two groups with different spaces.",
    definition: attrition,
    preset: "mappo",
    learning: {
      minimumReturn: 6.7,
      policy: "greedy",
      steps: 200_000,
      reason: "best 7 without memory (runners 8, 8, 5, medic 7), random about 2",
    },
  },
  {
    description: "Skill: a planner on a slow clock directs a worker on a fast one.",
    definition: twoClocks,
    preset: "mappo",
    learning: {
      minimumReturn: 9.5,
      policy: "greedy",
      steps: 300_000,
      reason: "best 10 on average (95 % of 100-episode means within .2), without the word 4",
    },
  },
];
