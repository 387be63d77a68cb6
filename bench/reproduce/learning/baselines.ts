/** @file Published numbers beside which ours stand, with where they are from. */
import type { Baseline } from "../contract.ts";

export const cartPoleBaselines: readonly Baseline[] = [
  { name: "CleanRL ppo.py, 500 k, 3 seeds", value: 490.04, source: "CleanRL documentation, +- 6.12" },
  { name: "openai/baselines, 500 k, 3 seeds", value: 497.54, source: "CleanRL documentation, +- 4.02" },
];

export const acrobotBaselines: readonly Baseline[] = [
  { name: "CleanRL ppo.py, 500 k", value: -86.36, source: "CleanRL documentation, +- 1.32" },
  { name: "openai/baselines, 500 k", value: -81.82, source: "CleanRL documentation, +- 5.58" },
  { name: "SB3 zoo, 1 M", value: -73.5, source: "RL Baselines3 Zoo benchmark, +- 18.2" },
];

export const spreadCBaselines: readonly Baseline[] = [
  { name: "uniform random", value: -26.4, source: "4000 episodes, +- .25" },
  { name: "no action", value: -24.1, source: "4000 episodes, +- .25" },
  { name: "plain MAPPO, 8 M", value: -12.2, source: "reference run, 1 seed, 1000 greedy episodes" },
  { name: "optimal assignment, greedy one-step control", value: -8.8, source: "4000 episodes, +- .25" },
  { name: "optimal assignment, 3-step MPC", value: -7.4, source: "4000 episodes, +- .25" },
];

export const spreadBBaselines: readonly Baseline[] = [
  { name: "uniform random", value: -218.3, source: "4000 episodes, +- 1.5" },
  { name: "plain MAPPO, 5 M", value: -162, source: "reference run, 1 seed, 1000 greedy episodes" },
  { name: "MAPPO repository, default script, 20 M", value: -120, source: "reported, about" },
  { name: "optimal assignment, greedy one-step control", value: -118.5, source: "4000 episodes, +- 1.5" },
];
