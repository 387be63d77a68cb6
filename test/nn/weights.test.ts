/** @file Weights of a network through a file: same bytes back, and a file of another network refused by name. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { loadSafetensors, saveSafetensors } from "../../src/nn/weights/file.adapter.ts";
import { slabOf, weightsOf } from "../../src/nn/weights/parameters.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { scratchFolder } from "../scratch.ts";

const actorOf = (inputs: number) => ({
  actor: mlp({ sizes: [inputs, 8], head: { size: 2, gain: 0.01 } }).parameters,
});

test("a slab survives the way through a file bit for bit, with its metadata", () => {
  const layout = parameterLayout(actorOf(4));
  const slab = initialise(actorOf(4), keyFromSeed(1));
  const file = join(scratchFolder(), "policy", "actor.safetensors");
  const metadata = new Map([["features", "x,v,angle,spin"]]);
  saveSafetensors(file, { tensors: weightsOf(layout, slab), metadata });
  const loaded = loadSafetensors(file);
  expect(loaded.metadata).toEqual(metadata);
  expect(slabOf(layout, loaded, file)).toEqual(slab);
});

test("weights of another network are refused, each difference by name", () => {
  const slab = initialise(actorOf(5), keyFromSeed(1));
  const tensors = new Map(weightsOf(parameterLayout(actorOf(5)), slab));
  tensors.delete("actor.head.bias");
  tensors.set("critic.weight", { shape: [1], values: Float32Array.of(0) });
  expect(() =>
    slabOf(parameterLayout(actorOf(4)), { tensors, metadata: new Map() }, "old.safetensors"),
  ).toThrowError(
    new RegExp(
      [
        'old\\.safetensors, actor\\.head\\.bias: expected F32 \\[2\\], got "nothing"',
        'actor\\.hidden0\\.weight: expected F32 \\[4, 8\\], got "F32 \\[5, 8\\]"',
        'critic\\.weight: expected no such parameter, got "F32 \\[1\\]"',
      ].join(".*"),
      "s",
    ),
  );
});
