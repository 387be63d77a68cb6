/** @file Sampling of categorical actions: frequencies, masks, log-probabilities, use of the generator. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { spec } from "../../src/graph/spec.ts";
import { requireLegalActions } from "../../src/nn/distributions/action-mask.ts";
import { modeCategorical, sampleCategorical } from "../../src/nn/distributions/categorical.kernel.ts";
import { categorical, categoricalOf } from "../../src/nn/distributions/categorical.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { chiSquareUpper } from "./chi-square.ts";

const generator = (seed: number): Generator => Generator.fromKey(keyFromSeed(seed));
const repeat = (row: readonly number[], rows: number): Float32Array =>
  Float32Array.from({ length: rows * row.length }, (_, i) => row[i % row.length]!);

describe("one head", () => {
  const logits = [0.3, -1, 2, 0, -30, 1.2];
  const rows = 1_000_000;
  const sizes = Int32Array.of(6);

  test("frequencies of 10^6 draws fit the softmax (chi-square, p > 0.001)", () => {
    const actions = new Int32Array(rows);
    sampleCategorical(repeat(logits, rows), null, sizes, generator(1), actions, new Float32Array(rows));
    const kept = logits.filter((logit) => logit > -20);
    const total = kept.reduce((sum, logit) => sum + Math.exp(logit), 0);
    let statistic = 0;
    for (const logit of kept) {
      const expected = (rows * Math.exp(logit)) / total;
      const action = logits.indexOf(logit);
      const found = actions.reduce((count, drawn) => count + Number(drawn === action), 0);
      statistic += ((found - expected) * (found - expected)) / expected;
    }
    expect(chiSquareUpper(statistic, kept.length - 1)).toBeGreaterThan(0.001);
  });

  test("an illegal action is never drawn in 10^6 draws, though its logit is the largest", () => {
    const mask = Int8Array.from({ length: rows * 6 }, (_, i) => (i % 6 === 2 || i % 6 === 5 ? 0 : 1));
    const actions = new Int32Array(rows);
    sampleCategorical(repeat(logits, rows), mask, sizes, generator(2), actions, new Float32Array(rows));
    const drawn = new Set(actions);
    expect([...drawn].sort((a, b) => a - b)).toEqual([0, 1, 3]);
  });
});

/** Rows of one to three heads, a mask with a legal action in each head, and logits up to +-40. */
const batches = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    rows: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(1_000_000),
  })
  .map(({ sizes, rows, seed }) => {
    const random = generator(seed);
    const width = sizes.reduce((sum, n) => sum + n, 0);
    const logits = Float32Array.from({ length: rows * width }, () => random.uniform(-40, 40));
    const mask = Int8Array.from(logits, () => random.below(2));
    let start = 0;
    for (let row = 0; row < rows; row += 1) {
      for (const n of sizes) {
        mask[start + random.below(n)] = 1;
        start += n;
      }
    }
    return { sizes: Int32Array.from(sizes), rows, seed, logits, mask };
  });

test("draws are legal and the log-probability is that of a plain masked softmax", () => {
  fc.assert(
    fc.property(batches, ({ sizes, rows, seed, logits, mask }) => {
      const actions = new Int32Array(rows * sizes.length);
      const logProbs = new Float32Array(rows);
      sampleCategorical(logits, mask, sizes, generator(seed), actions, logProbs);
      let start = 0;
      for (let row = 0; row < rows; row += 1) {
        let expected = 0;
        sizes.forEach((n, head) => {
          const action = actions[row * sizes.length + head]!;
          expect(mask[start + action]).toBe(1);
          const legal = Array.from({ length: n }, (_, i) => start + i).filter((i) => mask[i] === 1);
          const total = legal.reduce((sum, i) => sum + Math.exp(logits[i]! - 40), 0);
          expected += logits[start + action]! - 40 - Math.log(total);
          start += n;
        });
        expect(Math.abs(logProbs[row]! - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
      }
    }),
  );
});

test("the graph gives the log-probability of the draw within 1e-6: the first ratio of an update is 1", async () => {
  const [rows, n] = [256, 5];
  const random = generator(11);
  const logits = Float32Array.from({ length: rows * n }, () => 3 * random.normal());
  const mask = Uint8Array.from({ length: rows * n }, (_, i) => (i % n === 0 ? 1 : random.below(2)));
  const action = new Int32Array(rows);
  const drawn = new Float32Array(rows);
  sampleCategorical(logits, mask, Int32Array.of(n), random, action, drawn);
  await using compiled = await compile(
    (inputs) => ({ logProb: categorical.logProb(categoricalOf(inputs.logits, inputs.mask), inputs.action) }),
    { logits: spec("f32", [rows, n]), mask: spec("bool", [rows, n]), action: spec("i32", [rows]) },
  );
  const { logProb } = await compiled.call({ logits, mask, action });
  drawn.forEach((stored, row) => expect(Math.abs(Math.exp(logProb[row]! - stored) - 1)).toBeLessThan(1e-6));
});

test("the mode is the best legal action of each head", () => {
  fc.assert(
    fc.property(batches, ({ sizes, rows, logits, mask }) => {
      const actions = new Int32Array(rows * sizes.length);
      modeCategorical(logits, mask, sizes, actions);
      let start = 0;
      actions.forEach((action, slot) => {
        const n = sizes[slot % sizes.length]!;
        const legal = Array.from({ length: n }, (_, i) =>
          mask[start + i] === 1 ? logits[start + i]! : -Infinity,
        );
        expect(action).toBe(legal.indexOf(Math.max(...legal)));
        start += n;
      });
    }),
  );
});

test("the generator advances by the number of heads, whatever the logits and masks", () => {
  fc.assert(
    fc.property(batches, ({ sizes, rows, seed, logits, mask }) => {
      const random = generator(seed);
      const plain = generator(seed);
      sampleCategorical(
        logits,
        mask,
        sizes,
        random,
        new Int32Array(rows * sizes.length),
        new Float32Array(rows),
      );
      for (let i = 0; i < rows * sizes.length; i += 1) plain.nextFloat64();
      expect(random.getState()).toEqual(plain.getState());
    }),
  );
});

test("masked logits of -1e8 act as a mask", () => {
  const actions = new Int32Array(10_000);
  const logits = repeat([0, -1e8, 0], 10_000);
  sampleCategorical(logits, null, Int32Array.of(3), generator(3), actions, new Float32Array(10_000));
  expect(actions.includes(1)).toBe(false);
});

test("a NaN logit yields action -1 and log-probability NaN", () => {
  const actions = new Int32Array(2);
  const logProbs = new Float32Array(2);
  const logits = Float32Array.of(0, NaN, 1, 0, 0, 1);
  sampleCategorical(logits, null, Int32Array.of(3), generator(4), actions, logProbs);
  expect([actions[0], logProbs[0]]).toEqual([-1, NaN]);
  expect(actions[1]).toBeGreaterThanOrEqual(0);
  modeCategorical(logits, null, Int32Array.of(3), actions);
  expect([...actions]).toEqual([-1, 2]);
});

describe("requireLegalActions", () => {
  test("passes masks with a legal action in every row", () => {
    expect(() => requireLegalActions(Int8Array.of(0, 1, 1, 0), [2])).not.toThrow();
  });

  test("names the first row without one", () => {
    const mask = Int8Array.of(0, 1, 1, 0, 0, 0);
    expect(() => requireLegalActions(mask, [2])).toThrowError(
      /ACTION_MASK_EMPTY mask\[2\].*at least one legal action.*got "0, 0".*no-op/,
    );
  });

  test("checks every head of a multi-discrete row", () => {
    expect(() => requireLegalActions(Int8Array.of(1, 0, 0, 0, 0), [2, 3])).toThrowError(/mask\[0\], head 1/);
  });
});
