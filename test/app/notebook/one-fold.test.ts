/** @file One test part is never sold as a finding: its interval stands beside it, and the label of its bars. */
import { expect, test } from "vitest";
import { bundleOf } from "../../../src/app/notebook/helpers/displayable.ts";
import { oneFold } from "../../../src/app/notebook/workbench/one-fold.ts";
import { generateMarket } from "../../../src/market/public.ts";

const { bars } = generateMarket({
  symbol: "NQ",
  intervalMs: 1_800_000,
  from: 20_220_103,
  startPrice: 15_000,
  sigma: 0.001,
  seed: 1,
  sessions: 40,
});
const test0 = { from: 100, to: bars.length };
const textOf = (pnl: Float64Array): string => {
  const { "text/plain": text } = bundleOf(oneFold(pnl, bars, test0).verdict);
  return typeof text === "string" ? text : "";
};

test("an interval around 0 is said to contain it, and synthetic bars are not eligible", () => {
  const pnl = Float64Array.from({ length: test0.to - test0.from }, (_, i) => (i % 3) - 1);
  expect(oneFold(pnl, bars, test0).netUsd).toBe(pnl.reduce((a, b) => a + b, 0));
  expect(textOf(pnl)).toContain("contains 0");
  expect(textOf(pnl)).toContain("not eligible: synthetic bars");
});

test("one lucky part stays one draw, whatever its interval", () => {
  const text = textOf(new Float64Array(test0.to - test0.from).fill(50));
  expect(text).toContain(
    "Not a finding: the interval of the mean lies on one side of 0, and is one draw of many",
  );
  expect(text).toContain("docs/results/main-nq.md");
});
