/** @file A five-minute market for tests of the tactical stage, and one copy of its environment seen through the kernel. */
import type { BarSeries } from "../../../src/market/bars.ts";
import type { SyntheticOptions } from "../../../src/market/synthetic/generator.ts";
import type { KernelDefinition, VectorEnv } from "../../../src/marl/vector/contract.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { seal } from "../../../src/stages/messages/seal-context.ts";
import type { ContextContent, StrategicContext } from "../../../src/stages/messages/strategic-context.ts";
import {
  createTacticalEnvironment,
  type TacticalEnvironmentOptions,
} from "../../../src/stages/tactical/environment.ts";
import type { TacticalKernel } from "../../../src/stages/tactical/tactical.kernel.ts";
import { tacticalOutcome } from "../../../src/stages/tactical/voting-team.kernel.ts";
import { content } from "../messages/sample-context.ts";
import { smallMarket } from "../small-market.ts";

export const HOLD = 0;
export const BUY_SMALL = 1;
export const BUY_LARGE = 2;
export const SELL_SMALL = 3;
export const SELL_LARGE = 4;

/** Sessions of 276 bars; the first is warm-up. */
export function fiveMinutes(options: Partial<SyntheticOptions> = {}): BarSeries {
  return smallMarket({ intervalMs: 300_000, sessions: 4, sigma: 0.0005, ...options });
}

export const feed = { features: { warmUp: 120 } };

export function tacticalEnvironment(
  bars: BarSeries,
  options: TacticalEnvironmentOptions = {},
): KernelDefinition {
  return createTacticalEnvironment(bars, { feed, ...options });
}

/** A message at every half hour of the bars, all of one content: bullish, no synergy. */
export function messagesOver(
  bars: BarSeries,
  changes: (seq: number) => Partial<ContextContent> = () => ({}),
): readonly StrategicContext[] {
  const messages: StrategicContext[] = [];
  for (let t = 0; t < bars.length; t += 1) {
    const close = (bars.t[t] ?? 0) + bars.intervalMs;
    if (close % 1_800_000 !== 0) continue;
    const seq = messages.length;
    const times = { barOpen: close - 1_800_000, barClose: close, seq };
    messages.push(seal({ ...content, synergy: undefined, ...times, ...changes(seq) }));
  }
  return messages;
}

/** One copy, seen through the kernel. */
export class Team {
  readonly vector: VectorEnv;
  readonly kernel: TacticalKernel;
  private t = 0;

  constructor(definition: KernelDefinition, seed = 1) {
    let kernel: TacticalKernel | undefined;
    const spied: KernelDefinition = {
      ...definition,
      create: (buffers) => {
        kernel = definition.create(buffers) as TacticalKernel;
        return kernel;
      },
    };
    this.vector = createVectorEnv(spied, { copies: 1, horizon: 1, autoreset: "disabled" });
    this.kernel = kernel!;
    this.vector.reset({ seed });
  }

  /** Votes of tactical, risk and execution; one alone is the vote of all three. */
  step(...choices: readonly number[]): { readonly reward: number; readonly over: boolean } {
    if (this.t > 0) this.vector.beginRollout();
    this.t += 1;
    const [first = HOLD] = choices;
    for (let a = 0; a < 3; a += 1) this.vector.actions[0]!.discrete[a] = choices[a] ?? first;
    this.vector.step(0);
    const slabs = this.vector.slabs.groups[0]!;
    return { reward: slabs.rewards[0]!, over: slabs.hasFinal[0] === 1 };
  }

  get contracts(): number {
    return this.kernel.accounts.accounts.units[0]!;
  }

  /** Legal actions of the tactical agent now. */
  get mask(): readonly number[] {
    const row = this.t > 0 ? 15 : 0;
    return Array.from(this.vector.slabs.groups[0]!.mask.subarray(row, row + 5));
  }

  /** What the three agents see now, [3, 472]. */
  get observations(): Float32Array {
    const row = this.t > 0 ? 3 * 472 : 0;
    return this.vector.slabs.groups[0]!.observations.slice(row, row + 3 * 472);
  }

  /** Bar at whose close the team stands. */
  get bar(): number {
    return this.kernel.accounts.at(0);
  }

  /** Name of what became of the last votes. */
  get outcome(): string | undefined {
    const code = this.kernel.outcome[0];
    return Object.entries(tacticalOutcome).find(([, value]) => value === code)?.[0];
  }
}
