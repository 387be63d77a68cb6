/** @file Settings files are read strictly: each kind of attack is refused with its place, all faults at once. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readYamlLayer } from "../../../src/runtime/config/yaml-file.adapter.ts";
import { type Issue, isGrandModelError } from "../../../src/runtime/errors.ts";
import { scratchFolder } from "../../scratch.ts";

function fileOf(text: string): string {
  const file = join(scratchFolder(), "settings.yaml");
  writeFileSync(file, text);
  return file;
}

function faultsOf(text: string): readonly Issue[] {
  try {
    readYamlLayer(fileOf(text));
  } catch (error) {
    if (isGrandModelError(error)) {
      expect(error.class).toBe("config");
      return error.issues;
    }
    throw error;
  }
  return [];
}

describe("a settings file", () => {
  test("becomes a tree whose leaves know their line", () => {
    const file = fileOf(
      "ppo:\n  clip: 0.1\n  rate: 3e-4\nname: 'x y'\nlist: [1, 2]\nsame: &a 5\nagain: *a\n",
    );
    const layer = readYamlLayer(file);
    expect(layer.values).toStrictEqual({
      ppo: { clip: 0.1, rate: 0.0003 },
      name: "x y",
      list: [1, 2],
      same: 5,
      again: 5,
    });
    expect(layer.originOf("ppo.clip")).toStrictEqual({
      kind: "file",
      file,
      line: 2,
      column: 9,
      excerpt: "  clip: 0.1",
    });
    expect(layer.originOf("list")).toMatchObject({ line: 5, column: 7 });
  });

  test("may be empty", () => {
    expect(readYamlLayer(fileOf("# nothing\n")).values).toStrictEqual({});
  });

  test.each([
    ["bad indentation", "a:\n  b: 1\n c: 2\n", "CONFIG_YAML", 3],
    ["duplicate keys", "a: 1\nb: 2\na: 3\n", "CONFIG_YAML", 3],
    ["a custom tag", "a: !!js/function 'x'\n", "CONFIG_YAML", 1],
    ["a list for a mapping", "- 1\n- 2\n", "CONFIG_YAML", 1],
    ["a recursive alias", "a: &x\n  b: *x\n", "CONFIG_LIMIT", undefined],
    ["too many aliases", `a: &x 1\nb: [${Array(11).fill("*x").join(", ")}]\n`, "CONFIG_YAML", 2],
    ["infinity", "a: .inf\n", "CONFIG_NOT_FINITE", 1],
    ["not a number", "a:\n  b: .nan\n", "CONFIG_NOT_FINITE", 2],
    ["a key of another script", "\u0430lpha: 1\n", "CONFIG_KEY", 1],
    ["a prototype key", "__proto__: 1\n", "CONFIG_KEY", 1],
    ["the constructor key", "a:\n  constructor: 1\n", "CONFIG_KEY", 2],
    ["a right-to-left override", 'a: "x\u202Ey"\n', "CONFIG_TEXT", 1],
    ["a zero-width space", 'a: "x\u200By"\n', "CONFIG_TEXT", 1],
    ["text that is not in NFC", 'a: "e\u0301"\n', "CONFIG_TEXT", 1],
    ["a list without end", `a: [${Array(1001).fill("1").join(",")}]\n`, "CONFIG_LIMIT", 1],
    [
      "deep nesting",
      `${Array.from({ length: 25 }, (_, i) => `${" ".repeat(i)}k:`).join("\n")} 1\n`,
      "CONFIG_LIMIT",
      22,
    ],
  ])("is refused for %s", (_, text, code, line) => {
    const [first] = faultsOf(text);
    expect(first).toMatchObject(line === undefined ? { code } : { code, line });
  });

  test("of more than 256 KiB is refused unread, and a missing one is named", () => {
    expect(faultsOf(`a: "${"x".repeat(300_000)}"`)[0]).toMatchObject({ code: "CONFIG_LIMIT" });
    expect(() => readYamlLayer("/nowhere/x.yaml")).toThrow(/CONFIG_MISSING \/nowhere\/x\.yaml/);
  });

  test("tells all its faults, not only the first", () => {
    expect(
      faultsOf("a: .nan\nb: 1\n9c: 2\nd: .inf\n").map((issue) => [issue.code, issue.line]),
    ).toStrictEqual([
      ["CONFIG_NOT_FINITE", 1],
      ["CONFIG_KEY", 3],
      ["CONFIG_NOT_FINITE", 4],
    ]);
  });

  test("does not turn text into other types, nor run what it says", () => {
    const layer = readYamlLayer(fileOf("a: '5'\nb: ${HOME}\nc: \"$(rm -rf /)\"\nd: yes\ne: 2026-01-01\n"));
    expect(layer.values).toStrictEqual({ a: "5", b: "${HOME}", c: "$(rm -rf /)", d: "yes", e: "2026-01-01" });
  });
});
