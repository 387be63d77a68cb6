/** @file Canonical JSON: one text per value, and nothing that JSON cannot carry. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, canonicalJson } from "../../src/runtime/json.ts";

test("canonical JSON parses back, and does not depend on the order of keys", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value as Json);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      const reversed: unknown = JSON.parse(JSON.stringify(value), (_, part: unknown) =>
        typeof part === "object" && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).reverse())
          : part,
      );
      expect(canonicalJson(reversed as Json)).toBe(text);
    }),
    { seed: 4 },
  );
});

test.each([Number.NaN, Infinity, -Infinity])(
  "%d is refused as JSON_NOT_FINITE, wherever it stands",
  (value) => {
    expect(() => canonicalJson(value)).toThrow("JSON_NOT_FINITE");
    expect(() => canonicalJson({ a: [1, { b: value }] })).toThrow("JSON_NOT_FINITE");
  },
);
