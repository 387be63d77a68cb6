/** @file Ten thousand mutated files: typed errors or sound bars, nothing else (`npm run bench -- data` runs 100,000). */
import { expect, test } from "vitest";
import { fuzzImports } from "./fuzz.ts";

test("mutated files are imported soundly or refused with a typed error", () => {
  const outcome = fuzzImports(20_250_701, 0, 10_000);
  expect(outcome.untyped).toEqual([]);
  expect(outcome.unsound).toEqual([]);
  // The fuzzer reaches both sides: it would prove nothing if every file were refused at its first line.
  expect(outcome.imported).toBeGreaterThan(500);
  expect(outcome.refused.size).toBeGreaterThan(7);
});
