import { describe, expect, it } from "vitest";
import { aecToParallel } from "../../../src/marl/adapters/aec-to-parallel.ts";
import { createEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { parallelToAec } from "../../../src/marl/adapters/parallel-to-aec.ts";
import { checkAecEnv } from "../../../src/marl/conformance/check-aec-env.ts";
import { trajectory } from "../../../src/marl/conformance/play.ts";
import type { AecEnv, ParallelEnv } from "../../../src/marl/env.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";

const make = (id: string): ParallelEnv => createEnv(environmentDefinition(id));

/** An AEC environment with some answers replaced. */
function altered(changes: (env: AecEnv, key: string | symbol) => unknown): () => AecEnv {
  return () =>
    new Proxy(parallelToAec(make("coordination-v0")), {
      get: (target, key) => {
        const changed = changes(target, key);
        if (changed !== undefined) return changed;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
}

describe("turn by turn", () => {
  it("agents act in order on the same observations; the world moves after the last", () => {
    const env = parallelToAec(make("role-v0"));
    env.reset({ seed: 1 });
    expect(env.agentSelection).toBe("agent_0");
    env.step(0);
    expect(env.agentSelection).toBe("agent_1");
    expect(env.rewards).toEqual({ agent_0: 0, agent_1: 0 });
    env.step(3);
    expect(env.rewards).toEqual({ agent_0: 1, agent_1: 0 });
    expect(env.last()).toMatchObject({ reward: 1, termination: false, truncation: false });
  });

  it("an ended agent takes null exactly once and is gone", () => {
    const env = parallelToAec(make("memory-v0"));
    env.reset({ seed: 1 });
    const agents = [...take(env, 4)];
    expect(agents).toHaveLength(4);
    expect(env.last().termination).toBe(true);
    expect(() => env.step(0)).toThrow(/ENV_ACTION_ILLEGAL.*null/);
    env.step(null);
    expect(env.agents).toEqual([]);
    expect(() => env.agentSelection).toThrow(/ENV_ORDER/);
    expect([...env.agentIter()]).toEqual([]);
  });

  it("a live agent refuses null, and a stranger cannot be observed", () => {
    const env = parallelToAec(make("memory-v0"));
    expect(() => env.last()).toThrow(/ENV_ORDER/);
    env.reset({ seed: 1 });
    expect(() => env.step(null)).toThrow(/ENV_ACTION_ILLEGAL/);
    expect(() => env.observe("nobody")).toThrow(/ENV_AGENT_UNKNOWN/);
  });

  it("a snapshot in the middle of a round replays the rest of it", () => {
    const env = parallelToAec(make("attrition-v0"));
    env.reset({ seed: 8 });
    env.step(0);
    const snapshot = env.snapshot();
    const rest = (one: AecEnv): unknown[] => {
      const turns: unknown[] = [];
      for (const agent of one.agentIter(20)) {
        const turn = one.last();
        turns.push([agent, turn]);
        one.step(turn.termination || turn.truncation ? null : 1);
      }
      return turns;
    };
    const expected = rest(env);
    const other = parallelToAec(make("attrition-v0"));
    other.restore(snapshot);
    expect(rest(other)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(10);
  });
});

describe("there and back", () => {
  it.each(["simple-spread-c-v0", "attrition-v0", "CartPole-v1", "mixed-spaces-v0"])(
    "%s keeps its trajectories",
    (id) => {
      const play = { episodes: 5, maxSteps: 60, seed: 17 };
      expect(trajectory(aecToParallel(parallelToAec(make(id))), play)).toEqual(trajectory(make(id), play));
    },
  );

  it("refuses wrong calls as the parallel contract does", () => {
    const env = aecToParallel(parallelToAec(make("role-v0")));
    expect(() => env.step({})).toThrow(/ENV_ORDER/);
    env.reset({ seed: 1 });
    expect(() => env.step({ agent_0: 1 })).toThrow(/ENV_ACTION_MISSING actions.agent_1/);
    expect(() => env.step({ agent_0: 1, agent_1: 1, stranger: 1 })).toThrow(
      /ENV_AGENT_UNKNOWN actions.stranger/,
    );
  });
});

describe("checkAecEnv finds faults of the turn protocol", () => {
  const quick = { soakSteps: 0, episodes: 3 } as const;

  it("rewards that do not add up", () => {
    const generous = altered((env, key) =>
      key === "last" && env.agents.length > 0
        ? () => ({ ...env.last(), reward: env.last().reward + 1 })
        : undefined,
    );
    expect(() => checkAecEnv(generous, quick)).toThrow(
      /ENV_NONCONFORMING.*last\(\)\.reward.*cumulativeRewards/s,
    );
  });

  it("ended agents that stay", () => {
    const clinging = altered((env, key) => {
      if (key === "step") return (action: number | null) => (action === null ? undefined : env.step(action));
      return undefined;
    });
    expect(() => checkAecEnv(clinging, quick)).toThrow(/still in agents after its null step/);
  });
});

function* take(env: AecEnv, turns: number): Generator<string> {
  for (const agent of env.agentIter(turns)) {
    yield agent;
    env.step(0);
  }
}
