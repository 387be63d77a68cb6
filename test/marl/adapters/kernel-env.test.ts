import { describe, expect, it } from "vitest";
import { createEnv } from "../../../src/marl/adapters/kernel-env.ts";
import type { ParallelEnv } from "../../../src/marl/env.ts";
import { masked } from "../../../src/marl/environments/skills/masked.kernel.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import { maskOf } from "../../../src/marl/vector/layout.ts";

const make = (id: string): ParallelEnv => createEnv(environmentDefinition(id));

describe("the single-environment view", () => {
  it("names agent, value and space of a wrong call", () => {
    const env = make("simple-spread-c-v0");
    expect(() => env.step({ agent_0: 1 })).toThrow(/ENV_ORDER/);
    env.reset({ seed: "7" });
    expect(() => env.step({ agent_0: 1 })).toThrow(/ENV_ACTION_MISSING actions.agent_1: .*Discrete\(5\)/);
    expect(() => env.step({ agent_0: 1, agent_1: 9, agent_2: 0 })).toThrow(
      /ENV_ACTION_ILLEGAL actions.agent_1: .*Discrete\(5\).*9 is not a whole number/,
    );
    expect(() => env.step({ agent_0: 1, agent_1: 0, agent_2: 0, agent_9: 0 })).toThrow(
      /ENV_AGENT_UNKNOWN actions.agent_9/,
    );
    expect(() => env.observationSpace("agent_9")).toThrow(/ENV_AGENT_UNKNOWN/);
    expect(() => env.reset({ options: { size: 3 } })).toThrow(/ENV_OPTION_UNKNOWN options.size/);
    expect(() => env.reset({ seed: -1 })).toThrow(/SEED_INVALID/);
    expect(() => env.restore(make("bandit-v0").snapshot())).toThrow(/ENV_SNAPSHOT_INVALID/);
  });

  it("an illegal action of a masked environment is a no-op with an info, or throws where the spec says so", () => {
    const illegalOf = (env: ParallelEnv): number => {
      const seen = env.reset({ seed: 3 }).observations["agent_0"]!;
      return maskOf(env.observationSpace("agent_0"), seen)!.indexOf(0);
    };
    const lenient = createEnv(masked);
    const result = lenient.step({ agent_0: illegalOf(lenient) });
    expect(result).toMatchObject({ rewards: { agent_0: 0 }, infos: { agent_0: { illegalAction: true } } });
    const strict = createEnv({ ...masked, spec: { ...masked.spec, illegalActions: "throw" } });
    const illegal = illegalOf(strict);
    expect(() => strict.step({ agent_0: illegal })).toThrow(/ENV_ACTION_ILLEGAL.*is masked/);
  });

  it("agents die and appear as the contract says", () => {
    const env = make("attrition-v0");
    const { observations } = env.reset({ seed: 5 });
    expect(Object.keys(observations)).toEqual(["runner_0", "runner_1", "medic_0"]);
    const seen = observations["runner_0"];
    const mined = seen instanceof Float32Array ? seen.indexOf(1) : -1;
    const first = env.step({ runner_0: mined, runner_1: 1 - mined, medic_0: 1 });
    expect(first.terminations).toEqual({ runner_0: true, runner_1: false, medic_0: false });
    expect(first.rewards).toEqual({ runner_0: 0, runner_1: 1, medic_0: 1 });
    expect(env.agents).toEqual(["runner_1", "medic_0"]);
    const step = (): ReturnType<ParallelEnv["step"]> =>
      env.step(Object.fromEntries(env.agents.map((agent) => [agent, 0])));
    step();
    const third = step();
    expect(Object.keys(third.infos)).toContain("runner_2");
    expect(third.rewards["runner_2"]).toBe(0);
    expect(env.agents).toContain("runner_2");
  });
});
