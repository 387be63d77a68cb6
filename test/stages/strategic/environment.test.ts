/** @file The strategic environment: conformance, money identities, episode rules, masks, look-ahead, votes. */
import { describe, expect, it } from "vitest";
import { sliceBars } from "../../../src/market/bars.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { createEnv, type KernelEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { parallelToAec } from "../../../src/marl/adapters/parallel-to-aec.ts";
import { checkAecEnv } from "../../../src/marl/conformance/check-aec-env.ts";
import { checkParallelEnv } from "../../../src/marl/conformance/check-parallel-env.ts";
import type { KernelDefinition, VectorEnv } from "../../../src/marl/vector/contract.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { costTable, freeOfCosts } from "../../../src/trading/costs/cost-model.ts";
import { strategicActions } from "../../../src/stages/strategic/actions.ts";
import { initialAgentWeights, poolStrategic } from "../../../src/stages/strategic/aggregation.ts";
import {
  createStrategicEnvironment,
  type StrategicEnvironmentOptions,
} from "../../../src/stages/strategic/environment.ts";
import { clippedReward, drawdownPotential, tanhReward } from "../../../src/stages/reward.ts";
import type { StrategicKernel } from "../../../src/stages/strategic/strategic.kernel.ts";
import { voted } from "../../../src/stages/strategic/strategic.kernel.ts";
import { perturbed, smallMarket, troubled } from "../small-market.ts";

const features = { warmUp: 60 };
const bars = smallMarket();
const make = (options: StrategicEnvironmentOptions = {}, series = bars): KernelDefinition =>
  createStrategicEnvironment(series, { features, ...options });
const [BUY, SELL, HOLD, REDUCE, INCREASE] = [0, 1, 2, 3, 4] as const;

/** One copy, all four agents choosing alike, seen through the kernel. */
class Team {
  readonly vector: VectorEnv;
  readonly kernel: StrategicKernel;
  private t = 0;

  constructor(definition: KernelDefinition, seed = 1) {
    let kernel: StrategicKernel | undefined;
    const spied: KernelDefinition = {
      ...definition,
      create: (buffers) => {
        kernel = definition.create(buffers) as StrategicKernel;
        return kernel;
      },
    };
    this.vector = createVectorEnv(spied, { copies: 1, horizon: 1, autoreset: "disabled" });
    this.kernel = kernel!;
    this.vector.reset({ seed });
  }

  step(...choices: readonly number[]): { readonly reward: number; readonly over: boolean } {
    if (this.t > 0) this.vector.beginRollout();
    this.t += 1;
    const [first = HOLD] = choices;
    for (let a = 0; a < 4; a += 1) this.vector.actions[0]!.discrete[a] = choices[a] ?? first;
    this.vector.step(0);
    const slabs = this.vector.slabs.groups[0]!;
    return { reward: slabs.rewards[0]!, over: slabs.hasFinal[0] === 1 };
  }

  get contracts(): number {
    return this.kernel.accounts.accounts.units[0]!;
  }
}

describe("conformance", () => {
  it("passes as parallel and as turn-based environment", { timeout: 60_000 }, () => {
    const definition = make({ maxSteps: 12 });
    const options = { episodes: 2, maxSteps: 14, soakSteps: 0 };
    const report = checkParallelEnv(() => createEnv(definition), { ...options, definition });
    expect(report.rows.filter(({ outcome }) => outcome.kind === "passed").length).toBeGreaterThanOrEqual(15);
    checkAecEnv(() => parallelToAec(createEnv(definition)), options);
  });

  it("sees no bar before its close", { timeout: 60_000 }, () => {
    const definition = make({ mode: "eval", maxSteps: 12 });
    const first = new Team(definition).kernel.accounts.at(0);
    const report = checkParallelEnv(() => createEnv(definition), {
      episodes: 2,
      maxSteps: 14,
      soakSteps: 0,
      lookAhead: ({ kind, after }) => {
        const last = first + after;
        const series = kind === "perturb" ? perturbed(bars, last) : sliceBars(bars, 0, last + 2);
        return createEnv(make({ mode: "eval", maxSteps: 12 }, series));
      },
      conservation: (env) => {
        const { accounts } = (env as KernelEnv).copies.kernel as StrategicKernel;
        const { units, flowTicks, feesMicroCents, equityMicroCents, initialMicroCents } = accounts.accounts;
        const close = accounts.market.close[accounts.at(0)]!;
        const worth = (flowTicks[0]! + units[0]! * close) * accounts.market.tickValue;
        return equityMicroCents[0]! + feesMicroCents[0]! - initialMicroCents - worth;
      },
    });
    const outcome = (id: string): string | undefined =>
      report.rows.find((row) => row.id === id)?.outcome.kind;
    expect([outcome("C15"), outcome("C16")]).toEqual(["passed", "passed"]);
  });
});

describe("money", () => {
  it("pays exactly nothing for HOLD from flat", () => {
    const team = new Team(make({ mode: "eval", maxSteps: 100 }));
    for (let over = false; !over;) {
      const step = team.step(HOLD);
      expect(step.reward).toBe(0);
      ({ over } = step);
    }
  });

  it("pays quantity x move x point value - costs, in units of risk", () => {
    const team = new Team(make({ mode: "eval", holdOvernight: true, costs: costTable["NQ"]! }));
    const { accounts } = team.kernel;
    const { market } = accounts;
    let cash = 0;
    let fees = 0;
    let paid = 0;
    const draws = Generator.fromKey(keyFromSeed(5));
    for (let step = 0; step < 150; step += 1) {
      const held = team.contracts;
      const t = accounts.at(0);
      const before = accounts.equityUsd(0);
      const result = team.step([BUY, SELL, HOLD][draws.below(3)]!);
      if (result.over) break;
      const traded = team.contracts - held;
      const price = market.open[t + 1]! + Math.sign(traded) * market.marketAdverse[t + 1]!;
      const bounded =
        traded > 0
          ? Math.min(price, market.high[t + 1]! + market.maxAdverse)
          : Math.max(price, market.low[t + 1]! - market.maxAdverse);
      cash -= traded * bounded * 5;
      fees += 2.25 * Math.abs(traded);
      const worth = cash + team.contracts * market.close[t + 1]! * 5 - fees;
      expect(accounts.equityUsd(0) - 1_000_000).toBeCloseTo(worth, 9);
      paid += accounts.equityUsd(0) - before;
    }
    expect(paid).toBeCloseTo(accounts.equityUsd(0) - 1_000_000, 6);
    expect(fees).toBeGreaterThan(50);
  });

  it("earns nothing on a driftless martingale without costs, within three standard errors", () => {
    const series = smallMarket({ martingale: true, sessions: 160, seed: 3 });
    const free = make({ costs: freeOfCosts, holdOvernight: true, maxSteps: 200 }, series);
    const vector = createVectorEnv(free, { copies: 16, horizon: 200 });
    vector.reset({ seed: 1 });
    const draws = Generator.fromKey(keyFromSeed(9));
    const means: number[] = [];
    const sums = new Float64Array(16);
    for (let t = 0; t < 200; t += 1) {
      const choices = vector.actions[0]!.discrete;
      for (let b = 0; b < 16; b += 1) choices.fill(draws.below(3), 4 * b, 4 * b + 4);
      vector.step(t);
      for (let b = 0; b < 16; b += 1) sums[b] = sums[b]! + vector.slabs.groups[0]!.rewards[(16 * t + b) * 4]!;
    }
    for (const sum of sums) means.push(sum / 200);
    const mean = means.reduce((a, b) => a + b, 0) / 16;
    const variance = means.reduce((a, b) => a + (b - mean) ** 2, 0) / 15;
    expect(Math.abs(mean)).toBeLessThan(3 * Math.sqrt(variance / 16));
    expect(variance).toBeGreaterThan(0);
  });

  it("falls with the cost multiplier by the difference of costs", () => {
    const equity = [0, 1, 2].map((costMultiplier) => {
      const costs = { ...freeOfCosts, commission: { kind: "perUnit", usd: 2 }, slipTicksBase: 1 } as const;
      const team = new Team(make({ mode: "eval", costs, costMultiplier }));
      team.step(BUY);
      team.step(SELL);
      return team.kernel.accounts.equityUsd(0);
    });
    expect(equity[0]! - equity[1]!).toBe(2 * (2 + 5));
    expect(equity[1]! - equity[2]!).toBe(2 * (2 + 5));
  });

  it("knows its rewards' parts", () => {
    expect(tanhReward(100, 80)).toBeCloseTo(0.5545997223, 10);
    expect(drawdownPotential(0.2)).toBeCloseTo(-0.0333333333, 10);
    expect([drawdownPotential(0.15), clippedReward(12), clippedReward(-12)]).toEqual([0, 10, -10]);
  });
});

describe("episodes", () => {
  const roll = 300;
  const masked = 420;
  const series = troubled(bars, roll, masked);

  it("end flat at a roll, at a masked stretch and at the end of the data", () => {
    for (const [from, to, last] of [
      [250, 400, roll - 1],
      [350, 480, masked - 1],
      [200, 260, 259],
    ] as const) {
      const team = new Team(make({ mode: "eval", from, to, holdOvernight: true }, series));
      while (!team.step(BUY).over) expect(team.contracts).toBeGreaterThan(0);
      const { accounts } = team.kernel;
      expect([accounts.at(0), team.contracts, team.kernel.exposure[0]]).toEqual([last, 0, 0]);
      expect(team.vector.slabs.groups[0]!.truncated[0]).toBe(1);
    }
  });

  it("is flat over the daily halt unless told otherwise", () => {
    const nights = (holdOvernight: boolean): number => {
      const team = new Team(make({ mode: "eval", holdOvernight }));
      let held = 0;
      for (let over = false; !over;) {
        ({ over } = team.step(BUY));
        const t = team.kernel.accounts.at(0);
        if (!over && bars.session[t] !== bars.session[t + 1] && team.contracts !== 0) held += 1;
      }
      return held;
    };
    expect([nights(false), nights(true) > 3]).toEqual([0, true]);
  });

  it("end by termination at the drawdown limit, and only there", () => {
    const falling = smallMarket({ drift: -0.01, sigma: 0.0005, sessions: 8 });
    const team = new Team(make({ mode: "eval", initialUsd: 400_000, holdOvernight: true }, falling));
    let over = false;
    while (!over) ({ over } = team.step(BUY));
    expect(team.vector.slabs.groups[0]!.terminated[0]).toBe(1);
    expect(team.kernel.accounts.drawdown(0)).toBeGreaterThanOrEqual(0.15);
  });

  it("start only where the window is full, and sweep without drawing in eval", () => {
    const train = createVectorEnv(make({ from: 200, to: 300 }), { copies: 64, horizon: 1 });
    train.reset({ seed: 2 });
    const matrices = train.slabs.groups[0]!.observations;
    for (let b = 0; b < 64; b += 1) {
      const first = matrices.subarray(b * 4 * 656, b * 4 * 656 + 13);
      expect(first.some((value) => value !== 0)).toBe(true);
    }
    const team = new Team(make({ mode: "eval", from: 200, to: 300, maxSteps: 10 }));
    const starts = Array.from({ length: 3 }, () => {
      const start = team.kernel.accounts.at(0);
      for (let over = false; !over;) ({ over } = team.step(HOLD));
      team.vector.reset({ resetMask: Uint8Array.of(1) });
      return start;
    });
    expect(starts).toEqual([200, 210, 220]);
  });

  it("refuse a range without a start, and settings out of range", () => {
    const codeOf = (action: () => unknown): unknown => {
      try {
        action();
      } catch (error) {
        return (error as { issues: { code: string }[] }).issues[0]?.code;
      }
      return "nothing";
    };
    expect(codeOf(() => make({ to: 50 }))).toBe("EPISODE_NO_START");
    expect(codeOf(() => make({ maxContracts: 0.5 }))).toBe("ENVIRONMENT_OPTION");
    expect(codeOf(() => make({ threshold: 1.5 }))).toBe("ENVIRONMENT_OPTION");
  });
});

describe("decisions", () => {
  it.each([0.65, 0.3])("of votes in the kernel are those of the pool, for all votes, at %d", (threshold) => {
    for (const exposure of [-1, -0.5, 0, 0.5, 1]) {
      for (let code = 0; code < 625; code += 1) {
        const votes = Int32Array.of(
          code % 5,
          Math.floor(code / 5) % 5,
          Math.floor(code / 25) % 5,
          Math.floor(code / 125),
        );
        const rows = new Float64Array(20);
        for (const [agent, action] of votes.entries()) rows[5 * agent + action] = 1;
        const pooled = poolStrategic(rows, initialAgentWeights, exposure, {
          pool: "linear",
          threshold,
        });
        const action = strategicActions[voted(votes, 0, initialAgentWeights, threshold, exposure)];
        expect({ code, exposure, action }).toEqual({ code, exposure, action: pooled.action });
      }
    }
  });

  it("move whole contracts and heed the masks", () => {
    const team = new Team(make({ mode: "eval", holdOvernight: true }));
    const seen = [BUY, BUY, INCREASE, INCREASE, BUY, REDUCE, REDUCE, REDUCE, SELL, HOLD].map((code) => {
      team.step(code);
      return [team.contracts, team.kernel.exposure[0]];
    });
    expect(seen).toEqual([
      [1, 0.25],
      [2, 0.5],
      [3, 0.75],
      [4, 1],
      [4, 1],
      [2, 0.5],
      [1, 0.25],
      [0, 0],
      [-1, -0.25],
      [-1, -0.25],
    ]);
  });

  it("need three of four votes, so that each agent's sampled action can change the outcome", () => {
    for (let agent = 0; agent < 4; agent += 1) {
      const votes: number[] = [BUY, BUY, BUY, BUY];
      votes[agent] = HOLD;
      votes[(agent + 1) % 4] = HOLD;
      const two = new Team(make({ mode: "eval" }));
      two.step(...votes);
      votes[agent] = BUY;
      const three = new Team(make({ mode: "eval" }));
      three.step(...votes);
      expect([two.contracts, three.contracts]).toEqual([0, 1]);
    }
  });

  it("show the same market to all agents once, in the state, and foreign columns to none under hard masking", () => {
    const observe = (roleMasking: "hard" | "soft" | "off"): Float32Array => {
      const team = new Team(make({ mode: "eval", roleMasking }));
      return team.vector.slabs.groups[0]!.observations.slice(0, 4 * 656);
    };
    const soft = observe("soft");
    const hard = observe("hard");
    const state = new Team(make({ mode: "eval" })).vector.slabs.state.subarray(0, 624);
    for (let agent = 0; agent < 4; agent += 1) {
      expect(soft.slice(agent * 656, agent * 656 + 624)).toEqual(state.slice());
    }
    for (let row = 0; row < 48; row += 1) {
      for (const foreign of [2, 3, 4, 5, 10, 11, 12]) expect(hard[row * 13 + foreign]).toBe(0);
      for (const shown of [0, 6, 7, 8, 9]) expect(hard[row * 13 + shown]).toBe(soft[row * 13 + shown]);
    }
    expect(Array.from(soft.subarray(624, 637))).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0]);
    expect(
      observe("off")
        .slice(624, 637)
        .every((mark) => mark === 0),
    ).toBe(true);
    expect(Array.from(soft.subarray(3 * 656 + 647, 3 * 656 + 656))).toEqual([0, 0, 0, 1, 1, 1, 1, 0, 0]);
  });
});
