/** @file Training a stage: reproducible, resumed to the bit, blind to the test part, stopped by patience and by hand. */
import { describe, expect, test } from "vitest";
import { walkForwardFolds } from "../../../src/pipeline/training/folds.ts";
import { fullCurriculum } from "../../../src/pipeline/training/curriculum.ts";
import { savedTraining, type SavedTraining } from "../../../src/pipeline/training/saved-training.ts";
import { trainStage, type TrainingRequest } from "../../../src/pipeline/training/train-stage.ts";
import { sha256 } from "../../../src/runtime/hash.adapter.ts";
import { control, stageOver, tinySettings } from "./support.ts";

const fold = walkForwardFolds(control.bars, { folds: 1 })[0]!;
const request: TrainingRequest = {
  stage: control.stage,
  train: fold.train,
  validation: fold.validation,
  seed: 42,
  settings: tinySettings,
};
const hashOf = (weights: Float32Array): string => sha256(new Uint8Array(weights.buffer));

describe("training a stage", () => {
  test("one request, one result; another seed, another; every update and validation is told", async () => {
    const told: number[] = [];
    const first = await trainStage(request, { progress: ({ update }) => told.push(update) });
    const again = await trainStage(request);
    const other = await trainStage({ ...request, seed: 43 });
    expect(hashOf(again.final)).toBe(hashOf(first.final));
    expect(hashOf(again.best)).toBe(hashOf(first.best));
    expect(again.history.validations).toEqual(first.history.validations);
    expect(hashOf(other.final)).not.toBe(hashOf(first.final));
    expect(told).toEqual([1, 2, 3, 4]);
    expect(first.history.end).toBe("budget");
    for (const update of first.history.updates) expect(update.firstRatio).toBeCloseTo(1, 5);
  });

  test("4 updates equal 2, a checkpoint through JSON, and 2 more, with and without curriculum", async () => {
    for (const curriculum of [undefined, fullCurriculum]) {
      const whole = { ...request, ...(curriculum === undefined ? {} : { curriculum }) };
      const expected = await trainStage(whole);
      const checkpoints: SavedTraining[] = [];
      await trainStage(whole, { checkpoint: (saved) => void checkpoints.push(saved) });
      const { arrays, state, step } = checkpoints[1]!;
      const resume = savedTraining(step, arrays, JSON.parse(JSON.stringify(state)));
      const resumed = await trainStage(whole, { resume });
      expect(hashOf(resumed.final)).toBe(hashOf(expected.final));
      expect(hashOf(resumed.best)).toBe(hashOf(expected.best));
      expect(resumed.history.validations).toEqual(expected.history.validations);
    }
  });

  test("bars of the test part may be anything: the weights are the same", async () => {
    const { bars } = control;
    const other = { ...bars, c: bars.c.slice(), o: bars.o.slice(), h: bars.h.slice(), l: bars.l.slice() };
    for (let t = fold.test.from; t < bars.length; t += 1) {
      for (const column of [other.o, other.h, other.l, other.c]) column[t] = 2 * (bars.c[t] ?? 0);
    }
    const expected = await trainStage({ ...request, stage: stageOver(bars) });
    const blind = await trainStage({ ...request, stage: stageOver(other) });
    expect(hashOf(blind.final)).toBe(hashOf(expected.final));
    expect(hashOf(blind.best)).toBe(hashOf(expected.best));
  });

  test("a signal ends it after the update in progress; patience ends it when nothing improves", async () => {
    const stop = new AbortController();
    const aborted = await trainStage(request, { signal: stop.signal, progress: () => stop.abort() });
    expect(aborted.history.end).toBe("aborted");
    expect(aborted.history.updates).toHaveLength(1);
    const still = { ...tinySettings, updates: 8, actorRate: 1e-12, patience: 2 };
    const patient = await trainStage({ ...request, settings: still });
    expect(patient.history.end).toBe("patience");
    expect(patient.history.updates).toHaveLength(3);
    expect(patient.history.bestUpdate).toBe(1);
  });
});
