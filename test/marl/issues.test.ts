import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** The codes as written in the union, so that a new one cannot be forgotten. */
const source = readFileSync(new URL("../../src/marl/issues.ts", import.meta.url), "utf8");
const codes = [...source.matchAll(/\| "([A-Z_]+)"/g)].map((match) => match[1] ?? "");

it("every environment issue code has a page with cause, example and remedy", () => {
  expect(codes.length).toBeGreaterThan(10);
  for (const code of codes) {
    const page = new URL(`../../docs/errors/${code}.md`, import.meta.url);
    expect(existsSync(page), code).toBe(true);
    const text = readFileSync(page, "utf8");
    for (const part of [`# ${code}`, "**Cause.**", "**Example.**", "**Remedy.**"])
      expect(text).toContain(part);
  }
});
