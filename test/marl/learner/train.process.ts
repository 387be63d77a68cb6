/** @file A training run in a process of its own, to be killed: saves after each update, prints the hash at the end. */
import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import { loadTrainer, type SavedTrainer, saveTrainer } from "../../../src/marl/learner/save.ts";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";
import { openCheckpointStore } from "../../../src/runtime/checkpoint/store.adapter.ts";

const [folder = "", pauseMs = "0"] = process.argv.slice(2);
const trainer = await createTrainer({
  environment: cartPole,
  copies: 4,
  horizon: 16,
  totalSteps: 64 * 12,
  group: { epochs: 2, minibatches: 2 },
});
const store = openCheckpointStore(folder);
let state =
  store.steps().length === 0
    ? trainer.initialise(7)
    : loadTrainer(trainer, store.loadNewest().checkpoint as unknown as SavedTrainer);
let hash = "";
while (state.update < trainer.plan.updates) {
  ({ state } = await trainer.step(state));
  hash = store.save(saveTrainer(trainer, state)).contentHash;
  process.stdout.write(`saved ${state.update}\n`);
  await new Promise((resolve) => setTimeout(resolve, Number(pauseMs)));
}
process.stdout.write(`hash ${hash}\n`);
