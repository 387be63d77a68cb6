/** @file Trees and flat slabs: sorted order, views, pack and unpack are inverse, one Split and one Concat. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { mul } from "../../src/graph/ops/arithmetic.ts";
import { ParameterLayout } from "../../src/graph/slab.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { type Tree, flatten, mapTree, unflatten } from "../../src/graph/tree.ts";

const isNumber = (value: unknown): value is number => typeof value === "number";
const leaf = fc.integer({ min: 0, max: 9 });
const { tree } = fc.letrec<{ tree: Tree<number> }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("tree"), { maxKeys: 3 }),
  ),
}));

describe("trees", () => {
  test("unflatten undoes flatten", () => {
    fc.assert(
      fc.property(tree, (one) => {
        const values = flatten<number>(one, isNumber).map(({ value }) => value);
        expect(unflatten(one, isNumber, values)).toEqual(one);
      }),
    );
  });

  test("leaves come in sorted order of their keys, whatever the order of writing", () => {
    expect(flatten<number>({ b: 1, a: { d: 2, c: 3 } }, isNumber).map(({ path }) => path)).toEqual([
      "a.c",
      "a.d",
      "b",
    ]);
    expect(mapTree<number, string>({ b: 1, a: 2 }, isNumber, (value, path) => `${path}${value}`)).toEqual({
      a: "a2",
      b: "b1",
    });
  });
});

describe("layouts", () => {
  const layout = new ParameterLayout({ b: [2], a: { w: [2, 3] } });

  test("entries lie end to end", () => {
    expect(layout.entries).toEqual([
      { path: "a.w", shape: [2, 3], offset: 0, size: 6 },
      { path: "b", shape: [2], offset: 6, size: 2 },
    ]);
    expect(layout.size).toBe(8);
  });

  test("writing to a view writes the slab", () => {
    const flat = new Float32Array(8);
    layout.views(flat).b.set([1, 2]);
    expect(Array.from(flat)).toEqual([0, 0, 0, 0, 0, 0, 1, 2]);
  });

  test("pack undoes unpack", async () => {
    await using compiled = await compile(
      ({ flat }: { readonly flat: Tensor }) => {
        const { a, b } = layout.unpack(flat);
        return { flat: layout.pack({ a, b }), doubled: mul(b, 2) };
      },
      { flat: spec("f32", [8]) },
    );
    const flat = Float32Array.from({ length: 8 }, (_, i) => i);
    expect(await compiled.call({ flat })).toEqual({ flat, doubled: Float32Array.of(12, 14) });
  });
});
