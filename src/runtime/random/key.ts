/**
 * @file Random keys in the manner of JAX: a key is split or folded, never advanced, so that the value of a draw
 * depends on its name and position only, not on the order of execution, the worker or a restart.
 * Block function: `threefry.kernel.ts`. Frozen: a change of any output needs a new major version.
 */
import { GrandModelError } from "../errors.ts";
import { threefryFill } from "./threefry.kernel.ts";

/** 64 bits that stand for an unlimited stream of random words. */
export interface Key {
  readonly k0: number;
  readonly k1: number;
}

/** Counter word that keeps the derivation of keys apart from fills of data. */
const DERIVE = 0xffff_ffff;

/**
 * A key from a seed, 0 <= seed < 2^64; bigint or decimal string beyond 2^53.
 * @throws GrandModelError `SEED_INVALID` for anything else.
 */
export function keyFromSeed(seed: number | bigint | string): Key {
  const wide = parseSeed(seed);
  return { k0: Number(wide >> 32n) >>> 0, k1: Number(wide & 0xffff_ffffn) >>> 0 };
}

/** A seed as a 64-bit integer. @throws GrandModelError `SEED_INVALID`. */
export function parseSeed(seed: number | bigint | string): bigint {
  const ok =
    typeof seed === "bigint" ||
    (typeof seed === "number" ? Number.isSafeInteger(seed) : /^\d{1,20}$/.test(seed));
  const wide = ok ? BigInt(seed) : -1n;
  if (wide < 0n || wide >= 1n << 64n) {
    throw new GrandModelError(
      {
        code: "SEED_INVALID",
        value: String(seed),
        expected: "a whole number from 0 to 2^64 - 1",
        hint: "Pass --seed 7, or a decimal string for seeds above 2^53.",
      },
      { class: "usage" },
    );
  }
  return wide;
}

/** The key of a named or numbered child stream: `foldIn(key, "rollout")`, `foldIn(key, step)`. */
export function foldIn(key: Key, name: string | number): Key {
  const out = new Uint32Array(2);
  if (typeof name === "number") {
    const low = name % 0x1_0000_0000;
    threefryFill(key.k0, key.k1, low, DERIVE ^ ((name - low) / 0x1_0000_0000), out);
  } else {
    threefryFill(key.k0, key.k1, fnv1a(name), DERIVE - 1 - name.length, out);
  }
  return { k0: out[0] ?? 0, k1: out[1] ?? 0 };
}

/** `n` independent child keys. */
export function split(key: Key, n: number): Key[] {
  return Array.from({ length: n }, (_, i) => foldIn(key, i));
}

/** Fills `out` with 32-bit words of the key's stream, starting at word `2 * offset`. */
export function fillBits(key: Key, out: Uint32Array, offset = 0): void {
  threefryFill(key.k0, key.k1, offset, 0, out);
}

/** Fills `out` with uniform floats in [0, 1), multiples of 2^-24. */
export function fillUniform(key: Key, out: Float32Array): void {
  const bits = new Uint32Array(out.length);
  fillBits(key, bits);
  for (let i = 0; i < out.length; i += 1) out[i] = ((bits[i] ?? 0) >>> 8) * 2 ** -24;
}

/** FNV-1a, 32 bits, over UTF-16 units: names become counters. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
