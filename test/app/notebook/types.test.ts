/** @file The check before the run: type faults and later names by cell and line. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkTypes } from "../../../src/app/notebook/types/check-types.ts";
import { checkout, notebookOf } from "./notebook-of.ts";

async function faults(...cells: readonly string[]): Promise<readonly string[]> {
  const issues = await checkTypes(notebookOf(cells), join(checkout, "notebooks", "test.ipynb"));
  return issues.map(({ code, path, line }) => `${code} ${path}:${line}`);
}

describe("the check of a notebook", () => {
  test("accepts cells that use what earlier cells declare", async () => {
    const use = "const twice = (x: number): number => 2 * x + first;\nawait Promise.resolve(twice(1))";
    expect(await faults("const first = 1", use)).toStrictEqual([]);
  });

  test("knows the product's own types", async () => {
    const wrong =
      'import { contractSpec } from "grandmodel/market";\nconst tick: string = contractSpec("NQ").tickSize;';
    expect(await faults("1", wrong)).toStrictEqual(["NOTEBOOK_TYPES cell 2 (c2):2"]);
  });

  test("finds a type fault, a syntax fault and a name declared twice", async () => {
    expect(await faults("1", "\nconst n: number = 'x'")).toStrictEqual(["NOTEBOOK_TYPES cell 2 (c2):2"]);
    expect(await faults("const a = ;")).toContain("NOTEBOOK_TYPES cell 1 (c1):1");
    expect(await faults("const a = 1", "const a = 2")).toStrictEqual([
      "NOTEBOOK_TYPES cell 1 (c1):1",
      "NOTEBOOK_TYPES cell 2 (c2):1",
    ]);
  });

  test("finds names that a later cell declares, also in functions, shorthands and imports", async () => {
    expect(await faults("const f = () => later", "const later = 1")).toStrictEqual([
      "NOTEBOOK_LATER_NAME cell 1 (c1):1",
    ]);
    expect(await faults("const f = () => ({ later })", "const { later } = { later: 1 }")).toStrictEqual([
      "NOTEBOOK_LATER_NAME cell 1 (c1):1",
    ]);
    expect(await faults("1", 'join("a")', 'import { join } from "node:path"')).toStrictEqual([
      "NOTEBOOK_LATER_NAME cell 2 (c2):1",
    ]);
  });
});
