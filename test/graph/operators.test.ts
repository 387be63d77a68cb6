/** @file Every operator: values against plain JavaScript, gradients against central differences in float64. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { operatorCases } from "./support/operators.ts";
import { evaluate, gradientError, relativeError } from "./support/run.ts";

const runs = { numRuns: 12, seed: 20261124 };

describe.each(operatorCases)("$name", ({ draw, differentiable }) => {
  test("agrees with plain JavaScript", async () => {
    await fc.assert(
      fc.asyncProperty(draw, async ({ apply, inputs, dtypes = {}, expected }) => {
        const found = await evaluate(apply, inputs, { dtypes });
        expect(found.shape).toEqual(expected.shape);
        expect(relativeError(found.values, expected.values)).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

  if (!differentiable) return;
  test("has the gradient of central differences", async () => {
    await fc.assert(
      fc.asyncProperty(draw, async ({ apply, inputs, dtypes = {} }) => {
        expect(await gradientError(apply, inputs, dtypes)).toBeLessThan(1e-6);
      }),
      runs,
    );
  });
});
