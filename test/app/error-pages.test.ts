/** @file Every reason code that the sources can raise has a page under docs/errors, and every page a code. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

function sourcesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Codes named in the unions of `issues.ts` files, and those written as `code: "..."` anywhere. */
function codesIn(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const inUnion = file.endsWith("issues.ts") ? [...text.matchAll(/^\s*\|?\s*"([A-Z][A-Z0-9_]{3,})"/gm)] : [];
  const written = [...text.matchAll(/\bcode: "([A-Z][A-Z0-9_]{3,})"/g)];
  return [...inUnion, ...written].map((match) => match[1] ?? "");
}

const codes = [...new Set(sourcesUnder("src").flatMap(codesIn))].sort();
const pages = readdirSync(join(root, "docs/errors"))
  .filter((name) => name.endsWith(".md") && name !== "README.md")
  .map((name) => name.slice(0, -3))
  .sort();
const tests = sourcesUnder("test")
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("reason codes", () => {
  test("are found in the sources at all", () => {
    expect(codes.length).toBeGreaterThan(60);
  });

  test("each have a page", () => {
    expect(codes.filter((code) => !pages.includes(code))).toStrictEqual([]);
  });

  test("are what the pages are about", () => {
    expect(pages.filter((page) => !codes.includes(page))).toStrictEqual([]);
  });

  test("are each provoked by name in a test", () => {
    expect(codes.filter((code) => !tests.includes(code))).toStrictEqual([]);
  });

  test.each(pages)("%s says cause, example and remedy", (page) => {
    const text = readFileSync(join(root, "docs/errors", `${page}.md`), "utf8");
    expect(text).toMatch(new RegExp(`^# ${page}\\n[\\s\\S]*Cause[\\s\\S]*Example[\\s\\S]*Remedy`));
  });
});
