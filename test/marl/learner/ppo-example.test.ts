/** @file The one-file example and the library's trainer make the same parameters, bit for bit. */
import { expect, it } from "vitest";
import { trainPpo } from "../../../examples/ppo.ts";
import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import { presets } from "../../../src/marl/learner/presets.ts";
import { saveTrainer } from "../../../src/marl/learner/save.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";

it("examples/ppo.ts equals the library's trainer, bit for bit", async () => {
  const updates = 12;
  const trainer = await createTrainer({ environment: cartPole, ...presets.cartpole });
  let state = trainer.initialise(5);
  const returns: number[] = [];
  for (let i = 0; i < updates; i += 1) {
    const { state: next, metrics } = await trainer.step(state);
    state = next;
    returns.push(...metrics.episodes.map(({ meanReturn }) => meanReturn));
  }
  const example = await trainPpo(5, updates);
  expect(example.returns).toEqual(returns);
  expect(example.parameters).toEqual(saveTrainer(trainer, state).arrays["cart/parameters"]);
  await trainer.release();
});
