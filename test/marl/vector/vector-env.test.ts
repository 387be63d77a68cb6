import { describe, expect, it } from "vitest";
import { sha256 } from "../../../src/runtime/hash.adapter.ts";
import { manualClock } from "../../../src/runtime/clock.ts";
import { createEnv } from "../../../src/marl/adapters/kernel-env.ts";
import { environmentDefinition, environmentEntries } from "../../../src/marl/environments/registry.ts";
import type { VectorEnv } from "../../../src/marl/vector/contract.ts";
import { parallelDefinition } from "../../../src/marl/vector/parallel-kernel.ts";
import { createVectorEnv } from "../../../src/marl/vector/vector-env.ts";
import { drawActions, generatorOf, slabBytes } from "./drive.ts";

/** Steps rows from..to - 1 with actions of the generator. */
function roll(
  vector: VectorEnv,
  generator: ReturnType<typeof generatorOf>,
  from = 0,
  to = vector.horizon,
): void {
  for (let t = from; t < to; t += 1) {
    drawActions(vector, generator, t);
    vector.step(t);
  }
}

const cartPole = environmentDefinition("CartPole-v1");

describe("a vector environment", () => {
  it("two rollouts of T equal one rollout of 2 T: episodes in flight are carried over", () => {
    const short = createVectorEnv(cartPole, { copies: 3, horizon: 30 });
    const long = createVectorEnv(cartPole, { copies: 3, horizon: 60 });
    const [a, b] = [generatorOf(1), generatorOf(1)];
    short.reset({ seed: 7 });
    long.reset({ seed: 7 });
    roll(long, b);
    const width = 30 * 3;
    for (let rollout = 0; rollout < 2; rollout += 1) {
      roll(short, a);
      const [mine, whole] = [short.slabs.groups[0]!, long.slabs.groups[0]!];
      const at = rollout * width;
      expect(mine.rewards).toEqual(whole.rewards.slice(at, at + width));
      expect(mine.terminated).toEqual(whole.terminated.slice(at, at + width));
      expect(mine.observations).toEqual(whole.observations.slice(at * 4, (at + width + 3) * 4));
      const ended = long.slabs.episodeEnded.slice(at, at + width);
      expect(short.slabs.episodeEnded).toEqual(ended);
      expect(short.slabs.episodeLength.filter((_length, row) => ended[row] === 1)).toEqual(
        long.slabs.episodeLength.slice(at, at + width).filter((_length, row) => ended[row] === 1),
      );
      short.beginRollout();
    }
  });

  it("resumes bit for bit from a snapshot, also for objects behind the columns", () => {
    const definitions = [
      ...environmentEntries.map((entry) => entry.definition),
      parallelDefinition(() => createEnv(environmentDefinition("attrition-v0"))),
    ];
    for (const definition of definitions) {
      const vector = createVectorEnv(definition, { copies: 3, horizon: 20 });
      const generator = generatorOf(5);
      vector.reset({ seed: "18446744073709551615" });
      roll(vector, generator, 0, 13);
      const snapshot = vector.snapshot();
      const state = generator.getState();
      const continued: string[] = [];
      for (const target of [vector, createVectorEnv(definition, { copies: 3, horizon: 20 })]) {
        generator.setState(state);
        target.restore(snapshot);
        roll(target, generator);
        continued.push(sha256(...slabBytes(target), target.snapshot()));
      }
      expect(continued[0]).toBe(continued[1]);
    }
  });

  it("emits each ended episode once, with its length and the return of each agent", () => {
    const vector = createVectorEnv(environmentDefinition("simple-spread-c-v0"), { copies: 2, horizon: 60 });
    vector.reset({ seed: 3 });
    roll(vector, generatorOf(2));
    const { episodeEnded, episodeLength, episodeReturns, groups } = vector.slabs;
    const rows = [...episodeEnded.entries()].filter(([, flag]) => flag === 1).map(([row]) => row);
    expect(rows).toEqual([48, 49, 98, 99]);
    for (const row of rows) expect(episodeLength[row]).toBe(25);
    // The second episode of copy 1 is rows 25 to 49.
    const summed = [0, 1, 2].map((agent) => {
      let sum = 0;
      for (let t = 25; t < 50; t += 1) sum += groups[0]!.rewards[(t * 2 + 1) * 3 + agent]!;
      return sum;
    });
    summed.forEach((sum, agent) => expect(episodeReturns[99 * 3 + agent]!).toBeCloseTo(sum, 4));
  });

  it("measures episode seconds with the clock that it is given", () => {
    const clock = manualClock();
    const vector = createVectorEnv(environmentDefinition("bandit-v0"), { copies: 1, horizon: 10, clock });
    vector.reset({ seed: 1 });
    for (let t = 0; t < 10; t += 1) {
      clock.advance(250);
      vector.step(t);
    }
    expect(vector.slabs.episodeSeconds[9]).toBe(2.5);
  });

  it("keeps its arrays: same objects after resets, steps and rollouts", () => {
    const vector = createVectorEnv(cartPole, { copies: 2, horizon: 4 });
    const { slabs, actions } = vector;
    const before = [slabs.groups[0]!.observations, slabs.groups[0]!.rewards, actions[0]!.discrete];
    vector.reset({ seed: 1 });
    roll(vector, generatorOf(1));
    vector.beginRollout();
    roll(vector, generatorOf(1));
    const after = [
      vector.slabs.groups[0]!.observations,
      vector.slabs.groups[0]!.rewards,
      vector.actions[0]!.discrete,
    ];
    after.forEach((array, i) => expect(array).toBe(before[i]));
  });

  it("stepping by halves equals stepping whole", () => {
    const [whole, halves] = [0, 1].map(() => createVectorEnv(cartPole, { copies: 5, horizon: 40 })) as [
      VectorEnv,
      VectorEnv,
    ];
    const [a, b] = [generatorOf(1), generatorOf(1)];
    whole.reset({ seed: 4 });
    halves.reset({ seed: 4 });
    roll(whole, a);
    for (let t = 0; t < 40; t += 1) {
      drawActions(halves, b, t);
      halves.begin(t, 1);
      halves.begin(t, 0);
      halves.finish(0);
      halves.finish(1);
    }
    expect(sha256(...slabBytes(halves))).toBe(sha256(...slabBytes(whole)));
  });
});

describe("autoreset", () => {
  it("same-step: the final observation is stored, row t + 1 is the reset observation", () => {
    const vector = createVectorEnv(environmentDefinition("memory-v0"), { copies: 1, horizon: 5 });
    vector.reset({ seed: 1 });
    roll(vector, generatorOf(1));
    const group = vector.slabs.groups[0]!;
    expect([...group.terminated]).toEqual([0, 0, 0, 1, 0]);
    expect([...group.hasFinal]).toEqual([0, 0, 0, 1, 0]);
    // Final: "go" still shows; then a new cue.
    expect([...group.finalObservations.subarray(9, 12)]).toEqual([0, 0, 1]);
    const cue = group.observations.slice(12, 15);
    expect(cue[0]! + cue[1]!).toBe(1);
    expect(cue[2]).toBe(0);
    expect([...group.alive]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it("next-step: the final observation comes first, then a masked row without reward, then the new episode", () => {
    const options = { copies: 1, horizon: 6, autoreset: "next-step" } as const;
    const vector = createVectorEnv(environmentDefinition("memory-v0"), options);
    vector.reset({ seed: 1 });
    roll(vector, generatorOf(1));
    const group = vector.slabs.groups[0]!;
    expect([...group.alive]).toEqual([1, 1, 1, 1, 0, 1, 1]);
    expect([...group.observations.subarray(12, 15)]).toEqual([0, 0, 1]);
    expect(group.rewards[4]).toBe(0);
    expect([...vector.slabs.episodeEnded]).toEqual([0, 0, 0, 1, 0, 0]);
    expect(group.observations[15]! + group.observations[16]!).toBe(1);
  });

  it("disabled: an ended copy refuses to step until the mask resets it, and only it", () => {
    const options = { copies: 2, horizon: 10, autoreset: "disabled" } as const;
    const vector = createVectorEnv(environmentDefinition("patience-v0"), options);
    vector.reset({ seed: 1 });
    vector.actions[0]!.discrete.set([1, 0]);
    vector.step(0);
    expect(() => vector.step(1)).toThrow(/ENV_ORDER copy 0.*resetMask/s);
  });

  it("disabled: a partial reset leaves the other copies where they are", () => {
    const options = { copies: 2, horizon: 10, autoreset: "disabled" } as const;
    const vector = createVectorEnv(environmentDefinition("password-v0"), options);
    vector.reset({ seed: 1 });
    for (let t = 0; t < 3; t += 1) vector.step(t);
    vector.reset({ resetMask: Uint8Array.of(1, 0) });
    const row = vector.slabs.groups[0]!.observations.subarray(3 * 10, 4 * 10);
    expect([...row]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
    expect(() => vector.reset({ resetMask: Uint8Array.of(0, 0) })).toThrow(/VECTOR_SHAPE resetMask/);
  });
});

describe("agents that come and go, and clocks", () => {
  it("zeroes rows of dead agents and gives them no reward", () => {
    const vector = createVectorEnv(environmentDefinition("attrition-v0"), { copies: 8, horizon: 8 });
    vector.reset({ seed: 2 });
    roll(vector, generatorOf(6));
    const [runners, medics] = vector.slabs.groups;
    let dead = 0;
    let arrived = 0;
    for (let i = 0; i < 8 * 8 * 3; i += 1) {
      const row = runners!.observations.subarray(2 * i, 2 * i + 2);
      if (runners!.alive[i] === 1) {
        expect(row[0]! + row[1]!).toBe(1);
        if (i % 3 === 2) arrived += 1;
      } else {
        dead += 1;
        expect([...row, runners!.rewards[i], runners!.hasFinal[i]]).toEqual([0, 0, 0, 0]);
      }
    }
    expect(dead).toBeGreaterThan(20);
    expect(arrived).toBeGreaterThan(5);
    // Medics live through all eight steps.
    expect(medics!.alive.slice(0, 64).every((flag) => flag === 1)).toBe(true);
  });

  it("a slow group acts at every k-th step of its episode", () => {
    const vector = createVectorEnv(environmentDefinition("two-clocks-v0"), { copies: 1, horizon: 14 });
    vector.reset({ seed: 2 });
    roll(vector, generatorOf(6));
    const [planner, worker] = vector.slabs.groups;
    // Twelve steps, then the next episode begins at row 12.
    expect([...planner!.acting]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
    expect([...planner!.alive]).toEqual(Array.from({ length: 15 }, () => 1));
    expect(worker!.acting).toEqual(worker!.alive);
  });
});

describe("misuse is named", () => {
  const made = (): VectorEnv => createVectorEnv(cartPole, { copies: 2, horizon: 3 });

  it("stepping before reset, out of order, or beyond the horizon", () => {
    const vector = made();
    expect(() => vector.step(0)).toThrow(/ENV_ORDER.*reset\(\) before the first step/);
    vector.reset({ seed: 1 });
    expect(() => vector.step(1)).toThrow(/ENV_ORDER.*step 0/);
    for (let t = 0; t < 3; t += 1) vector.step(t);
    expect(() => vector.step(3)).toThrow(/ENV_ORDER.*beginRollout/);
  });

  it("an action outside its space, with copy, agent and value, before anything has moved", () => {
    const vector = made();
    vector.reset({ seed: 1 });
    vector.actions[0]!.discrete[1] = -1;
    const before = vector.snapshot();
    expect(() => vector.step(0)).toThrow(
      /ENV_ACTION_ILLEGAL copy 1, cart_0, part 0: .*Discrete\(2\), got -1/,
    );
    expect(vector.snapshot()).toEqual(before);
  });

  it("a NaN among continuous actions", () => {
    const vector = createVectorEnv(environmentDefinition("identity-continuous-v0"), {
      copies: 2,
      horizon: 3,
    });
    vector.reset({ seed: 1 });
    vector.actions[0]!.continuous[0] = Number.NaN;
    expect(() => vector.step(0)).toThrow(/ENV_ACTION_ILLEGAL copy 0, agent_0.*got "NaN"/);
  });

  it("sizes, snapshots of other environments, groups that make no sense", () => {
    expect(() => createVectorEnv(cartPole, { copies: 0, horizon: 3 })).toThrow(/VECTOR_SHAPE copies/);
    const other = createVectorEnv(environmentDefinition("bandit-v0"), { copies: 2, horizon: 3 });
    other.reset();
    expect(() => made().restore(other.snapshot())).toThrow(/ENV_SNAPSHOT_INVALID.*bandit-v0/s);
    expect(() => made().restore(new Uint8Array(40))).toThrow(/ENV_SNAPSHOT_INVALID/);
    const more = createVectorEnv(cartPole, { copies: 3, horizon: 3 });
    expect(() => more.restore(made().snapshot())).toThrow(/ENV_SNAPSHOT_INVALID/);
    const create = (): ReturnType<typeof createEnv> => createEnv(cartPole);
    expect(() => parallelDefinition(create, { cart: ["nobody"] })).toThrow(/ENV_GROUP_INVALID groups.cart/);
  });
});
