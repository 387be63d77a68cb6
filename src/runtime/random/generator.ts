/**
 * @file The sequential generator for loops: xoshiro128** (Blackman, Vigna, "Scrambled linear pseudorandom number
 * generators", 2021), 16 bytes of state that checkpoints store. Frozen until the next major version.
 */
import { type Key, fillBits } from "./key.ts";

/** The four state words, to store in a checkpoint. */
export type GeneratorState = readonly [number, number, number, number];

/** xoshiro128**: period 2^128 - 1, about 3 ns a draw; not for cryptography. */
export class Generator {
  declare private s0: number;
  declare private s1: number;
  declare private s2: number;
  declare private s3: number;

  private constructor(s0: number, s1: number, s2: number, s3: number) {
    this.s0 = s0 | 0;
    this.s1 = s1 | 0;
    this.s2 = s2 | 0;
    this.s3 = s3 | 0;
  }

  /** A generator whose state is the first four words of the key's stream. */
  static fromKey(key: Key): Generator {
    const words = new Uint32Array(4);
    fillBits(key, words);
    const [a = 0, b = 0, c = 0, d = 0] = words;
    // The all-zero state is a fixed point; one in 2^128 keys would hit it.
    return new Generator(a, b, c, (a | b | c | d) === 0 ? 1 : d);
  }

  static fromState(state: GeneratorState): Generator {
    return new Generator(...state);
  }

  getState(): GeneratorState {
    return [this.s0 >>> 0, this.s1 >>> 0, this.s2 >>> 0, this.s3 >>> 0];
  }

  setState(state: GeneratorState): void {
    this.s0 = state[0] | 0;
    this.s1 = state[1] | 0;
    this.s2 = state[2] | 0;
    this.s3 = state[3] | 0;
  }

  /** Uniform in [0, 2^32). */
  nextU32(): number {
    const m = Math.imul(this.s1, 5);
    const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= t;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** Fills `out` with the next draws of `nextU32`; several times as fast, because the state stays in registers. */
  fillU32(out: Uint32Array): void {
    let { s0, s1, s2, s3 } = this;
    for (let i = 0; i < out.length; i += 1) {
      const m = Math.imul(s1, 5);
      out[i] = Math.imul((m << 7) | (m >>> 25), 9);
      const t = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= t;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
    this.s0 = s0;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
  }

  /** Uniform in [0, 1), a multiple of 2^-24 (exact in float32). */
  nextFloat32(): number {
    return (this.nextU32() >>> 8) * 5.9604644775390625e-8;
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  nextFloat64(): number {
    const high = this.nextU32() >>> 5;
    return (high * 67108864 + (this.nextU32() >>> 6)) * 1.1102230246251565e-16;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.nextFloat64();
  }

  /** Uniform whole number in [0, n), without bias (Lemire 2019, rejection by multiplication). `1 <= n <= 2^32`. */
  below(n: number): number {
    const threshold = (0x1_0000_0000 - n) % n;
    for (;;) {
      const x = this.nextU32();
      // x * n needs up to 64 bits: split x so that every product stays below 2^53.
      const high = Math.floor(x / 65536) * n;
      const low = (x % 65536) * n;
      const sum = (high % 65536) * 65536 + low;
      if (sum % 0x1_0000_0000 >= threshold) {
        return Math.floor(high / 65536) + Math.floor(sum / 0x1_0000_0000);
      }
    }
  }

  /** Standard normal by Marsaglia's polar method; draws pairs and keeps one, so that the state is all there is. */
  normal(): number {
    for (;;) {
      const u = 2 * this.nextFloat64() - 1;
      const v = 2 * this.nextFloat64() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
    }
  }

  /** Fisher-Yates shuffle in place. */
  shuffle(items: Int32Array | Uint32Array): void {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.below(i + 1);
      const kept = items[i] ?? 0;
      items[i] = items[j] ?? 0;
      items[j] = kept;
    }
  }
}
