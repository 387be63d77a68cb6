/** @file Promises of the trainer that hold for every kind of head, network and group (docs/mappo.md names the items). */
import { describe, expect, it } from "vitest";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import type { GroupConfig, TrainerConfig } from "../../../src/marl/learner/config.ts";
import { presets } from "../../../src/marl/learner/presets.ts";
import {
  createTrainer,
  type Trainer,
  type TrainerState,
  type UpdateMetrics,
} from "../../../src/marl/learner/trainer.ts";

const sizes = { copies: 8, horizon: 16, totalSteps: 128 * 4 };
const gru: GroupConfig = { network: { kind: "gru", hidden: [16], units: 16, chunk: 8 } };

async function run(
  id: string,
  group: GroupConfig,
  updates = 2,
  top: Partial<TrainerConfig> = {},
): Promise<{ trainer: Trainer; state: TrainerState; metrics: UpdateMetrics[] }> {
  const trainer = await createTrainer({ environment: environmentDefinition(id), ...sizes, ...top, group });
  let state = trainer.initialise(2);
  const metrics: UpdateMetrics[] = [];
  for (let i = 0; i < updates; i += 1) {
    const step = await trainer.step(state);
    state = step.state;
    metrics.push(step.metrics);
  }
  return { trainer, state, metrics };
}

describe("the ratio of the first epoch is 1 within 1e-6", () => {
  it.each<[string, string, GroupConfig]>([
    ["discrete", "identity-v0", {}],
    ["multi-head mixed with continuous", "mixed-spaces-v0", {}],
    ["Gaussian", "identity-continuous-v0", { continuous: "gaussian" }],
    ["tanh-Gaussian", "identity-continuous-v0", { continuous: "tanh-gaussian" }],
    ["Beta", "identity-continuous-v0", { continuous: "beta" }],
    [
      "Gaussian with saturated actions",
      "identity-continuous-v0",
      { continuous: "gaussian", initialLogSd: 2 },
    ],
    ["masked", "masked-v0", {}],
    ["recurrent", "memory-v0", gru],
    ["dying agents", "attrition-v0", {}],
    ["agent id", "role-v0", { agentId: true }],
    ["separate parameters", "role-v0", { sharing: "separate" }],
    ["own critic (IPPO)", "coordination-v0", { critic: "own" }],
    ["normalised observations", "CartPole-v1", { observationNormalisation: true, rewardScaling: true }],
    ["PopArt", "CartPole-v1", { valueNormalisation: "popart" }],
    ["minibatches", "CartPole-v1", { minibatches: 4, advantageNormalisation: "minibatch" }],
  ])("%s", async (_, id, group) => {
    const { trainer, metrics } = await run(id, { epochs: 2, ...group });
    for (const { learners } of metrics) {
      for (const numbers of Object.values(learners)) {
        expect(Math.abs((numbers["firstRatio"] ?? 0) - 1)).toBeLessThan(1e-6);
        expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
      }
    }
    await trainer.release();
  });
});

describe("an update", () => {
  it("starts from a near-uniform policy: entropy above .999 ln n (2)", async () => {
    const { trainer, metrics } = await run("CartPole-v1", { epochs: 1 }, 1);
    expect(metrics[0]!.learners["cart"]!["entropy"]).toBeGreaterThan(0.999 * Math.log(2));
    await trainer.release();
  });

  it("carries environments over: two rollouts of T see what one of 2T sees (1)", async () => {
    const still = { learningRate: 0, epochs: 1 };
    const twice = await run("CartPole-v1", still, 2, { horizon: 8, totalSteps: 64 * 2 });
    const once = await run("CartPole-v1", still, 1, { horizon: 16, totalSteps: 128 });
    const last = (state: TrainerState): Float32Array => {
      const { observations } = state.env.slabs.groups[0]!;
      return observations.slice(-8 * 4);
    };
    expect(last(twice.state)).toEqual(last(once.state));
    await twice.trainer.release();
    await once.trainer.release();
  });

  it("limits the gradient norm only where it is larger, and reports it before clipping (12)", async () => {
    const { trainer, metrics } = await run("CartPole-v1", { gradientNorm: 1e-3, gradientNormScope: "joint" });
    expect(metrics[0]!.learners["cart"]!["gradientNorm"]).toBeGreaterThan(1e-3);
    await trainer.release();
  });

  it("stops after the first epoch over the KL target (15)", async () => {
    const { trainer, metrics } = await run("CartPole-v1", { epochs: 8, learningRate: 0.02, targetKl: 0.001 });
    const [first] = metrics;
    expect(first!.learners["cart"]!["epochs"]).toBeLessThan(8);
    await trainer.release();
  });

  it("evaluates a central critic once per environment, an id-dependent one once per agent (27)", async () => {
    const shared = await run("simple-spread-c-v0", { epochs: 1 }, 1);
    expect(shared.state.learners[0]!.decisions.rawValues.length).toBe((16 + 1) * 8);
    const told = await run("simple-spread-c-v0", { epochs: 1, agentId: true }, 1);
    expect(told.state.learners[0]!.decisions.rawValues.length).toBe((16 + 1) * 8 * 3);
    expect(shared.trainer.criticInputs).toEqual({ agent: [["global state", 54]] });
    expect(told.trainer.criticInputs["agent"]?.at(-1)).toEqual(["agent id", 3]);
    await shared.trainer.release();
    await told.trainer.release();
  });

  it("has separate trunks: no parameter belongs to actor and critic (14)", async () => {
    const { trainer, state } = await run("CartPole-v1", {}, 1);
    const { all, actorLayout, criticLayout } = state.learners[0]!.networks;
    expect(actorLayout.size + criticLayout.size).toBe(all.size);
    expect(all.entries.every(({ path }) => /^(actor|critic)\./.test(path))).toBe(true);
    await trainer.release();
  });

  it("gives separate parameters to each agent where the group asks for it", async () => {
    const { trainer, state } = await run("role-v0", { sharing: "separate" });
    const [a, b] = state.learners;
    expect(state.learners.length).toBe(2);
    expect(a!.state.parameters[0]).not.toEqual(b!.state.parameters[0]);
    await trainer.release();
  });
});

describe("a slow clock", () => {
  it("gives each decision the discounted rewards up to the next one, and no other", async () => {
    const gamma = 0.9;
    const { trainer, state } = await run("two-clocks-v0", { epochs: 1, gamma }, 1);
    const { decisions, layout } = state.learners.find(({ layout: { every } }) => every > 1)!;
    const { rewards } = state.env.slabs.groups[layout.group]!;
    let checked = 0;
    decisions.counted.subarray(0, decisions.rewards.length).forEach((flag, row) => {
      if (flag === 0) return;
      const k = decisions.elapsed[row]!;
      expect(k).toBeLessThanOrEqual(layout.every);
      const b = row % state.env.copies;
      const start = decisions.lastStep[row]! - k + 1;
      let sum = 0;
      for (let j = 0; j < k; j += 1) sum += gamma ** j * rewards[(start + j) * state.env.copies + b]!;
      expect(decisions.rewards[row]).toBeCloseTo(sum, 12);
      checked += 1;
    });
    expect(checked).toBeGreaterThan(8);
    await trainer.release();
  });

  it("refuses settings that it does not have, by name", async () => {
    await expect(run("two-clocks-v0", gru)).rejects.toThrow(/groups\.planner\.network\.kind/);
  });
});

describe("presets", () => {
  it("train one update of their tasks", async () => {
    const { trainer, metrics } = await run("penalty-0-v0", presets["matrix-lenient"].group ?? {}, 1);
    expect(Object.keys(metrics[0]!.learners)).toEqual(["player.player_0", "player.player_1"]);
    await trainer.release();
  });
});
