/** @file The exported actor is the trained actor: plain ONNX Runtime gives the trainer's logits on 10^4 observations. */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { environmentDefinition } from "../../src/marl/environments/registry.ts";
import type { TrainerConfig } from "../../src/marl/learner/config.ts";
import { exportActor } from "../../src/marl/learner/export-actor.ts";
import { presets } from "../../src/marl/learner/presets.ts";
import { compilePolicy } from "../../src/marl/learner/programs.ts";
import { createTrainer } from "../../src/marl/learner/trainer.ts";
import { readModelCard } from "../../src/nn/weights/policy-file.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

const rows = 10_000;

const cases: readonly (readonly [string, string, TrainerConfig])[] = [
  ["feed-forward, tanh", "CartPole-v1", { ...presets.cartpole, totalSteps: 1024 }],
  [
    "normalised observations",
    "Acrobot-v1",
    { ...presets.acrobot, copies: 4, horizon: 128, totalSteps: 1024 },
  ],
  ["LayerNorm, three agents", "simple-spread-c-v0", { ...presets.mappo, copies: 8, totalSteps: 400 }],
];

describe("an exported actor", () => {
  test.each(cases)("(%s) gives the trainer's outputs: %s", async (_, id, config) => {
    const trainer = await createTrainer({ environment: environmentDefinition(id), ...config });
    let state = trainer.initialise(3);
    for (let update = 0; update < 2; update += 1) ({ state } = await trainer.step(state));
    const [learner] = state.learners;
    if (learner === undefined) throw new Error("no learner");
    const { layout } = learner;
    const observations = new Float32Array(rows * layout.features);
    const generator = Generator.fromKey(keyFromSeed(1));
    for (let i = 0; i < observations.length; i += 1) observations[i] = 3 * generator.normal();

    const policy = await compilePolicy(learner, rows);
    const normaliser = layout.settings.observationNormalisation
      ? { normaliser: learner.state.actorNormaliser }
      : {};
    const actor = learner.state.parameters[learner.state.current].slice(0, learner.networks.actorLayout.size);
    const own = await policy.call({ actor, observations, ...normaliser });

    const model = exportActor(trainer, state, { learner: layout.name, schemaVersion: id });
    const session = await InferenceSession.create(model);
    const theirs = await session.run({
      observations: new Tensor("float32", observations, [rows, layout.features]),
    });

    const ours = own["logits"] as Float32Array;
    const exported = theirs["logits"]?.data as Float32Array;
    expect(exported.length).toBe(ours.length);
    const width = ours.length / rows;
    let worst = 0;
    let sameChoice = 0;
    for (let row = 0; row < rows; row += 1) {
      const [a, b] = [ours, exported].map((logits) => [
        ...logits.subarray(row * width, (row + 1) * width),
      ]) as [number[], number[]];
      a.forEach((value, k) => {
        worst = Math.max(worst, Math.abs(value - (b[k] ?? Number.NaN)));
      });
      if (a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b))) sameChoice += 1;
    }
    expect(worst).toBeLessThanOrEqual(1e-5);
    expect(sameChoice).toBe(rows);
    expect(readModelCard(model)).toMatchObject({ schemaVersion: id });
    await policy.release();
    await trainer.release();
  });
});
