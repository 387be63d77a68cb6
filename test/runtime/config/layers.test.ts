/** @file Layers merge deeply, the strongest wins key by key, and every value knows where it came from. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type SettingsTree,
  leavesOf,
  mergeLayers,
  treeAt,
  uniformLayer,
} from "../../../src/runtime/config/layers.ts";

const key = fc.constantFrom("a", "b", "c");
const { tree } = fc.letrec<{ tree: SettingsTree }>((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ depthSize: "small" }, fc.integer(), fc.constant([1, 2]), tie("tree")), {
    noNullPrototype: true,
  }) as fc.Arbitrary<SettingsTree>,
}));

test("a sibling of an overridden key is kept, lists are replaced, origins are those of the layer that won", () => {
  const merged = mergeLayers([
    uniformLayer({ kind: "default" }, { ppo: { clip: 0.2, epochs: 4 }, seeds: [1, 2] }),
    uniformLayer({ kind: "preset", name: "mappo" }, { ppo: { epochs: 10 } }),
    uniformLayer({ kind: "command line" }, { seeds: [3] }),
  ]);
  expect(merged.values).toStrictEqual({ ppo: { clip: 0.2, epochs: 10 }, seeds: [3] });
  expect(Object.fromEntries(merged.origins)).toStrictEqual({
    "ppo.clip": { kind: "default" },
    "ppo.epochs": { kind: "preset", name: "mappo" },
    seeds: { kind: "command line" },
  });
});

test("every leaf of the strongest layer is in the result with that layer's origin", () => {
  fc.assert(
    fc.property(tree, tree, (weak, strong) => {
      const merged = mergeLayers([
        uniformLayer({ kind: "default" }, weak),
        uniformLayer({ kind: "command line" }, strong),
      ]);
      const leaves = new Map(leavesOf(merged.values));
      for (const [path, value] of leavesOf(strong)) {
        expect(leaves.get(path)).toStrictEqual(value);
        expect(merged.origins.get(path)).toStrictEqual({ kind: "command line" });
      }
    }),
    { seed: 2 },
  );
});

test("leaves and treeAt are inverse", () => {
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), fc.integer(), (parts, value) => {
      expect(leavesOf(treeAt(parts.join("."), value))).toStrictEqual([[parts.join("."), value]]);
    }),
    { seed: 2 },
  );
});
