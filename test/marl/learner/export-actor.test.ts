/** @file The exported ONNX actor against the trained policy on 10^4 observations, in a session of its own. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import { exportActor } from "../../../src/marl/learner/export-actor.ts";
import { presets } from "../../../src/marl/learner/presets.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";
import { readModelCard } from "../../../src/nn/weights/policy-file.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";

const ROWS = 10_000;

describe("the exported actor", () => {
  it("gives the trainer's logits within 1e-5 and the same argmax, statistics of observations included", async () => {
    const trainer = await createTrainer({
      environment: cartPole,
      ...presets.cartpole,
      copies: 8,
      horizon: 32,
      totalSteps: 256 * 4,
      group: { ...presets.cartpole.group, observationNormalisation: true, minibatches: 2 },
    });
    let state = trainer.initialise(3);
    while (state.update < trainer.plan.updates) ({ state } = await trainer.step(state));
    const names = ["x", "x_dot", "theta", "theta_dot"];
    const model = exportActor(trainer, state, { learner: "cart", features: names, schemaVersion: "1" });
    expect(readModelCard(model)).toMatchObject({ features: { observations: names }, schemaVersion: "1" });

    const generator = Generator.fromKey(keyFromSeed(11));
    const observations = Float32Array.from({ length: ROWS * 4 }, () => generator.normal());
    const session = await ort.InferenceSession.create(model);
    const exported = await session.run({ observations: new ort.Tensor("float32", observations, [ROWS, 4]) });
    const logits = exported["logits"]!.data as Float32Array;

    const [learner] = state.learners;
    const { policy, policyArrays } = learner!.calls;
    let worst = 0;
    let differing = 0;
    for (let from = 0; from < ROWS; from += 8) {
      policyArrays.observations.set(observations.subarray(from * 4, (from + 8) * 4));
      await policy[learner!.state.current].run();
      policyArrays.logits.forEach((logit, i) => {
        worst = Math.max(worst, Math.abs(logit - logits[from * 2 + i]!));
      });
      for (let row = 0; row < 8; row += 1) {
        const own = policyArrays.logits[2 * row]! > policyArrays.logits[2 * row + 1]!;
        const theirs = logits[2 * (from + row)]! > logits[2 * (from + row) + 1]!;
        if (own !== theirs) differing += 1;
      }
    }
    expect(worst).toBeLessThanOrEqual(1e-5);
    expect(differing).toBe(0);
    // The actor must have learned something, or equal logits would prove little.
    expect(Math.max(...logits)).toBeGreaterThan(0.05);
    await session.release();
    await trainer.release();
  });

  it("refuses a learner that does not exist", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...presets.cartpole });
    const options = { learner: "agent", schemaVersion: "1" };
    expect(() => exportActor(trainer, trainer.initialise(), options)).toThrow(/one of cart/);
    await trainer.release();
  });
});
