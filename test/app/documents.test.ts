/** @file What the documents say is there: links lead somewhere, and the commands they show are understood. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { run } from "./command-line.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const documents = [
  "README.md",
  "python/README.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

describe.each(documents)("%s", (document) => {
  const text = readFileSync(join(root, document), "utf8");

  test("links to files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? "");
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !existsSync(join(root, dirname(document), link)))).toStrictEqual([]);
  });

  test("names source, test and example files that exist", () => {
    const named = [...text.matchAll(/`((?:src|test|examples|bench|python)\/[\w./-]+\.\w+)`/g)].map(
      (match) => match[1] ?? "",
    );
    expect(named.filter((file) => !existsSync(join(root, file)))).toStrictEqual([]);
  });

  test("shows commands that are understood", async () => {
    const shown = [...text.matchAll(/(?:^|`|\$ )grandmodel ([a-z][^`\n]*)/gm)].map(
      (match) => match[1]?.replace(/ +#.*$/, "") ?? "",
    );
    const complete = shown.filter((line) => !line.includes("...") && !line.includes("<"));
    for (const line of complete) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
      const { err } = await run(...words, "--dry-run");
      expect(err, line).not.toMatch(/USAGE_(?!MISSING_ARGUMENT)|CONFIG_/);
    }
  });
});
