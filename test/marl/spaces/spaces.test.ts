import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contains, describeSpace, explainOutside } from "../../../src/marl/spaces/contains.ts";
import { flatDim, flatten, unflatten } from "../../../src/marl/spaces/flatten.ts";
import { actionHeads, readAction, writeAction } from "../../../src/marl/spaces/heads.ts";
import { sample } from "../../../src/marl/spaces/sample.ts";
import {
  type Space,
  box,
  dict,
  discrete,
  multiBinary,
  multiDiscrete,
  tuple,
} from "../../../src/marl/spaces/space.ts";
import { spaceEquals, spaceFromJson, spaceToJson } from "../../../src/marl/spaces/space-json.ts";
import { generatorOf } from "../vector/drive.ts";

const bound = fc.integer({ min: -100, max: 100 });
const leaf = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -5, max: 5 }))
    .map(([n, start]) => discrete(n, start)),
  fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }).map(multiDiscrete),
  fc.integer({ min: 1, max: 6 }).map(multiBinary),
  fc
    .tuple(
      fc.constantFrom("float32", "float64", "int32", "int8"),
      fc.array(fc.tuple(bound, bound), { minLength: 1, maxLength: 5 }),
    )
    .map(([dtype, pairs]) =>
      box({ dtype, low: pairs.map(([a, b]) => Math.min(a, b)), high: pairs.map(([a, b]) => Math.max(a, b)) }),
    ),
  fc.constantFrom(
    box({ low: -Infinity, high: Infinity, shape: [2, 2] }),
    box({ low: 0, high: Infinity, shape: [3], dtype: "float64" }),
    box({ low: -Infinity, high: 0 }),
    box({ low: 0, high: 1, shape: [4], dtype: "bool" }),
    box({ low: 0, high: 255, shape: [2, 3], dtype: "uint8" }),
  ),
);
const anySpace: fc.Arbitrary<Space> = fc.letrec<{ space: Space; leaf: Space }>((tie) => ({
  leaf,
  space: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    tie("leaf"),
    fc.array(tie("space"), { minLength: 1, maxLength: 3 }).map(tuple),
    fc.dictionary(fc.constantFrom("a", "b", "c"), tie("space"), { minKeys: 1 }).map(dict),
  ),
})).space;

describe("every space", () => {
  it("contains its samples, and flatten then unflatten gives them back exactly", () => {
    fc.assert(
      fc.property(anySpace, fc.nat(), (space, seed) => {
        const value = sample(space, generatorOf(seed));
        expect(explainOutside(space, value)).toBeUndefined();
        const row = new Float64Array(flatDim(space) + 3).fill(-7);
        expect(flatten(space, value, row, 1)).toBe(1 + flatDim(space));
        expect(unflatten(space, row, 1)).toEqual(value);
        // Nothing outside its own part of the buffer is touched.
        expect([row[0], row.at(-2), row.at(-1)]).toEqual([-7, -7, -7]);
      }),
    );
  });

  it("round-trips through JSON text and equals itself, not a neighbour", () => {
    fc.assert(
      fc.property(anySpace, anySpace, (space, other) => {
        const again = spaceFromJson(JSON.parse(JSON.stringify(spaceToJson(space))));
        expect(spaceEquals(again, space)).toBe(true);
        const same = JSON.stringify(spaceToJson(space)) === JSON.stringify(spaceToJson(other));
        expect(spaceEquals(space, other)).toBe(same);
      }),
    );
  });

  it("writes an action into heads and reads the same action back", () => {
    const actionable = anySpace.filter((space) => !describeSpace(space).match(/int|bool/));
    fc.assert(
      fc.property(actionable, fc.nat(), (space, seed) => {
        const { heads, low } = actionHeads(space);
        const row = {
          discrete: new Int32Array(heads.length),
          continuous: new Float32Array(low.length),
          d: 0,
          c: 0,
        };
        // Continuous actions travel as float32.
        const action = JSON.stringify(spaceToJson(space)).includes("float64")
          ? undefined
          : sample(space, generatorOf(seed));
        if (action === undefined) return;
        writeAction(space, action, row);
        heads.forEach((head, h) => expect(row.discrete[h]).toBeLessThan(head));
        expect(readAction(space, row)).toEqual(action);
      }),
    );
  });

  it("keeps rows apart when agents and environments are laid out as a batch", () => {
    // [B, A, F] to rows and back is the identity: a swapped axis would train silently.
    const space = box({ low: -1, high: 1, shape: [3] });
    const generator = generatorOf(8);
    const [copies, agents] = [4, 3];
    const values = Array.from({ length: copies * agents }, () => sample(space, generator));
    const slab = new Float32Array(copies * agents * 3);
    for (let b = 0; b < copies; b += 1) {
      for (let a = 0; a < agents; a += 1) flatten(space, values[b * agents + a]!, slab, (b * agents + a) * 3);
    }
    const back = values.map((_value, i) => unflatten(space, slab, i * 3));
    expect(back).toEqual(values);
  });
});

describe("sampling with a mask", () => {
  it("draws legal choices only, each of them, over all heads", () => {
    const space = tuple([discrete(3), multiDiscrete([2, 4])]);
    const mask = [0, 1, 1, 1, 0, 0, 0, 0, 1];
    const generator = generatorOf(1);
    const seen = new Set<string>();
    for (let i = 0; i < 200; i += 1) {
      const action = sample(space, generator, mask);
      seen.add(
        JSON.stringify(action, (_key, value: unknown) => (value instanceof Int32Array ? [...value] : value)),
      );
    }
    expect([...seen].sort()).toEqual(["[1,[0,3]]", "[2,[0,3]]"]);
  });

  it("refuses a head without a legal choice", () => {
    expect(() => sample(discrete(2), generatorOf(1), [0, 0])).toThrow(/SPACE_VALUE_INVALID mask\[0\.\.1\]/);
  });

  it("covers a Box evenly: mean and spread of a uniform", () => {
    const generator = generatorOf(2);
    const draws = Array.from({ length: 20_000 }, () => {
      const value = sample(box({ low: -2, high: 4 }), generator);
      return value instanceof Float32Array ? value[0]! : Number.NaN;
    });
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    // sd of the mean: 6 / sqrt(12 * 20000) = .0122; five of them.
    expect(Math.abs(mean - 1)).toBeLessThan(0.062);
    expect(Math.min(...draws)).toBeLessThan(-1.99);
    expect(Math.max(...draws)).toBeGreaterThan(3.99);
  });
});

describe("membership says why not", () => {
  it.each([
    [discrete(3), 3, "3 is not a whole number from 0 to 2"],
    [discrete(3), 1.5, "1.5 is not a whole number from 0 to 2"],
    [discrete(3), "1", "string instead of a number"],
    [multiDiscrete([2, 2]), Int32Array.of(0, 2), "element 1 is 2, above the bound 1"],
    [multiDiscrete([2, 2]), [0, 1], "Array instead of Int32Array"],
    [multiBinary(2), Int8Array.of(1), "1 elements instead of 2"],
    [box({ low: 0, high: 1 }), Float32Array.of(Number.NaN), "element 0 is NaN"],
    [box({ low: 0, high: 1 }), Float64Array.of(0.5), "Float64Array instead of the typed array of float32"],
    [dict({ a: discrete(2) }), { a: 0, b: 1 }, "key b is not part of the space"],
    [dict({ a: discrete(2) }), {}, "key a: undefined instead of a number"],
    [tuple([discrete(2)]), [0, 1], "2 parts instead of 1"],
    [tuple([discrete(2)]), null, "null instead of an array of 1 parts"],
  ])("%o refuses %o", (space, value, reason) => {
    expect(contains(space, value)).toBe(false);
    expect(explainOutside(space, value)).toBe(reason);
  });
});

describe("declarations are checked", () => {
  it.each([
    ["an empty Discrete", () => discrete(0)],
    ["bounds out of order", () => box({ low: 1, high: 0 })],
    ["bounds of different length", () => box({ low: [0, 0], high: [1] })],
    ["NaN as a bound", () => box({ low: Number.NaN, high: 1 })],
    ["a bound beyond the dtype", () => box({ low: 0, high: 300, dtype: "uint8" })],
    ["an empty Dict", () => dict({})],
    ["a Box of whole numbers as action space", () => actionHeads(box({ low: 0, high: 3, dtype: "int32" }))],
    ["JSON of an unknown kind", () => spaceFromJson({ kind: "graph" })],
  ])("refuses %s", (_name, declare) => {
    expect(declare).toThrow(/SPACE_INVALID/);
  });

  it("rounds float32 bounds, so that a clipped value is a member", () => {
    const space = box({ low: -0.1, high: 0.1 });
    expect(contains(space, Float32Array.of(0.1))).toBe(true);
  });
});
