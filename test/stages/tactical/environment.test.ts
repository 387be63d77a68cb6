/** @file The tactical environment: conformance, money identities, episode rules, masks, brackets, look-ahead. */
import { describe, expect, it } from "vitest";
import { sliceBars } from "../../../src/market/bars.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";
import { createEnv, type KernelEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { parallelToAec } from "../../../src/marl/adapters/parallel-to-aec.ts";
import { checkAecEnv } from "../../../src/marl/conformance/check-aec-env.ts";
import { checkParallelEnv } from "../../../src/marl/conformance/check-parallel-env.ts";
import type { KernelDefinition } from "../../../src/marl/vector/contract.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { costTable, freeOfCosts } from "../../../src/trading/costs/cost-model.ts";
import { contractSpec } from "../../../src/market/instruments.ts";
import { tacticalMarket } from "../../../src/stages/tactical/feed.ts";
import type { TacticalEnvironmentOptions } from "../../../src/stages/tactical/environment.ts";
import type { TacticalKernel } from "../../../src/stages/tactical/tactical.kernel.ts";
import { perturbed, troubled } from "../small-market.ts";
import {
  BUY_LARGE,
  BUY_SMALL,
  feed,
  fiveMinutes,
  HOLD,
  messagesOver,
  SELL_LARGE,
  SELL_SMALL,
  tacticalEnvironment,
  Team,
} from "./team.ts";

const bars = fiveMinutes();
const contexts = messagesOver(bars);
const make = (options: TacticalEnvironmentOptions = {}, series = bars): KernelDefinition =>
  tacticalEnvironment(series, { contexts, ...options });

const { atr: tacticalAtr } = tacticalMarket(bars, contractSpec("NQ"), feed);

describe("conformance", () => {
  it("passes as parallel and as turn-based environment", { timeout: 60_000 }, () => {
    const definition = make({ maxSteps: 12 });
    const options = { episodes: 2, maxSteps: 14, soakSteps: 0 };
    const report = checkParallelEnv(() => createEnv(definition), { ...options, definition });
    expect(report.rows.filter(({ outcome }) => outcome.kind === "passed").length).toBeGreaterThanOrEqual(15);
    checkAecEnv(() => parallelToAec(createEnv(definition)), options);
  });

  it("passes in the view of the last row", { timeout: 60_000 }, () => {
    const definition = make({ maxSteps: 12, view: "last-row" });
    checkParallelEnv(() => createEnv(definition), { episodes: 2, maxSteps: 14, soakSteps: 0, definition });
    const [full, last] = (["full", "last-row"] as const).map((view) => {
      const team = new Team(make({ mode: "eval", view }));
      return team.vector.slabs.groups[0]!.observations;
    });
    for (let agent = 0; agent < 3; agent += 1) {
      expect(last!.slice(7 * agent, 7 * agent + 7)).toEqual(full!.slice(413, 420));
    }
  });

  it("sees no bar before its close, and no money appears", { timeout: 60_000 }, () => {
    const definition = make({ mode: "eval", maxSteps: 12 });
    const first = new Team(definition).bar;
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
        const { accounts } = (env as KernelEnv).copies.kernel as TacticalKernel;
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
    const costs = costTable["NQ"]!;
    const draws = Generator.fromKey(keyFromSeed(5));
    let checked = 0;
    for (let from = 200; from < 1000; from += 20) {
      const team = new Team(make({ mode: "eval", holdOvernight: true, costs, sessionLimits: false, from }));
      const { accounts } = team.kernel;
      const { market } = accounts;
      let cash = 0;
      let fees = 0;
      for (let step = 0; step < 30; step += 1) {
        const held = team.contracts;
        const t = team.bar;
        const before = accounts.equityUsd(0);
        const { reward, over } = team.step([BUY_LARGE, SELL_LARGE, HOLD][draws.below(3)]!);
        // Up to the first stop or target: what those fill at is proved against the event engine.
        if (over || accounts.accounts.exits[0]! > 0) break;
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
        const riskUnit = tacticalAtr[t]! * 20 * 4;
        expect(reward).toBeCloseTo((accounts.equityUsd(0) - before) / riskUnit, 6);
        checked += traded === 0 ? 0 : 1;
      }
    }
    expect(checked).toBeGreaterThan(50);
  });

  it("earns nothing on a driftless martingale without costs, within three standard errors", () => {
    const series = fiveMinutes({ martingale: true, sessions: 24, seed: 3 });
    const free = make({ costs: freeOfCosts, holdOvernight: true, maxSteps: 200, contexts: [] }, series);
    const copies = 48;
    const vector = createVectorEnv(free, { copies, horizon: 200 });
    vector.reset({ seed: 1 });
    const draws = Generator.fromKey(keyFromSeed(9));
    const sums = new Float64Array(copies);
    for (let t = 0; t < 200; t += 1) {
      const choices = vector.actions[0]!.discrete;
      // The aggressive actions only: a resting limit is filled by the market's choice, not by chance.
      for (let b = 0; b < copies; b += 1)
        choices.fill([HOLD, BUY_LARGE, SELL_LARGE][draws.below(3)]!, 3 * b, 3 * b + 3);
      vector.step(t);
      for (let b = 0; b < copies; b += 1)
        sums[b] = sums[b]! + vector.slabs.groups[0]!.rewards[(copies * t + b) * 3]!;
    }
    const means = [...sums].map((sum) => sum / 200);
    const mean = means.reduce((a, b) => a + b, 0) / copies;
    const variance = means.reduce((a, b) => a + (b - mean) ** 2, 0) / (copies - 1);
    expect(Math.abs(mean)).toBeLessThan(3 * Math.sqrt(variance / copies));
    expect(variance).toBeGreaterThan(0);
  });

  it("falls with the cost multiplier by the difference of costs", () => {
    const equity = [0, 1, 2].map((costMultiplier) => {
      const costs = { ...freeOfCosts, commission: { kind: "perUnit", usd: 2 }, slipTicksBase: 1 } as const;
      const team = new Team(make({ mode: "eval", costs, costMultiplier, contexts: [] }));
      team.step(BUY_LARGE);
      expect(team.contracts).toBe(1);
      return team.kernel.accounts.equityUsd(0);
    });
    expect(equity[0]! - equity[1]!).toBe(2 + 5);
    expect(equity[1]! - equity[2]!).toBe(2 + 5);
  });
});

describe("episodes", () => {
  const roll = 500;
  const masked = 700;
  const series = troubled(bars, roll, masked);

  it("end flat at a roll, at a masked stretch and at the end of the data", () => {
    for (const [from, to, last] of [
      [440, 600, roll - 1],
      [670, 800, masked - 1],
      [340, 380, 379],
    ] as const) {
      const team = new Team(make({ mode: "eval", from, to, holdOvernight: true }, series));
      let held = 0;
      while (!team.step(BUY_LARGE).over) held = Math.max(held, team.contracts);
      expect(held).toBeGreaterThan(0);
      expect([team.bar, team.contracts]).toEqual([last, 0]);
      expect(team.vector.slabs.groups[0]!.truncated[0]).toBe(1);
    }
  });

  it("is flat over the daily halt unless told otherwise", () => {
    const nights = (holdOvernight: boolean): number => {
      const team = new Team(make({ mode: "eval", holdOvernight, sessionLimits: false }));
      let held = 0;
      for (let over = false; !over;) {
        ({ over } = team.step(BUY_LARGE));
        const t = team.bar;
        if (!over && bars.session[t] !== bars.session[t + 1] && team.contracts !== 0) held += 1;
      }
      return held;
    };
    expect([nights(false), nights(true) > 0]).toEqual([0, true]);
  });

  it("end by termination at the drawdown limit, and only there", () => {
    const falling = fiveMinutes({ drift: -0.003, sigma: 0.0002, sessions: 4 });
    const team = new Team(
      make({ mode: "eval", initialUsd: 400_000, holdOvernight: true, sessionLimits: false }, falling),
    );
    let over = false;
    while (!over) ({ over } = team.step(BUY_LARGE));
    expect(team.vector.slabs.groups[0]!.terminated[0]).toBe(1);
    expect(team.kernel.accounts.drawdown(0)).toBeGreaterThanOrEqual(0.15);
  });

  it("start where the window is full, and sweep without drawing in eval", () => {
    const train = createVectorEnv(make({ from: 300, to: 400 }), { copies: 64, horizon: 1 });
    train.reset({ seed: 2 });
    const matrices = train.slabs.groups[0]!.observations;
    for (let b = 0; b < 64; b += 1) {
      const first = matrices.subarray(b * 3 * 472, b * 3 * 472 + 7);
      expect(first.some((value) => value !== 0)).toBe(true);
    }
    const team = new Team(make({ mode: "eval", from: 300, to: 400, maxSteps: 10 }));
    const starts = Array.from({ length: 3 }, () => {
      const start = team.bar;
      for (let over = false; !over;) ({ over } = team.step(HOLD));
      team.vector.reset({ resetMask: Uint8Array.of(1) });
      return start;
    });
    expect(starts).toEqual([300, 310, 320]);
  });

  it("refuse a range without a start, settings out of range, and messages out of order", () => {
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
    expect(codeOf(() => make({ contexts: [contexts[1]!, contexts[0]!] }))).toBe("CONTEXT_ORDER");
  });
});

describe("decisions", () => {
  const eager = { mode: "eval", sessionLimits: false } as const;

  it("need two of three votes, so that each agent's sampled action can change the outcome", () => {
    const outcomes = [0, 1, 2].map((dissenter) => {
      const votes: number[] = [BUY_LARGE, BUY_LARGE, BUY_LARGE];
      votes[dissenter] = SELL_SMALL;
      const one = new Team(make({ ...eager, contexts: [] }));
      one.step(...votes);
      votes[(dissenter + 1) % 3] = HOLD;
      const two = new Team(make({ ...eager, contexts: [] }));
      two.step(...votes);
      return [one.outcome, two.outcome];
    });
    // A tactical agent of the other side proposes no step, a risk agent of the other side caps at nothing.
    expect(outcomes).toEqual([
      ["sizeZero", "flat"],
      ["sizeZero", "flat"],
      ["executed", "flat"],
    ]);
  });

  it("give every agent's logits a gradient of the expected reward where prices rise", () => {
    const rising = fiveMinutes({ drift: 0.001, sigma: 0.0001, sessions: 2 });
    const market = tacticalMarket(rising, contractSpec("NQ"), feed);
    const definition = tacticalEnvironment(rising, { ...eager, market, costs: freeOfCosts });
    const rewards = Array.from({ length: 125 }, (_, code) => {
      const votes = [code % 5, Math.floor(code / 5) % 5, Math.floor(code / 25)];
      return { votes, reward: new Team(definition).step(...votes).reward };
    });
    const mean = rewards.reduce((sum, { reward }) => sum + reward, 0) / 125;
    for (let agent = 0; agent < 3; agent += 1) {
      // d E[r] / d logit of an action under a uniform policy: p (E[r | action] - E[r]).
      const gradient = (action: number): number => {
        const taken = rewards.filter(({ votes }) => votes[agent] === action);
        return (taken.reduce((sum, { reward }) => sum + reward, 0) / taken.length - mean) / 5;
      };
      expect(gradient(BUY_LARGE)).toBeGreaterThan(1e-4);
      expect(gradient(SELL_LARGE)).toBeLessThan(-1e-4);
    }
  });

  it("take the counter factor of the bias: two votes are not enough against it, three are", () => {
    const team = new Team(make({ ...eager }));
    team.step(SELL_LARGE, SELL_LARGE, BUY_SMALL);
    expect([team.outcome, team.contracts]).toEqual(["counterBias", 0]);
    team.step(SELL_LARGE);
    expect([team.outcome, team.contracts < 0]).toEqual(["executed", true]);
  });

  it("let a position that the bias stands against only shrink", () => {
    const team = new Team(make({ ...eager, maxContracts: 20 }));
    team.step(SELL_LARGE);
    const held = team.contracts;
    expect(held).toBeLessThan(0);
    team.step(SELL_LARGE);
    expect([team.outcome, team.contracts]).toEqual(["counterBias", held]);
    team.step(BUY_SMALL, BUY_SMALL, BUY_LARGE);
    expect(team.outcome).toBe("executed");
    expect(team.contracts).toBeGreaterThan(held);
  });

  it("wait for the execution agent three bars, not four", () => {
    const team = new Team(make({ ...eager, contexts: [] }));
    const seen = Array.from({ length: 4 }, () => {
      team.step(BUY_LARGE, BUY_LARGE, HOLD);
      return team.outcome;
    });
    expect(seen).toEqual(["waiting", "waiting", "waiting", "executed"]);
    const other = new Team(make({ ...eager, contexts: [] }));
    other.step(BUY_LARGE, BUY_LARGE, HOLD);
    other.step(HOLD);
    other.step(BUY_LARGE, BUY_LARGE, HOLD);
    expect(other.outcome).toBe("waiting");
  });

  it("ask for at least one contract, for half as much when the context is stale, and never beyond the cap", () => {
    const contractsWith = (options: TacticalEnvironmentOptions, vote: number): number => {
      const team = new Team(make({ ...eager, maxContracts: 20, costs: freeOfCosts, ...options }));
      team.step(vote, vote, vote > 0 ? BUY_LARGE : HOLD);
      return team.contracts;
    };
    const budget = messagesOver(bars, () => ({ riskBudget: 0.5 }));
    // Unanimous: 20 x 1.25 x 0.75 x 0.5 = 9.375; neutral budget 0.5, halved once more: 4.6875.
    expect(contractsWith({ contexts: budget }, BUY_LARGE)).toBe(9);
    expect(contractsWith({ contexts: [] }, BUY_LARGE)).toBe(4);
    expect(contractsWith({ contexts: [], maxContracts: 1 }, BUY_SMALL)).toBe(1);
    const team = new Team(make({ ...eager, maxContracts: 2 }));
    for (let i = 0; i < 6; i += 1) team.step(BUY_LARGE);
    expect(team.contracts).toBeLessThanOrEqual(2);
  });

  it("rest at the touch when small, cross when large", () => {
    const team = new Team(make({ ...eager, contexts: [], costs: costTable["NQ"]! }));
    let rested = 0;
    let filled = 0;
    for (let i = 0; i < 120 && rested + filled < 30; i += 1) {
      const t = team.bar;
      const { market, accounts } = team.kernel.accounts;
      if (team.contracts !== 0) {
        team.step(SELL_LARGE);
        continue;
      }
      const flow = accounts.flowTicks[0]!;
      team.step(BUY_LARGE, BUY_LARGE, BUY_SMALL);
      if (team.outcome !== "executed") continue;
      const close = market.close[t]!;
      if (team.contracts === 0) {
        rested += 1;
        expect(market.low[t + 1]!).toBeGreaterThan(close - 1);
      } else {
        filled += 1;
        expect(flow - accounts.flowTicks[0]!).toBe(
          Math.min(close, market.open[t + 1]! < close ? market.open[t + 1]! : close),
        );
      }
    }
    expect([rested > 0, filled > 0]).toEqual([true, true]);
  });

  it("are protected two and three ATR away until a bar reaches one of both", () => {
    const team = new Team(make({ ...eager, contexts: [], holdOvernight: true }));
    const { accounts } = team.kernel;
    team.step(BUY_LARGE);
    const decided = team.bar - 1;
    expect(team.contracts).toBe(1);
    const close = accounts.market.close[decided]!;
    const stop = team.kernel.accounts.actions.stopTicks[0]!;
    const target = team.kernel.accounts.actions.targetTicks[0]!;
    const atrTicks = tacticalAtr[decided]! / 0.25;
    expect([close - stop, target - close]).toEqual([Math.ceil(2 * atrTicks), Math.ceil(3 * atrTicks)]);
    let exits = 0;
    for (let over = false; !over && exits === 0; exits = accounts.accounts.exits[0]!) {
      const t = team.bar + 1;
      ({ over } = team.step(HOLD));
      const reached = accounts.market.low[t]! <= stop || accounts.market.high[t]! > target;
      expect(team.contracts).toBe(reached ? 0 : 1);
    }
    expect(exits).toBe(1);
  });

  it("mask buying at the upper cap and everything but HOLD before the flat time", () => {
    const team = new Team(make({ ...eager, maxContracts: 1 }));
    expect(team.mask).toEqual([1, 1, 1, 1, 1]);
    team.step(BUY_LARGE);
    expect([team.contracts, team.mask]).toEqual([1, [1, 0, 0, 1, 1]]);
    expect(Array.from(team.observations.slice(467, 472))).toEqual([1, 0, 0, 1, 1]);
    let shut = 0;
    for (let over = false; !over;) {
      const t = team.bar;
      const last = bars.session[t + 1] === bars.session[t] && bars.session[t + 2] !== bars.session[t];
      if (last) {
        expect(team.mask).toEqual([1, 0, 0, 0, 0]);
        shut += 1;
      }
      ({ over } = team.step(BUY_LARGE));
      if (last && !over) expect(team.outcome).toBe("notTradable");
    }
    expect(shut).toBeGreaterThan(1);
  });

  it("stop entering for the session after ten trades or three losses in a row", () => {
    const costs = { ...freeOfCosts, commission: { kind: "perUnit", usd: 5000 } } as const;
    const losing = new Team(make({ mode: "eval", costs, contexts: [] }));
    const seen = new Set<string | undefined>();
    for (let i = 0; i < 12; i += 1) {
      losing.step(i % 2 === 0 ? BUY_LARGE : SELL_LARGE);
      seen.add(losing.outcome);
    }
    expect([...seen]).toEqual(["executed", "breakerLosses"]);
    expect(losing.kernel.accounts.accounts.fills[0]).toBeLessThanOrEqual(7);
  });
});
