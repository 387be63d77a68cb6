/** @file Members of any space survive the wire: write then read is the identity, at any offset. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { codecOf } from "../../../src/app/bridge/codec.ts";
import {
  type Dtype,
  type Space,
  type SpaceValue,
  box,
  dict,
  discrete,
  multiBinary,
  multiDiscrete,
  tuple,
} from "../../../src/marl/spaces/space.ts";

interface Sample {
  readonly space: Space;
  readonly value: SpaceValue;
}

const boxSample = fc
  .record({
    dtype: fc.constantFrom<Dtype>("float32", "float64", "int32", "int8", "uint8", "bool"),
    size: fc.integer({ min: 1, max: 9 }),
  })
  .chain(({ dtype, size }): fc.Arbitrary<Sample> => {
    const space = box({ low: 0, high: 1, shape: [size], dtype });
    const reals = (min: number, max: number): fc.Arbitrary<number[]> =>
      fc.array(fc.integer({ min, max }), { minLength: size, maxLength: size });
    const values = {
      float32: fc.array(fc.float(), { minLength: size, maxLength: size }).map((v) => Float32Array.from(v)),
      float64: fc.array(fc.double(), { minLength: size, maxLength: size }).map((v) => Float64Array.from(v)),
      int32: reals(-(2 ** 31), 2 ** 31 - 1).map((v) => Int32Array.from(v)),
      int8: reals(-128, 127).map((v) => Int8Array.from(v)),
      uint8: reals(0, 255).map((v) => Uint8Array.from(v)),
      bool: reals(0, 1).map((v) => Uint8Array.from(v)),
    } as const;
    return values[dtype].map((value) => ({ space, value }));
  });

const simpleSample: fc.Arbitrary<Sample> = fc.oneof(
  boxSample,
  fc
    .record({ start: fc.integer({ min: -9, max: 9 }), n: fc.integer({ min: 1, max: 1000 }) })
    .map(({ start, n }) => ({
      space: discrete(n, start),
      value: start + n - 1,
    })),
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }).map((nvec) => ({
    space: multiDiscrete(nvec),
    value: Int32Array.from(nvec, (n) => n - 1),
  })),
  fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 9 }).map((bits) => ({
    space: multiBinary(bits.length),
    value: Int8Array.from(bits),
  })),
);

const sample: fc.Arbitrary<Sample> = fc.oneof(
  simpleSample,
  fc
    .dictionary(fc.constantFrom("b", "a", "zz", "m"), simpleSample, { minKeys: 1, noNullPrototype: true })
    .map((parts) => {
      const entries = Object.entries(parts);
      return {
        space: dict(Object.fromEntries(entries.map(([key, part]) => [key, part.space]))),
        value: Object.fromEntries(entries.map(([key, part]) => [key, part.value])),
      };
    }),
  fc.array(simpleSample, { minLength: 1, maxLength: 4 }).map((parts) => ({
    space: tuple(parts.map((part) => part.space)),
    value: parts.map((part) => part.value),
  })),
);

test("write then read is the identity, and touches only the codec's own bytes", () => {
  fc.assert(
    fc.property(sample, fc.integer({ min: 0, max: 13 }), ({ space, value }, at) => {
      const codec = codecOf(space);
      const wire = Buffer.alloc(at + codec.bytes + 3, 0xaa);
      codec.write(value, wire, at);
      expect(codec.read(wire, at)).toStrictEqual(value);
      expect(wire.subarray(0, at).every((byte) => byte === 0xaa)).toBe(true);
      expect(wire.subarray(at + codec.bytes).every((byte) => byte === 0xaa)).toBe(true);
    }),
    { numRuns: 300, seed: 3 },
  );
});
