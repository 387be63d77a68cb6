/** @file A new policy is nearly uniform over its legal actions: entropy above 0.999 ln n (marl.md, item 2). */
import { expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { spec } from "../../src/graph/spec.ts";
import { categorical, categoricalOf } from "../../src/nn/distributions/categorical.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";

test.each([
  ["tanh", 4, 64, 2, false],
  ["relu", 18, 64, 5, true],
  ["gelu", 624, 256, 5, true],
] as const)(
  "%s policy of %i features, %i units and %i actions",
  async (activation, inputs, units, actions, normaliseInput) => {
    const policy = mlp({
      sizes: [inputs, units, units],
      head: { size: actions, gain: 0.01 },
      activation,
      normaliseInput,
    });
    const layout = parameterLayout(policy.parameters);
    const rows = 256;
    await using entropies = await compile(
      ({ flat, observations, mask }) => {
        const logits = policy.apply(layout.unpack(flat), observations);
        return {
          all: categorical.entropy(categoricalOf(logits)),
          legal: categorical.entropy(categoricalOf(logits, mask)),
        };
      },
      {
        flat: spec("f32", [layout.size]),
        observations: spec("f32", [rows, inputs]),
        mask: spec("u8", [rows, actions]),
      },
    );
    const random = Generator.fromKey(keyFromSeed(2));
    const found = await entropies.call({
      flat: initialise(policy.parameters, keyFromSeed(1)),
      observations: Float32Array.from({ length: rows * inputs }, () => random.normal()),
      mask: Uint8Array.from({ length: rows * actions }, (_, i) => (i % actions === 0 ? 0 : 1)),
    });
    expect(Math.min(...found.all)).toBeGreaterThan(0.999 * Math.log(actions));
    expect(Math.min(...found.legal)).toBeGreaterThanOrEqual(0.999 * Math.log(actions - 1) - 1e-7);
  },
);
