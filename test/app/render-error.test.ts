/** @file How faults read: code, place, rule, hint, page; all of them; a caret; internal faults say what they are. */
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { errorDocument, exitCodeOf, renderErrorText } from "../../src/app/render-error.ts";
import { GrandModelError, internalError } from "../../src/runtime/errors.ts";

const plain = pc.createColors(false);
const located = {
  code: "CONFIG_VALUE",
  file: "local.yaml",
  line: 3,
  column: 9,
  excerpt: "  clip: many",
  path: "group.clip",
  value: "many",
  expected: "a number",
  hint: "Write 0.2.",
} as const;

describe("an error", () => {
  test("shows every fault with its place, its rule, its remedy and its page", () => {
    const error = new GrandModelError(
      [located, { code: "CONFIG_KEY", expected: "plain keys", hint: "Rename it." }],
      { class: "config" },
    );
    expect(renderErrorText(error, plain, false)).toBe(
      [
        'CONFIG_VALUE  local.yaml line 3: group.clip: found "many"',
        "  |   clip: many",
        "  |         ^",
        "  rule   a number",
        "  hint   Write 0.2.",
        "  docs   docs/errors/CONFIG_VALUE.md",
        "",
        "CONFIG_KEY  plain keys",
        "  hint   Rename it.",
        "  docs   docs/errors/CONFIG_KEY.md",
      ].join("\n"),
    );
    expect(exitCodeOf(error)).toBe(2);
  });

  test("in a long line shows the part around the caret", () => {
    const excerpt = `${"a".repeat(5000)}!${"b".repeat(5000)}`;
    const text = renderErrorText(new GrandModelError({ ...located, column: 5001, excerpt }), plain, false);
    const [, shown = "", caret = ""] = text.split("\n");
    expect(shown.length).toBeLessThan(120);
    expect(shown[caret.indexOf("^")]).toBe("!");
  });

  test("that is nobody's fault but ours is INTERNAL, exits 1, and shows its stack only when asked", () => {
    const error = internalError("no slab");
    expect(renderErrorText(error, plain, false)).toMatch(/^INTERNAL {2}no slab\..*\n {2}hint.*--debug/);
    expect(renderErrorText(error, plain, false)).not.toContain("    at ");
    expect(renderErrorText(error, plain, true)).toContain("    at ");
    expect(errorDocument(error)).toMatchObject({ kind: "error", class: "internal", code: "INTERNAL" });
    expect(exitCodeOf(error)).toBe(1);
  });

  test("as a document keeps every field and names the page", () => {
    expect(errorDocument(new GrandModelError(located, { class: "data" }))).toMatchObject({
      class: "data",
      code: "CONFIG_VALUE",
      issues: [{ ...located, docs: "docs/errors/CONFIG_VALUE.md" }],
    });
  });
});
