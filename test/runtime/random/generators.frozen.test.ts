/** @file Known answers and frozen streams: a one-bit change of a generator must fail here. */
import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { bytesOf, sha256 } from "../../../src/runtime/hash.adapter.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { fillBits, fillUniform, foldIn, keyFromSeed, split } from "../../../src/runtime/random/key.ts";
import { threefryFill } from "../../../src/runtime/random/threefry.kernel.ts";

function threefry(k0: number, k1: number, c0: number, c1: number): string {
  const out = new Uint32Array(2);
  threefryFill(k0, k1, c0, c1, out);
  return [...out].map((word) => word.toString(16).padStart(8, "0")).join(" ");
}

describe("Threefry2x32-20, known answers of Random123", () => {
  it("zeros, ones, digits of pi", () => {
    expect(threefry(0, 0, 0, 0)).toBe("6b200159 99ba4efe");
    expect(threefry(-1, -1, -1, -1)).toBe("1cb996fc bb002be7");
    expect(threefry(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toBe("c4923a9c 483df7a0");
  });
});

describe("xoshiro128**", () => {
  it("gives the published first draws from state (1, 2, 3, 4)", () => {
    const g = Generator.fromState([1, 2, 3, 4]);
    expect(Array.from({ length: 5 }, () => g.nextU32())).toEqual([11520, 0, 5927040, 70819200, 2031721883]);
  });

  it("continues from a stored state", () => {
    const g = Generator.fromKey(keyFromSeed(7));
    g.nextU32();
    const twin = Generator.fromState(g.getState());
    expect(Array.from({ length: 9 }, () => twin.nextU32())).toEqual(
      Array.from({ length: 9 }, () => g.nextU32()),
    );
  });

  it("below(n) stays in range and agrees with exact 64-bit arithmetic", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.nat(), (n, seed) => {
        const g = Generator.fromKey(keyFromSeed(seed));
        const twin = Generator.fromState(g.getState());
        const threshold = (1n << 32n) % BigInt(n);
        let product: bigint;
        do product = BigInt(twin.nextU32()) * BigInt(n);
        while ((product & 0xffff_ffffn) < threshold);
        expect(g.below(n)).toBe(Number(product >> 32n));
      }),
    );
  });

  it("draws standard normals: mean and variance within 5 standard errors over 10^5", () => {
    const g = Generator.fromKey(keyFromSeed(1));
    const draws = Float64Array.from({ length: 100_000 }, () => g.normal());
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) * (b - mean), 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(draws.length));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
  });

  it("shuffles into a permutation", () => {
    const items = Int32Array.from({ length: 1000 }, (_, i) => i);
    Generator.fromKey(keyFromSeed(3)).shuffle(items);
    expect([...items].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...items]).not.toEqual(Array.from({ length: 1000 }, (_, i) => i));
  });
});

describe("frozen streams", () => {
  it("10^5 words, floats and derived keys hash to the stored values", () => {
    const key = keyFromSeed("18446744073709551615");
    const bits = new Uint32Array(100_000);
    fillBits(key, bits);
    const uniform = new Float32Array(1000);
    fillUniform(foldIn(key, "rollout"), uniform);
    const g = Generator.fromKey(split(key, 3)[2]!);
    const sequential = Float64Array.from({ length: 1000 }, () => g.nextFloat64());
    expect([bits, uniform, sequential].map((a) => sha256(bytesOf(a)).slice(0, 16))).toMatchInlineSnapshot(`
      [
        "c38dcef76aeba1a9",
        "ffe62872f1464f5d",
        "5b99ef264db7e199",
      ]
    `);
  });

  it("names and numbers derive different keys", () => {
    const key = keyFromSeed(1);
    const keys = ["", "a", "b", "ab", 0, 1, 2 ** 32, 2 ** 32 + 1].map((name) => foldIn(key, name));
    expect(new Set(keys.map(({ k0, k1 }) => `${k0} ${k1}`)).size).toBe(keys.length);
  });

  it.each([-1, 1.5, "x", "18446744073709551616"])("refuses seed %s", (seed) => {
    expect(() => keyFromSeed(seed)).toThrow(/SEED_INVALID/);
  });
});
