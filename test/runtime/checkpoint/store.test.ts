/** @file Checkpoints come back bit for bit, survive crashes and damage, and are pruned without losing the best. */
import { mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Checkpoint } from "../../../src/runtime/checkpoint/checkpoint.ts";
import { openCheckpointStore, readCheckpoint } from "../../../src/runtime/checkpoint/store.adapter.ts";
import { GrandModelError } from "../../../src/runtime/errors.ts";
import { scratchFolder } from "../../scratch.ts";

function checkpointAt(step: number, score?: number): Checkpoint {
  return {
    step,
    arrays: {
      "actor.weights": Float32Array.from({ length: 5 }, (_, i) => step + i / 3),
      "statistics.mean": new Float64Array([0.1, -0, Number.NaN, Infinity]),
      counts: new BigInt64Array([-1n, 2n ** 62n]),
      mask: new Int8Array([1, 0, -1]),
      empty: new Uint32Array(0),
    },
    state: { counters: { updates: step / 2 }, generator: [1, 2, 3, 4294967295] },
    ...(score === undefined ? {} : { score }),
  };
}

function flipByte(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof GrandModelError) return error.code;
    throw error;
  }
  return "no error";
}

describe("a checkpoint", () => {
  test("comes back with every bit, whatever the arrays hold", () => {
    const store = openCheckpointStore(scratchFolder());
    store.save(checkpointAt(7, 0.5));
    const { checkpoint, damaged, lostSteps } = store.loadNewest();
    expect(checkpoint).toStrictEqual(checkpointAt(7, 0.5));
    expect({ damaged, lostSteps }).toStrictEqual({ damaged: [], lostSteps: 0 });
  });

  test("has one content hash for equal content, whatever the score and the order of the arrays", () => {
    const store = openCheckpointStore(scratchFolder());
    const first = store.save(checkpointAt(7, 1));
    const { arrays, ...rest } = checkpointAt(7, 2);
    const reordered = Object.fromEntries(Object.entries(arrays).reverse());
    expect(store.save({ ...rest, arrays: reordered }).contentHash).toBe(first.contentHash);
    expect(store.save(checkpointAt(8)).contentHash).not.toBe(first.contentHash);
  });

  test("refuses any flipped byte that carries information, in either file", () => {
    const folder = openCheckpointStore(scratchFolder()).save(checkpointAt(3)).folder;
    const original = new Map(
      ["arrays.bin", "manifest.json"].map((name) => [name, readFileSync(join(folder, name))]),
    );
    fc.assert(
      fc.property(
        fc.constantFrom("arrays.bin", "manifest.json"),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (name, seed, xor) => {
          const bytes = Buffer.from(original.get(name) ?? []);
          const at = seed % bytes.length;
          bytes[at] = (bytes[at] ?? 0) ^ xor;
          writeFileSync(join(folder, name), bytes);
          const read = (): Checkpoint => readCheckpoint(folder);
          let outcome: Checkpoint | undefined;
          try {
            outcome = read();
          } catch (error) {
            expect(error).toBeInstanceOf(GrandModelError);
          }
          // Padding bytes and white space in the manifest change nothing; anything else must have thrown.
          if (outcome !== undefined) expect(outcome).toStrictEqual(checkpointAt(3));
          for (const [file, content] of original) writeFileSync(join(folder, file), content);
        },
      ),
      { numRuns: 300, seed: 11 },
    );
  });

  test("of another format version is refused as such", () => {
    const folder = openCheckpointStore(scratchFolder()).save(checkpointAt(3)).folder;
    const path = join(folder, "manifest.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"version": 1', '"version": 2'));
    expect(codeOf(() => readCheckpoint(folder))).toBe("CHECKPOINT_VERSION");
  });
});

describe("the newest checkpoint", () => {
  test("when damaged gives way to the one before, and the loss is told in steps", () => {
    const root = scratchFolder();
    const store = openCheckpointStore(root);
    store.save(checkpointAt(100));
    store.save(checkpointAt(250));
    flipByte(join(store.save(checkpointAt(400)).folder, "arrays.bin"), 2);
    truncateSync(join(root, "step-000000000250", "arrays.bin"), 10);
    const loaded = store.loadNewest();
    expect(loaded.checkpoint).toStrictEqual(checkpointAt(100));
    expect(loaded.lostSteps).toBe(300);
    expect(loaded.damaged.map((issue) => issue.code)).toStrictEqual([
      "CHECKPOINT_CORRUPT",
      "CHECKPOINT_CORRUPT",
    ]);
    expect(readdirSync(root).filter((name) => name.endsWith(".damaged"))).toHaveLength(2);
    // What was set aside no longer stands in the way of the run that goes on.
    store.save(checkpointAt(400));
    expect(store.loadNewest().checkpoint.step).toBe(400);
  });

  test("is asked for in vain when every one is damaged or none was written", () => {
    const root = scratchFolder();
    const store = openCheckpointStore(root);
    expect(codeOf(() => store.loadNewest())).toBe("CHECKPOINT_NONE");
    flipByte(join(store.save(checkpointAt(1)).folder, "manifest.json"), 40);
    expect(codeOf(() => store.loadNewest())).toBe("CHECKPOINT_NONE");
  });

  test("is never a half-written one: a crash leaves a .partial folder that the next save removes", () => {
    const root = scratchFolder();
    const store = openCheckpointStore(root);
    store.save(checkpointAt(1));
    mkdirSync(join(root, "step-000000000002.999.partial"));
    writeFileSync(join(root, "step-000000000002.999.partial", "arrays.bin"), "half");
    expect(store.loadNewest().checkpoint.step).toBe(1);
    store.save(checkpointAt(3));
    expect(readdirSync(root).sort()).toStrictEqual(["step-000000000001", "step-000000000003"]);
  });
});

test("pruning keeps the last few and the best", () => {
  const store = openCheckpointStore(scratchFolder(), { last: 2, best: true });
  for (const [step, score] of [
    [1, 0.1],
    [2, 0.9],
    [3, 0.4],
    [4, 0.5],
    [5, 0.2],
  ] as const) {
    store.save(checkpointAt(step, score));
  }
  expect(store.steps()).toStrictEqual([2, 4, 5]);
  expect(store.loadBest()?.step).toBe(2);
});
