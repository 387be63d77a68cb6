/**
 * @file The trading environments as entries of `grandmodel envs`: over labelled synthetic bars, so that they can be listed,
 * served and examined anywhere. For real bars use `createStrategicEnvironment` and `createTacticalEnvironment`. The bars
 * are few and the warm-up is short: this shows the environments, it is no market to learn from.
 */
import type { BarSeries } from "../market/bars.ts";
import { generateMarket } from "../market/synthetic/generator.ts";
import {
  environmentEntries as builtIn,
  environmentEntry as builtInEntry,
} from "../marl/environments/registry.ts";
import type { EnvironmentEntry } from "../marl/environments/entry.ts";
import { createStrategicEnvironment } from "../stages/strategic/environment.ts";
import { createTacticalEnvironment } from "../stages/tactical/environment.ts";

const minute = 60_000;
const maxSteps = 200;

/** All environments that have a name. */
export function environmentEntries(): readonly EnvironmentEntry[] {
  return [...builtIn, strategicEntry(), tacticalEntry()];
}

/** @throws GrandModelError `ENV_UNKNOWN`, with the nearest id, when there is no such environment. */
export function environmentEntry(id: string): EnvironmentEntry {
  switch (id) {
    case "strategic-marl-v0":
      return strategicEntry();
    case "tactical-marl-v0":
      return tacticalEntry();
    default:
      return builtInEntry(id);
  }
}

function strategicEntry(): EnvironmentEntry {
  const features = { warmUp: 200 };
  return {
    id: "strategic-marl-v0",
    description: "Four agents set a target exposure at 30-minute closes; synthetic NQ bars.",
    definition: createStrategicEnvironment(bars(30 * minute, 16, 0.0012), { features, maxSteps }),
    preset: "mappo",
  };
}

function tacticalEntry(): EnvironmentEntry {
  const feed = { features: { warmUp: 200 } };
  return {
    id: "tactical-marl-v0",
    description: "Three agents propose, cap and time an order at 5-minute closes; synthetic NQ bars.",
    definition: createTacticalEnvironment(bars(5 * minute, 5, 0.0005), { feed, maxSteps }),
    preset: "mappo",
  };
}

function bars(intervalMs: number, sessions: number, sigma: number): BarSeries {
  const market = { seed: 1, symbol: "NQ", from: 2024_03_11, startPrice: 18_000 } as const;
  return generateMarket({ ...market, intervalMs, sessions, sigma }).bars;
}
