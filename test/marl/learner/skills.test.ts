/**
 * @file Learning self-tests: each tiny environment isolates one skill, and the learner must reach the return that the
 * registry states for it. A slow machine changes nothing: steps are counted, not seconds.
 */
import { describe, expect, it } from "vitest";
import { environmentEntries, environmentDefinition } from "../../../src/marl/environments/registry.ts";
import { evaluate } from "../../../src/marl/evaluation/evaluate.ts";
import type { GroupConfig } from "../../../src/marl/learner/config.ts";
import { wholeSteps } from "../../../src/marl/learner/plan.ts";
import { presets } from "../../../src/marl/learner/presets.ts";
import { policyOf } from "../../../src/marl/learner/trained-policy.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";

const gru = {
  network: { kind: "gru", hidden: [32], units: 32, chunk: 8, activation: "tanh", layerNorm: false },
} as const;

/** Small and quick: these skills need no large network. */
const quick = {
  network: { kind: "mlp", hidden: [32, 32], activation: "tanh", layerNorm: false },
  epochs: 4,
  learningRate: 0.004,
} as const;

/** Steps that suffice, and settings that a skill needs; always within the steps that the registry allows. */
const studies: { readonly [id: string]: { readonly steps: number; readonly group?: GroupConfig } } = {
  "bandit-v0": { steps: 50_000 },
  "memory-v0": { steps: 50_000, group: gru },
  "password-v0": { steps: 50_000 },
  "corridor-v0": { steps: 60_000 },
  "mixed-spaces-v0": { steps: 80_000 },
  "role-v0": { steps: 30_000, group: { ...quick, agentId: true } },
  "coordination-v0": { steps: 40_000, group: quick },
  "identity-v0": { steps: 50_000 },
  "identity-continuous-v0": { steps: 100_000, group: { entropy: 0 } },
  "masked-v0": { steps: 50_000 },
  "patience-v0": { steps: 40_000 },
  "attrition-v0": { steps: 30_000, group: quick },
  "two-clocks-v0": { steps: 40_000, group: quick },
};

const sizes = { copies: 32, horizon: 32 };
const taught = environmentEntries.filter(({ learning, id }) => learning !== undefined && id in studies);

describe("the learner has the skill of", () => {
  it.each(taught.map((entry) => [entry.id, entry] as const))("%s", async (id, entry) => {
    const { steps = 0, group } = studies[id] ?? {};
    const {
      minimumReturn = Infinity,
      policy = "greedy",
      evaluateOn = id,
      steps: allowed = 0,
    } = entry.learning ?? {};
    const totalSteps = wholeSteps(sizes, steps);
    expect(totalSteps).toBeLessThanOrEqual(wholeSteps(sizes, allowed));
    const base = presets[entry.preset].group ?? {};
    const trainer = await createTrainer({
      environment: entry.definition,
      ...sizes,
      totalSteps,
      group: { ...base, learningRate: 0.002, ...group },
    });
    let state = trainer.initialise(1);
    while (state.update < trainer.plan.updates) ({ state } = await trainer.step(state));
    const { mean } = await evaluate(policyOf(state, policy), environmentDefinition(evaluateOn), {
      episodes: 256,
    });
    expect(mean).toBeGreaterThanOrEqual(minimumReturn);
    await trainer.release();
  });

  it("every skill that the registry lists with a threshold", () => {
    const listed = environmentEntries.filter(({ learning }) => learning !== undefined).map(({ id }) => id);
    expect(listed.filter((id) => !(id in studies) && !id.startsWith("CartPole"))).toEqual([]);
  });
});
