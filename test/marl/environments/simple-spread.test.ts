import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { KernelEnv } from "../../../src/marl/adapters/kernel-env.ts";
import {
  SimpleSpreadKernel,
  simpleSpreadB,
  simpleSpreadC,
  simpleSpreadCContinuous,
} from "../../../src/marl/environments/simple-spread.kernel.ts";
import type { KernelDefinition } from "../../../src/marl/vector/contract.ts";

const agents = ["agent_0", "agent_1", "agent_2"] as const;

/** An environment placed in a given state. */
function placed(
  definition: KernelDefinition,
  state: { positions: readonly number[]; velocities: readonly number[]; landmarks: readonly number[] },
): { env: KernelEnv; kernel: SimpleSpreadKernel } {
  const env = new KernelEnv(definition);
  env.reset({ seed: 0 });
  const { kernel } = env.copies;
  if (!(kernel instanceof SimpleSpreadKernel)) throw new TypeError("not a simple-spread kernel");
  kernel.positions.set(state.positions);
  kernel.velocities.set(state.velocities);
  kernel.landmarks.set(state.landmarks);
  return { env, kernel };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((x, i) => expect(Math.abs(actual[i]! - x)).toBeLessThanOrEqual(tolerance));
}

const start = {
  positions: [0.1, 0.2, 0.25, 0.2, -0.5, 0.5],
  velocities: [0.1, -0.2, 0, 0, 0.3, 0.1],
  landmarks: [0, 0, 0.5, 0.5, -0.5, -0.5],
};

describe("golden steps (marl.md, 1e-9)", () => {
  it("variant C: positions, velocities and rewards of two steps", () => {
    const { env, kernel } = placed(simpleSpreadC, start);
    const actions = { agent_0: 2, agent_1: 0, agent_2: 3 };
    const first = env.step(actions);
    expectClose(kernel.positions, [0.11, 0.18, 0.25, 0.2, -0.47, 0.51], 1e-9);
    expectClose(kernel.velocities, [-0.925, -0.15, 1.5, 0, 0.225, -0.425], 1e-9);
    expectClose(
      agents.map((agent) => first.rewards[agent] ?? 0),
      [-1.2574862151106825, -1.2574862151106825, -0.7574862151106825],
      1e-9,
    );
    const second = env.step(actions);
    expectClose(kernel.positions, [0.0175, 0.165, 0.4, 0.2, -0.4475, 0.4675], 1e-9);
    expectClose(
      kernel.velocities,
      [-1.7635984809834995, -0.33676406871192877, 2.6948484809834996, 0.22426406871192872, 0.16875, -0.81875],
      1e-9,
    );
    expectClose(
      agents.map((agent) => second.rewards[agent] ?? 0),
      [-0.6623933608271477, -0.6623933608271477, -0.6623933608271477],
      1e-9,
    );
  });

  it("variant B: velocity first, one reward for all", () => {
    const { env, kernel } = placed(simpleSpreadB, start);
    const actions = { agent_0: 2, agent_1: 0, agent_2: 3 };
    const first = env.step(actions);
    expectClose(kernel.positions, [-0.0925, 0.185, 0.4, 0.2, -0.4775, 0.5575], 1e-9);
    for (const agent of agents) expect(first.rewards[agent]).toBeCloseTo(-6.960328136610314, 9);
    const second = env.step(actions);
    expectClose(kernel.positions, [-0.286875, 0.17375, 0.5125, 0.2, -0.460625, 0.650625], 1e-9);
    for (const agent of agents) expect(second.rewards[agent]).toBeCloseTo(-7.026915439739881, 9);
  });
});

const row = z.array(z.number());
const trajectories = z.object({
  episodes: z.array(
    z.object({
      continuous: z.boolean(),
      agents: z.array(row),
      landmarks: z.array(row),
      firstObservation: z.array(row),
      steps: z.array(
        z.object({
          action: z.array(z.union([z.number(), row])),
          position: z.array(row),
          velocity: z.array(row),
          observation: z.array(row),
          reward: row,
        }),
      ),
    }),
  ),
});

describe("parity with MPE2", () => {
  const file = new URL("../../golden/simple-spread-c-trajectories.json.gz", import.meta.url);
  const { episodes } = trajectories.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));

  it("has 40 discrete and 10 continuous episodes of 25 steps", () => {
    expect(episodes.filter((episode) => !episode.continuous)).toHaveLength(40);
    expect(episodes.filter((episode) => episode.continuous)).toHaveLength(10);
    expect(episodes.every((episode) => episode.steps.length === 25)).toBe(true);
  });

  it.each([
    ["discrete", false, 1e-9],
    // MPE2 acts in float64 here; our actions are float32.
    ["continuous", true, 1e-6],
  ] as const)("%s: state, rewards and observations of all steps", (_name, continuous, tolerance) => {
    const definition = continuous ? simpleSpreadCContinuous : simpleSpreadC;
    let compared = 0;
    for (const episode of episodes.filter((one) => one.continuous === continuous)) {
      const { env, kernel } = placed(definition, {
        positions: episode.agents.flat(),
        velocities: [0, 0, 0, 0, 0, 0],
        landmarks: episode.landmarks.flat(),
      });
      for (const step of episode.steps) {
        const actions = Object.fromEntries(
          agents.map((agent, i) => {
            const action = step.action[i] ?? 0;
            return [agent, typeof action === "number" ? action : Float32Array.from(action)];
          }),
        );
        const result = env.step(actions);
        expectClose(kernel.positions, step.position.flat(), tolerance);
        expectClose(kernel.velocities, step.velocity.flat(), tolerance);
        agents.forEach((agent, i) => {
          expect(Math.abs((result.rewards[agent] ?? 0) - step.reward[i]!)).toBeLessThanOrEqual(tolerance);
          const seen = result.observations[agent];
          if (!(seen instanceof Float32Array)) throw new TypeError("expected a float32 observation");
          // The float32 cast itself is worth 1e-7 relative.
          expectClose(seen, step.observation[i]!, 1e-6);
        });
        compared += 1;
      }
    }
    expect(compared).toBe(continuous ? 250 : 1000);
  });
});
