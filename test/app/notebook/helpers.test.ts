/** @file What notebooks show: verdicts, tables, figures and plots. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judge, verdictText } from "../../../src/app/notebook/helpers/check.ts";
import { bundleOf, displayable } from "../../../src/app/notebook/helpers/displayable.ts";
import { figure } from "../../../src/app/notebook/helpers/figure.ts";
import { table } from "../../../src/app/notebook/helpers/table.ts";
import { histogram, namedBars } from "../../../src/app/notebook/plots/bars.ts";
import { scale, ticks } from "../../../src/app/notebook/plots/frame.ts";
import { lines } from "../../../src/app/notebook/plots/lines.ts";
import { matrixMap } from "../../../src/app/notebook/plots/matrix-map.ts";

describe("a check", () => {
  test.each([
    [5, { atMost: 5 }, true, "<= 5"],
    [5.1, { atMost: 5, unit: "ms" }, false, "<= 5 ms"],
    [0.9, { atLeast: 0.95 }, false, ">= 0.95"],
    [3, { between: [1, 3] }, true, "1 to 3"],
    [1.02, { near: 1, within: 0.01 }, false, "1 ± 0.01"],
    ["yes", { equals: "yes" }, true, "= yes"],
    ["5", { atMost: 6 }, false, "<= 6"],
    [Number.NaN, { atMost: 5 }, false, "<= 5"],
  ] as const)("of %s by %j", (measured, rule, pass, threshold) => {
    expect(judge("x", measured, rule)).toMatchObject({ name: "x", threshold, pass });
  });

  test("says value, unit and rule in one line, and stores what JSON cannot carry as text", () => {
    const rule = { atMost: 50, unit: "ms" };
    expect(verdictText(judge("p99", 12.345678901, rule), rule)).toBe("PASS  p99: 12.34568 ms (<= 50 ms)");
    expect(judge("p99", Number.NaN, rule).measured).toBe("NaN");
  });
});

describe("a table", () => {
  const rows = [
    { name: "a<b", value: 1234.5678901, note: null },
    { name: "c", value: 2, note: "x" },
  ];
  const shown = table(rows, {
    columns: ["name", "value", "note"],
    units: { value: "ms" },
    title: "Title",
  }).toBundle();

  test("is aligned text", () => {
    expect(shown["text/plain"]).toBe(
      "Title\nname  value (ms)  note\na<b      1234.57  –\nc              2  x",
    );
  });

  test("is HTML with escaped text", () => {
    expect(shown["text/html"]).toMatch(/<caption[^>]*>Title<\/caption>/);
    expect(shown["text/html"]).toContain("a&lt;b");
    expect(shown["text/html"]).not.toContain("a<b");
  });
});

test("a class can say how it looks, and anything else is shown as text or JSON", () => {
  class Point {
    readonly x = 3;
  }
  displayable(Point, ({ x }) => ({ "text/plain": `point ${x}` }));
  expect(bundleOf(new Point())).toStrictEqual({ "text/plain": "point 3" });
  expect(bundleOf("text")).toStrictEqual({ "text/plain": "text" });
  expect(bundleOf({ a: [1] })).toStrictEqual({ "text/plain": '{\n  "a": [\n    1\n  ]\n}' });
});

test("a figure has words beside its picture", () => {
  expect(bundleOf(figure("<svg/>", { title: "T", alt: "words" }))).toStrictEqual({
    "text/plain": "T\nwords",
    "image/svg+xml": "<svg/>",
  });
  const { "image/svg+xml": svg } = bundleOf(
    figure(histogram([1, 2], { x: "ms", y: "calls" }), { title: "T < U", alt: "words" }),
  );
  expect(svg).toContain('viewBox="0 -26 720 326" width="720" height="326"');
  expect(svg).toContain("<desc>words</desc>");
  expect(svg).toMatch(/<text[^>]*>T &lt; U<\/text>/);
});

describe("plots", () => {
  test("have three to twelve round ticks inside any range", () => {
    const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(bound, fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (low, range) => {
        const found = ticks(scale(low, low + range, 0, 100));
        expect(found.length).toBeGreaterThanOrEqual(2);
        expect(found.length).toBeLessThanOrEqual(12);
        for (const tick of found) {
          expect(tick).toBeGreaterThanOrEqual(low - range * 1e-6);
          expect(tick).toBeLessThanOrEqual(low + range * (1 + 1e-6));
        }
      }),
    );
  });

  test("of long series stay small and keep every extreme", () => {
    const y = Float64Array.from({ length: 100_000 }, (_, i) => Math.sin(i / 500));
    y[54_321] = 9;
    const svg = lines([{ name: "a", y }], { x: "bar", y: "value" });
    expect(svg.length).toBeLessThan(20_000);
    // The peak is the top of the scale, and the line reaches it.
    expect(svg).toMatch(/<path d="M[^"]* 28[L"]/);
  });

  test("leave gaps where values are missing and say so in no number", () => {
    const svg = lines([{ name: "a", y: [1, Number.NaN, 2, 3] }], {
      x: "bar",
      y: "value",
      spans: [{ from: 1, to: 2 }],
    });
    expect(svg).not.toContain("NaN");
    expect(svg.match(/M\d[\d.]* \d[\d.]*L/g)).toHaveLength(1);
    expect(svg).toContain("<rect");
  });

  test("of a matrix have a cell for each value: blue below, red above, grey where there is none", () => {
    const svg = matrixMap([1, -1, 0, Number.NaN], { columns: ["up", "down"], x: "time" });
    expect(svg.match(/fill="#(?:[0-9a-f]{6}|ddd)"/g)).toStrictEqual([
      'fill="#b2182b"',
      'fill="#ffffff"',
      'fill="#2166ac"',
      'fill="#ddd"',
    ]);
  });

  test("of values count each once", () => {
    const svg = histogram([1, 1, 1, 2], { x: "ms", y: "count", bins: 2 });
    const heights = [...svg.matchAll(/<rect[^>]* height="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect((heights[0] ?? 0) / (heights[1] ?? 1)).toBeCloseTo(3, 1);
    expect(namedBars([{ name: "a<b", value: -2 }], "USD")).toContain("a&lt;b");
  });
});
