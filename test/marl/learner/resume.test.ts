/** @file Resume: k updates, save, load, the rest, equal all updates at once, bit for bit, for any k. */
import { describe, expect, it } from "vitest";
import { cartPole } from "../../../src/marl/environments/cart-pole.kernel.ts";
import type { TrainerConfig } from "../../../src/marl/learner/config.ts";
import { loadTrainer, saveTrainer, type SavedTrainer } from "../../../src/marl/learner/save.ts";
import { createTrainer, type Trainer, type TrainerState } from "../../../src/marl/learner/trainer.ts";
import { sha256, bytesOf } from "../../../src/runtime/hash.adapter.ts";

const small: TrainerConfig = {
  copies: 4,
  horizon: 16,
  totalSteps: 64 * 6,
  group: {
    epochs: 2,
    minibatches: 2,
    observationNormalisation: true,
    rewardScaling: true,
    valueNormalisation: "popart",
  },
};

/** Everything that decides the future, as one hash. */
function fingerprint(trainer: Trainer, state: TrainerState): string {
  const { arrays, state: header } = saveTrainer(trainer, state);
  const parts = Object.keys(arrays)
    .sort()
    .map((name) => bytesOf(arrays[name]!));
  return sha256(...parts, JSON.stringify(header));
}

async function steps(trainer: Trainer, state: TrainerState, count: number): Promise<TrainerState> {
  let now = state;
  for (let i = 0; i < count; i += 1) now = (await trainer.step(now)).state;
  return now;
}

describe("resume", () => {
  it("at any update border equals the run that was never stopped", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const whole = fingerprint(trainer, await steps(trainer, trainer.initialise(3), 6));
    for (const k of [0, 1, 2, 5]) {
      const saved = saveTrainer(trainer, await steps(trainer, trainer.initialise(3), k));
      // Through JSON, as a checkpoint stores it, and into a trainer of its own, as another process has it.
      const stored: SavedTrainer = { ...saved, state: JSON.parse(JSON.stringify(saved.state)) };
      const other = await createTrainer({ environment: cartPole, ...small });
      expect(fingerprint(other, await steps(other, loadTrainer(other, stored), 6 - k))).toBe(whole);
      await other.release();
    }
    await trainer.release();
  });

  it("keeps a save as it was while the run goes on", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const first = await steps(trainer, trainer.initialise(3), 1);
    const saved = saveTrainer(trainer, first);
    const before = saved.arrays["cart/parameters"]!.slice();
    await steps(trainer, first, 2);
    expect(saved.arrays["cart/parameters"]).toEqual(before);
    await trainer.release();
  });

  it("gives equal hashes for equal seeds and different ones for others", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const hash = async (seed: number): Promise<string> =>
      fingerprint(trainer, await steps(trainer, trainer.initialise(seed), 2));
    expect(await hash(1)).toBe(await hash(1));
    expect(await hash(1)).not.toBe(await hash(2));
    await trainer.release();
  });

  it("refuses a state that was already consumed, and a save of another config", async () => {
    const trainer = await createTrainer({ environment: cartPole, ...small });
    const start = trainer.initialise();
    await trainer.step(start);
    await expect(trainer.step(start)).rejects.toThrow(/TRAINER_STATE/);
    const saved = saveTrainer(trainer, trainer.initialise());
    const other = await createTrainer({
      environment: cartPole,
      ...small,
      group: { ...small.group, epochs: 3 },
    });
    expect(() => loadTrainer(other, saved)).toThrow(/TRAINER_SAVE_MISMATCH/);
    const { "cart/parameters": _, ...rest } = saved.arrays;
    expect(() => loadTrainer(trainer, { ...saved, arrays: rest })).toThrow(/cart\/parameters/);
    await trainer.release();
    await other.release();
  });
});
