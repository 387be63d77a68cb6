/** @file The hot kernels against slow and obvious references, on random input. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Memory } from "../../src/features/indicator/memory.ts";
import { Ring, correlationOf } from "../../src/features/basic/ring.kernel.ts";
import { RollingExtremes } from "../../src/features/basic/rolling-extremes.kernel.ts";
import { SortedRing } from "../../src/features/basic/sorted-ring.kernel.ts";
import { RollingNormaliser } from "../../src/features/matrix/normaliser.ts";
import { RowWindow } from "../../src/features/matrix/row-window.kernel.ts";
import { EventStore } from "../../src/features/mlmi/event-store.kernel.ts";
import {
  rationalQuadraticWeights,
  weightedAround,
  windowWeights,
} from "../../src/features/nwrqk/kernel-average.kernel.ts";

/** Whole numbers, so that ties are common. */
const numbers = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 80 });
const length = fc.integer({ min: 1, max: 12 });

const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

describe("windows", () => {
  it("a ring keeps the last n, oldest first, and reduces them", () => {
    fc.assert(
      fc.property(numbers, length, (xs, n) => {
        const ring = new Ring(new Memory(), n);
        xs.forEach((x, i) => {
          ring.push(x);
          const held = xs.slice(Math.max(0, i + 1 - n), i + 1);
          expect(Array.from({ length: ring.count }, (_, age) => ring.at(age)).reverse()).toEqual(held);
          if (!ring.full) return;
          expect([...ring.numbers.subarray(ring.start, ring.start + n)]).toEqual(held);
          expect([ring.highest(), ring.lowest()]).toEqual([Math.max(...held), Math.min(...held)]);
          expect(ring.mean()).toBeCloseTo(meanOf(held), 12);
          const weights = held.reduce((sum, y, k) => sum + (k + 1) * y, 0) / ((n * (n + 1)) / 2);
          expect(ring.linearlyWeightedMean()).toBeCloseTo(weights, 12);
          const deviation = Math.sqrt(meanOf(held.map((y) => (y - meanOf(held)) * (y - meanOf(held)))));
          expect(ring.deviation()).toBeCloseTo(deviation, 12);
        });
      }),
    );
  });

  it("a sorted ring answers every quantile like a sorted copy", () => {
    fc.assert(
      fc.property(numbers, length, fc.double({ min: 0, max: 1, noNaN: true }), (xs, n, q) => {
        const ring = new SortedRing(new Memory(), n);
        xs.forEach((x, i) => {
          ring.push(x);
          const held = xs.slice(Math.max(0, i + 1 - n), i + 1).sort((a, b) => a - b);
          const at = q * (held.length - 1);
          const low = held[Math.floor(at)]!;
          expect(ring.quantile(q)).toBeCloseTo(
            low + (at - Math.floor(at)) * (held[Math.ceil(at)]! - low),
            12,
          );
        });
      }),
    );
  });

  it("rolling extremes equal a scan", () => {
    fc.assert(
      fc.property(numbers, length, (xs, n) => {
        const extremes = new RollingExtremes(new Memory(), n);
        xs.forEach((x, i) => {
          extremes.push(x);
          const held = xs.slice(Math.max(0, i + 1 - n), i + 1);
          expect([extremes.highest, extremes.lowest]).toEqual(
            [Math.max(...held), Math.min(...held)].map((y) => y + 0),
          );
        });
      }),
    );
  });

  it("correlation is 1 with itself, -1 with its negative, 0 with a constant, and as defined", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 3, maxLength: 30 }),
        (pairs) => {
          const x = Float64Array.from(pairs, (pair) => pair[0]);
          const y = Float64Array.from(pairs, (pair) => pair[1]);
          const n = x.length;
          if (new Set(x).size > 1) {
            expect(correlationOf(x, 0, x, 0, n)).toBeCloseTo(1, 12);
            expect(
              correlationOf(
                x,
                0,
                x.map((v) => -v),
                0,
                n,
              ),
            ).toBeCloseTo(-1, 12);
          }
          expect(correlationOf(x, 0, new Float64Array(n), 0, n)).toBe(0);
          expect(Math.abs(correlationOf(x, 0, y, 0, n))).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
    );
  });
});

describe("nearest events", () => {
  it("vote like a full sort by distance, then by age, over any history and any queries", () => {
    const point = fc.tuple(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom(-1, 1),
    );
    const steps = fc.array(fc.tuple(point, fc.boolean()), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 8, max: 20 }),
        (history, k, capacity) => {
          const store = new EventStore(new Memory(), capacity);
          const events: { x: number; y: number; label: number; age: number }[] = [];
          history.forEach(([[x, y, label], query], age) => {
            if (!query || events.length === 0) {
              store.add(x, y, label);
              events.push({ x, y, label, age });
              if (events.length > capacity) events.shift();
              return;
            }
            const distance = (e: { x: number; y: number }): number =>
              (e.x - x) * (e.x - x) + (e.y - y) * (e.y - y);
            const nearest = events.toSorted((a, b) => distance(a) - distance(b) || b.age - a.age).slice(0, k);
            expect(store.voteNear(x, y, k)).toBe(nearest.reduce((sum, e) => sum + e.label, 0));
          });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("are found anew when one of the last neighbours has been replaced", () => {
    const store = new EventStore(new Memory(), 3);
    store.add(0, 0, 1);
    store.add(1, 0, 1);
    store.add(100, 0, -1);
    expect(store.voteNear(0, 0, 2)).toBe(2);
    store.add(200, 0, 1);
    expect(store.voteNear(0, 0, 2)).toBe(0);
  });

  it("do not depend on where they are stored", () => {
    const radii = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(radii, fc.nat(), (sorted, seed) => {
        const vote = (order: readonly number[]): number => {
          const store = new EventStore(new Memory(), 20);
          for (const radius of order) store.add(50 + radius, 50, radius % 3 === 0 ? 1 : -1);
          return store.voteNear(50, 50, 7);
        };
        const rotation = seed % 20;
        const other = [...sorted.slice(rotation), ...sorted.slice(0, rotation)].reverse();
        expect(vote(other)).toBe(vote(sorted));
      }),
    );
  });
});

describe("the kernel average", () => {
  it("has positive, strictly decreasing weights and leaves a constant series exactly constant", () => {
    const weights = rationalQuadraticWeights(8, 8, 60);
    for (let i = 1; i < 60; i += 1) expect(weights[i]! > 0 && weights[i]! < weights[i - 1]!).toBe(true);
    const constant = new Float64Array(60).fill(12_345.75);
    expect(weightedAround(windowWeights(weights), constant, 0, 12_345.75)).toBe(12_345.75);
  });

  it("has the effective lag and the mass beyond the lookback that features.md states", () => {
    const lagOf = (bandwidth: number, lookback: number): number => {
      const weights = rationalQuadraticWeights(bandwidth, 8, lookback);
      return weights.reduce((sum, w, i) => sum + i * w, 0) / weights.reduce((sum, w) => sum + w, 0);
    };
    const beyond = (bandwidth: number, lookback: number): number => {
      const weights = rationalQuadraticWeights(bandwidth, 8, 100_000);
      return weights.slice(lookback).reduce((a, b) => a + b, 0) / weights.reduce((a, b) => a + b, 0);
    };
    expect([lagOf(8, 60), lagOf(46, 200)].map((lag) => lag.toFixed(1))).toEqual(["6.6", "39.5"]);
    expect(beyond(8, 60).toExponential(0)).toBe("3e-6");
    expect(beyond(46, 200).toExponential(0)).toBe("8e-4");
  });
});

describe("rows", () => {
  it("the normaliser scores from the state before, learns after, and clips at 3", () => {
    const normaliser = new RollingNormaliser(new Memory(), 0.05);
    let [mean, variance] = [0, 0];
    for (let i = 0; i < 150; i += 1) {
      const x = 3 + Math.sin(i) + (i === 140 ? 100 : 0);
      expect(normaliser.ready).toBe(i >= 100);
      const score = normaliser.push(x);
      const delta = i === 0 ? 0 : x - mean;
      const expected = delta / Math.max(Math.sqrt(variance), 1e-8);
      expect(score).toBeCloseTo(Math.max(-3, Math.min(3, expected)), 10);
      mean = i === 0 ? x : mean + 0.05 * delta;
      variance = 0.95 * (variance + 0.05 * delta * delta);
    }
  });

  it("a window returns float32 rows oldest first, zeros what is not finite, and is ready after a full run", () => {
    const window = new RowWindow(new Memory(), 3, 2);
    const ok = Uint8Array.of(1, 1);
    window.push(Float64Array.of(0.1, 2), ok);
    window.push(Float64Array.of(Number.NaN, -0.5), ok);
    window.pushInvalid();
    expect([window.ready, window.newestValid]).toEqual([false, false]);
    for (const x of [0.2, 0.3, 0.4]) window.push(Float64Array.of(x, 0), Uint8Array.of(1, 0));
    const matrix = new Float32Array(6);
    const mask = new Uint8Array(3);
    window.copyTo(matrix, mask);
    expect([...matrix]).toEqual([0.2, 0, 0.3, 0, 0.4, 0].map(Math.fround));
    expect([...mask, window.ready]).toEqual([1, 1, 1, true]);
  });
});
