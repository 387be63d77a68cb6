/** @file Generalised advantages: the identities of the definition, borders of episodes, and unequal intervals. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AdvantageRows, generalisedAdvantages, powersOf } from "../../../src/marl/learner/gae.kernel.ts";

interface Case {
  readonly rewards: readonly number[];
  readonly values: readonly number[];
  /** Value after the last decision. */
  readonly bootstrap: number;
  readonly terminated?: readonly number[];
  readonly truncated?: readonly number[];
  readonly finals?: readonly number[];
  readonly alive?: readonly number[];
  readonly elapsed?: readonly number[];
  readonly gamma: number;
  readonly lambda: number;
}

/** One row. Where an episode ends, `finals` gives the value of its last observation. */
function estimate(c: Case): { advantages: number[]; targets: number[] } {
  const n = c.rewards.length;
  const flags = (list: readonly number[] | undefined, standard: number): Uint8Array =>
    Uint8Array.from(list ?? Array.from({ length: n }, () => standard));
  const next = c.values.map((_, i) => c.finals?.[i] ?? c.values[i + 1] ?? c.bootstrap);
  const elapsed = Int32Array.from(c.elapsed ?? Array.from({ length: n }, () => 1));
  const rows: AdvantageRows = {
    steps: n,
    rows: 1,
    rewards: Float64Array.from(c.rewards),
    values: Float64Array.from(c.values),
    nextValues: Float64Array.from(next),
    terminated: flags(c.terminated, 0),
    truncated: flags(c.truncated, 0),
    alive: flags(c.alive, 1),
    elapsed,
    gammaPowers: powersOf(c.gamma, Math.max(...elapsed)),
    lambda: c.lambda,
  };
  const advantages = new Float64Array(n);
  const targets = new Float64Array(n);
  generalisedAdvantages(rows, advantages, targets);
  return { advantages: [...advantages], targets: [...targets] };
}

const number = fc.double({ min: -10, max: 10, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const trajectory = fc.integer({ min: 1, max: 20 }).chain((n) =>
  fc.record({
    rewards: fc.array(number, { minLength: n, maxLength: n }),
    values: fc.array(number, { minLength: n, maxLength: n }),
    bootstrap: number,
    gamma: share,
    lambda: share,
  }),
);

describe("generalised advantages", () => {
  it.each([
    { ends: "truncated", expected: [1.4041624341, 0.5403109348, 0.6840095, 1.899] },
    { ends: "terminated", expected: [1.3218033337, 0.45274145, 0.5909, 1.8] },
  ] as const)("have the golden values of training.md where the episode is $ends", ({ ends, expected }) => {
    const rewards = [1, 0, -1, 2];
    const values = [0.5, 0.4, 0.3, 0.2];
    const last = { [ends]: [0, 0, 0, 1] };
    const { advantages } = estimate({ rewards, values, bootstrap: 0.1, gamma: 0.99, lambda: 0.95, ...last });
    expected.forEach((value, i) => expect(advantages[i]).toBeCloseTo(value, 9));
  });

  it("with lambda 1 are the Monte-Carlo return minus the value", () => {
    fc.assert(
      fc.property(trajectory, (c) => {
        let tail = c.bootstrap;
        const returns = c.rewards.map(() => 0);
        for (let i = c.rewards.length - 1; i >= 0; i -= 1) returns[i] = tail = c.rewards[i]! + c.gamma * tail;
        const { advantages, targets } = estimate({ ...c, lambda: 1 });
        advantages.forEach((a, i) => expect(a).toBeCloseTo(returns[i]! - c.values[i]!, 9));
        targets.forEach((target, i) => expect(target).toBeCloseTo(returns[i]!, 9));
      }),
    );
  });

  it("with lambda 0 are the temporal-difference error, exactly", () => {
    fc.assert(
      fc.property(trajectory, (c) => {
        const { advantages } = estimate({ ...c, lambda: 0 });
        const expected = c.rewards.map(
          (r, i) => r + c.gamma * (c.values[i + 1] ?? c.bootstrap) - c.values[i]!,
        );
        expect(advantages).toEqual(expected.map((e) => e + 0));
      }),
    );
  });

  it("of two episodes back to back equal those of each alone, bit for bit", () => {
    fc.assert(
      fc.property(trajectory, trajectory, fc.boolean(), number, (a, b, terminates, final) => {
        const { gamma, lambda } = a;
        const last = a.rewards.length - 1;
        const end = (n: number): number[] => Array.from({ length: n }, (_, i) => (i === last ? 1 : 0));
        const flag = terminates ? "terminated" : "truncated";
        const finals = Array.from({ length: last + 1 }, (_, i) => (i === last ? final : a.values[i + 1]!));
        const alone = estimate({ ...a, [flag]: end(last + 1), finals });
        const second = estimate({ ...b, gamma, lambda });
        const both = estimate({
          rewards: [...a.rewards, ...b.rewards],
          values: [...a.values, ...b.values],
          finals: [...finals, ...b.values.slice(1), b.bootstrap],
          bootstrap: b.bootstrap,
          [flag]: end(last + 1 + b.rewards.length),
          gamma,
          lambda,
        });
        expect(both.advantages).toEqual([...alone.advantages, ...second.advantages]);
      }),
    );
  });

  it("of an episode cut by truncation with exact values equal those of the longer episode", () => {
    // With V equal to the true return, every advantage is 0 however the episode is cut.
    const gamma = 0.9;
    const rewards = [1, -2, 0.5, 3, 1, -1];
    const values = [...rewards];
    for (let i = values.length - 2; i >= 0; i -= 1) values[i] = rewards[i]! + gamma * values[i + 1]!;
    const long = estimate({
      rewards,
      values,
      bootstrap: 0,
      terminated: [0, 0, 0, 0, 0, 1],
      gamma,
      lambda: 0.95,
    });
    const cut = estimate({
      rewards: rewards.slice(0, 3),
      values: values.slice(0, 3),
      finals: values.slice(1, 4),
      truncated: [0, 0, 1],
      bootstrap: 77,
      gamma,
      lambda: 0.95,
    });
    cut.advantages.forEach((a, i) => expect(a).toBeCloseTo(long.advantages[i]!, 12));
    const terminal = estimate({
      rewards: rewards.slice(0, 3),
      values: values.slice(0, 3),
      terminated: [0, 0, 1],
      bootstrap: 77,
      gamma,
      lambda: 0.95,
    });
    expect(Math.abs(terminal.advantages[2]! - long.advantages[2]!)).toBeGreaterThan(1);
  });

  it("ignore dead rows: they get 0 and pass nothing on", () => {
    const c = { rewards: [1, 2, 1e9], values: [0.5, 0.25, 1e9], bootstrap: 1e9, gamma: 0.9, lambda: 0.8 };
    const dead = estimate({ ...c, terminated: [0, 1, 0], alive: [1, 1, 0] });
    const alone = estimate({ ...c, rewards: [1, 2], values: [0.5, 0.25], terminated: [0, 1] });
    expect(dead.advantages).toEqual([...alone.advantages, 0]);
    expect(dead.targets[2]).toBe(0);
  });
});

describe("decisions of unequal length", () => {
  it("with k = 1 everywhere are ordinary advantages, bit for bit", () => {
    fc.assert(
      fc.property(trajectory, (c) => {
        // The textbook loop, written without intervals.
        let later = 0;
        const expected = c.rewards.map(() => 0);
        for (let i = c.rewards.length - 1; i >= 0; i -= 1) {
          const next = c.values[i + 1] ?? c.bootstrap;
          later = c.rewards[i]! + c.gamma * next - c.values[i]! + c.gamma * c.lambda * later;
          expected[i] = later;
        }
        expect(estimate({ ...c, elapsed: c.rewards.map(() => 1) }).advantages).toEqual(expected);
      }),
    );
  });

  it("discount by base time and count lambda by decisions: random k against the brute-force sum", () => {
    fc.assert(
      fc.property(
        trajectory.chain((c) =>
          fc.tuple(
            fc.constant(c),
            fc.array(fc.integer({ min: 1, max: 9 }), {
              minLength: c.rewards.length,
              maxLength: c.rewards.length,
            }),
          ),
        ),
        ([c, elapsed]) => {
          const { advantages } = estimate({ ...c, elapsed });
          const discount = elapsed.map((k) => c.gamma ** k);
          const deltas = c.rewards.map(
            (r, i) => r + discount[i]! * (c.values[i + 1] ?? c.bootstrap) - c.values[i]!,
          );
          deltas.forEach((_, n) => {
            let sum = 0;
            let weight = 1;
            for (let m = n; m < deltas.length; m += 1) {
              sum += weight * deltas[m]!;
              weight *= discount[m]! * c.lambda;
            }
            expect(Math.abs(advantages[n]! - sum)).toBeLessThan(1e-12 * Math.max(1, Math.abs(sum)) * 50);
          });
        },
      ),
    );
  });
});
