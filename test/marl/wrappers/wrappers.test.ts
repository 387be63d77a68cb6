import { describe, expect, it } from "vitest";
import { createEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { checkParallelEnv } from "../../../src/marl/conformance/check-parallel-env.ts";
import type { ParallelEnv, ResetResult } from "../../../src/marl/env.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import { box } from "../../../src/marl/spaces/space.ts";
import { assertBounds } from "../../../src/marl/wrappers/assert-bounds.ts";
import { clipBounds } from "../../../src/marl/wrappers/clip-bounds.ts";
import { Delegate } from "../../../src/marl/wrappers/delegate.ts";
import { flattenObservations } from "../../../src/marl/wrappers/flatten-observations.ts";
import { frameStack } from "../../../src/marl/wrappers/frame-stack.ts";
import { multiEpisode } from "../../../src/marl/wrappers/multi-episode.ts";
import { normaliseObservations } from "../../../src/marl/wrappers/normalise-observations.ts";
import { enforceOrder } from "../../../src/marl/wrappers/order-enforcing.ts";
import { type EnvironmentEvent, recordSteps } from "../../../src/marl/wrappers/record-steps.ts";

const make = (id: string): ParallelEnv => createEnv(environmentDefinition(id));

function numbers(value: unknown): number[] {
  if (value instanceof Float32Array) return [...value];
  throw new TypeError("expected float32");
}

describe("every wrapped environment still conforms", () => {
  it.each([
    ["enforceOrder", "attrition-v0", enforceOrder],
    ["assertBounds", "simple-spread-c-v0", assertBounds],
    ["clipBounds", "identity-continuous-v0", clipBounds],
    ["frameStack(3)", "attrition-v0", frameStack(3)],
    ["flattenObservations", "mixed-spaces-v0", flattenObservations],
    ["flattenObservations with a mask", "masked-v0", flattenObservations],
    ["recordSteps", "two-clocks-v0", recordSteps(() => undefined)],
  ] as const)("%s around %s", (_name, id, wrap) => {
    // Clipping accepts what the environment alone would refuse: C13 still sees NaN and wrong types refused.
    const report = checkParallelEnv(() => wrap(make(id)), { episodes: 4, soakSteps: 0 });
    expect(report.environment).toBe(id);
  });
});

describe("enforceOrder", () => {
  it("names the missing call", () => {
    const env = enforceOrder(make("simple-spread-c-v0"));
    expect(() => env.step({})).toThrow(/ENV_ORDER step.*reset\(\) before the first step/);
    expect(() => env.state?.()).toThrow(/ENV_ORDER state/);
    env.reset({ seed: 1 });
    expect(env.state?.()).toHaveLength(54);
  });
});

describe("assertBounds", () => {
  it("refuses an action and an observation outside their spaces", () => {
    const env = assertBounds(make("identity-v0"));
    env.reset({ seed: 1 });
    expect(() => env.step({ agent_0: 4 })).toThrow(/ENV_ACTION_ILLEGAL actions.agent_0.*from 0 to 3/);
    class Outside extends Delegate {
      override reset(): ResetResult {
        return { observations: { agent_0: Float32Array.of(7) }, infos: { agent_0: {} } };
      }
    }
    const broken = assertBounds(new Outside(make("bandit-v0")));
    expect(() => broken.reset()).toThrow(/ENV_OBSERVATION_OUTSIDE observations.agent_0.*above the bound 1/);
  });
});

describe("clipBounds", () => {
  it("clips continuous actions and leaves the caller's array alone", () => {
    const [clipped, plain] = [clipBounds(make("identity-continuous-v0")), make("identity-continuous-v0")];
    clipped.reset({ seed: 3 });
    plain.reset({ seed: 3 });
    const action = Float32Array.of(5);
    expect(clipped.step({ agent_0: action })).toEqual(plain.step({ agent_0: Float32Array.of(1) }));
    expect(action[0]).toBe(5);
    expect(() => clipped.step({ agent_0: Float32Array.of(Number.NaN) })).toThrow(/SPACE_VALUE_INVALID.*NaN/);
  });
});

describe("frameStack", () => {
  it("fills with the first frame, then shifts, oldest first", () => {
    const [stacked, plain] = [frameStack(3)(make("CartPole-v1")), make("CartPole-v1")];
    const first = numbers(plain.reset({ seed: 2 }).observations["cart_0"]);
    expect(numbers(stacked.reset({ seed: 2 }).observations["cart_0"])).toEqual([
      ...first,
      ...first,
      ...first,
    ]);
    const second = numbers(plain.step({ cart_0: 1 }).observations["cart_0"]);
    expect(numbers(stacked.step({ cart_0: 1 }).observations["cart_0"])).toEqual([
      ...first,
      ...first,
      ...second,
    ]);
    expect(stacked.observationSpace("cart_0")).toMatchObject({ kind: "box", shape: [3, 4] });
    expect(() => frameStack(2)(make("mixed-spaces-v0"))).toThrow(/SPACE_VALUE_INVALID/);
  });
});

describe("normaliseObservations", () => {
  it("reaches mean 0 and deviation 1, and keeps its statistics in the snapshot", () => {
    const env = normaliseObservations()(make("identity-continuous-v0"));
    const seen: number[] = [];
    for (let episode = 0; episode < 400; episode += 1) {
      env.reset(episode === 0 ? { seed: 5 } : {});
      while (env.agents.length > 0) {
        seen.push(numbers(env.step({ agent_0: Float32Array.of(0) }).observations["agent_0"])[0]!);
      }
    }
    const late = seen.slice(2000);
    const mean = late.reduce((a, b) => a + b, 0) / late.length;
    const deviation = Math.sqrt(late.reduce((a, b) => a + (b - mean) ** 2, 0) / late.length);
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(Math.abs(deviation - 1)).toBeLessThan(0.05);
    env.reset();
    const snapshot = env.snapshot();
    const step = (one: ParallelEnv): number[] =>
      numbers(one.step({ agent_0: Float32Array.of(0) }).observations["agent_0"]);
    const expected = step(env);
    const other = normaliseObservations()(make("identity-continuous-v0"));
    other.restore(snapshot);
    expect(step(other)).toEqual(expected);
  });

  it("frozen: the same input gives the same output, however often", () => {
    const env = normaliseObservations({ frozen: true })(make("CartPole-v1"));
    const first = env.reset({ seed: 9 });
    expect(env.reset({ seed: 9 })).toEqual(first);
    expect(env.observationSpace("cart_0")).toEqual(box({ low: -10, high: 10, shape: [4] }));
  });
});

describe("multiEpisode", () => {
  it("joins episodes: flags false at the inner borders, the last one ends", () => {
    const env = multiEpisode(3)(make("password-v0"));
    env.reset({ seed: 1 });
    const flags: boolean[] = [];
    let borders = 0;
    while (env.agents.length > 0) {
      const result = env.step({ agent_0: 1 });
      flags.push(result.terminations["agent_0"] === true);
      if (result.infos["agent_0"]?.["episodeEnded"] === true) {
        borders += 1;
        expect(numbers(result.observations["agent_0"])).toEqual([1, 0, 0, 0, 0]);
      }
    }
    expect(flags).toHaveLength(15);
    expect(flags.indexOf(true)).toBe(14);
    expect(borders).toBe(2);
  });
});

describe("recordSteps", () => {
  it("shows every reset and step in order, and changes nothing", () => {
    const events: EnvironmentEvent[] = [];
    const [recorded, plain] = [
      recordSteps((event) => events.push(event))(make("bandit-v0")),
      make("bandit-v0"),
    ];
    expect(recorded.reset({ seed: 4 })).toEqual(plain.reset({ seed: 4 }));
    for (let i = 0; i < 10; i += 1) expect(recorded.step({ agent_0: 2 })).toEqual(plain.step({ agent_0: 2 }));
    expect(events.map((event) => event.kind)).toEqual(["reset", ...Array.from({ length: 10 }, () => "step")]);
    expect(events[0]).toMatchObject({ options: { seed: 4 } });
  });
});
