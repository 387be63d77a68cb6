import { afterEach, describe, expect, it } from "vitest";
import { sha256, bytesOf } from "../../../src/runtime/hash.adapter.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import type { VectorEnv } from "../../../src/marl/vector/contract.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { createWorkerVectorEnv } from "../../../src/marl/vector/worker-vector-env.adapter.ts";
import { drawActions, generatorOf, slabBytes } from "./drive.ts";

const COPIES = 7;
const HORIZON = 40;
const open: VectorEnv[] = [];

afterEach(() => {
  for (const vector of open.splice(0)) vector.close();
});

function opened<V extends VectorEnv>(vector: V): V {
  open.push(vector);
  return vector;
}

/** Two rollouts from seed 5 with seeded actions, stepping whole or by halves; a hash over all slabs. */
function hashOfRollouts(vector: VectorEnv, byHalves: boolean): string {
  const generator = generatorOf(3);
  const hashes: string[] = [];
  vector.reset({ seed: "5" });
  for (let rollout = 0; rollout < 2; rollout += 1) {
    for (let t = 0; t < HORIZON; t += 1) {
      drawActions(vector, generator, t);
      if (byHalves) {
        vector.begin(t, 0);
        vector.begin(t, 1);
        vector.finish(0);
        vector.finish(1);
      } else {
        vector.step(t);
      }
    }
    hashes.push(sha256(...slabBytes(vector)));
    vector.beginRollout();
  }
  return hashes.join(" ");
}

describe("worker threads", () => {
  it.each([
    ["CartPole-v1", 3, true],
    ["attrition-v0", 1, false],
    ["attrition-v0", 2, false],
  ] as const)("%s: %i worker(s) write the bytes of a single thread", async (id, workers, byHalves) => {
    const sizes = { copies: COPIES, horizon: HORIZON };
    const single = opened(createVectorEnv(environmentDefinition(id), sizes));
    const threaded = opened(await createWorkerVectorEnv({ kind: "registry", id }, { ...sizes, workers }));
    expect(hashOfRollouts(threaded, byHalves)).toBe(hashOfRollouts(single, false));
  });

  it("a snapshot of two workers resumes in one thread, bit for bit", async () => {
    const id = "simple-spread-c-v0";
    const options = { copies: COPIES, horizon: HORIZON };
    const threaded = opened(
      await createWorkerVectorEnv({ kind: "registry", id }, { ...options, workers: 2 }),
    );
    const single = opened(createVectorEnv(environmentDefinition(id), options));
    const generator = generatorOf(4);
    threaded.reset({ seed: 9 });
    for (let t = 0; t < 33; t += 1) {
      drawActions(threaded, generator, t);
      threaded.step(t);
    }
    const snapshot = threaded.snapshot();
    single.restore(snapshot);
    expect(bytesOf(single.snapshot())).toEqual(bytesOf(snapshot));
    threaded.restore(snapshot);
    const state = generator.getState();
    const [a, b] = [threaded, single].map((vector) => {
      generator.setState(state);
      for (let t = 0; t < HORIZON; t += 1) {
        drawActions(vector, generator, t);
        vector.step(t);
      }
      return sha256(...slabBytes(vector));
    });
    expect(a).toBe(b);
  });

  it("passes on the typed error of an illegal action with copy and agent", async () => {
    const source = { kind: "registry", id: "CartPole-v1" } as const;
    const vector = opened(await createWorkerVectorEnv(source, { copies: 4, horizon: 4, workers: 1 }));
    vector.reset({ seed: 1 });
    vector.actions[0]!.discrete[3] = 2;
    expect(() => vector.step(0)).toThrow(/ENV_ACTION_ILLEGAL copy 3, cart_0, part 0/);
  });

  it("refuses more workers than copies", async () => {
    const source = { kind: "registry", id: "CartPole-v1" } as const;
    await expect(createWorkerVectorEnv(source, { copies: 2, horizon: 4, workers: 3 })).rejects.toThrow(
      /VECTOR_SHAPE workers/,
    );
  });

  it("says VECTOR_WORKER_FAILED with the stack when an environment throws", async () => {
    const url = new URL("./faulty-environment.ts", import.meta.url).href;
    const source = { kind: "module", url, name: "faulty" } as const;
    const vector = opened(await createWorkerVectorEnv(source, { copies: 2, horizon: 4, workers: 1 }));
    vector.reset({ seed: 1 });
    expect(() => vector.step(0)).toThrow(/VECTOR_WORKER_FAILED copies 0 to 1.*the wire broke/s);
  });
});
