/** @file Notebook files: what is read is written back byte for byte, old minors are raised, faults name their place. */
import fc from "fast-check";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../src/runtime/json.ts";
import { parseNotebook } from "../../../src/app/notebook/document/read-notebook.ts";
import { notebookText } from "../../../src/app/notebook/document/write-notebook.ts";
import { checkout, notebookOf } from "./notebook-of.ts";

/** As Python's nbformat writes it: sorted keys, indent 1, lines that keep their ends. */
const asJupyterWrites = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "intro",
   "metadata": {},
   "source": [
    "# Überschrift\\n",
    "\\n",
    "text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "a-1_B",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/vnd.x+json": {
       "b": 1,
       "lines": [
        "kept as a list"
       ]
      },
      "image/png": "aGVsbG8=",
      "image/svg+xml": [
       "<svg>\\n",
       "</svg>"
      ],
      "text/plain": [
       "figure"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    },
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "one\\n",
      "two\\n"
     ]
    }
   ],
   "source": []
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

const parse = (document: Json): ReturnType<typeof parseNotebook> =>
  parseNotebook(JSON.stringify(document), "x.ipynb");

describe("a notebook file", () => {
  test("is written back byte for byte", () => {
    expect(notebookText(parseNotebook(asJupyterWrites, "x.ipynb"))).toBe(asJupyterWrites);
  });

  test("is written back byte for byte: every committed notebook", () => {
    const folders = ["notebooks", "notebooks/colab"].filter((folder) => existsSync(join(checkout, folder)));
    const files = folders.flatMap((folder) =>
      readdirSync(join(checkout, folder)).map((name) => `${folder}/${name}`),
    );
    const notebooks = files.filter((name) => name.endsWith(".ipynb"));
    expect(notebooks.length).toBeGreaterThan(0);
    for (const file of notebooks) {
      const text = readFileSync(join(checkout, file), "utf8");
      expect(notebookText(parseNotebook(text, file)), file).toBe(text);
    }
  });

  test("keeps any source through writing and reading", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 4 }), (sources) => {
        const notebook = notebookOf(sources);
        expect(parseNotebook(notebookText(notebook), "x.ipynb")).toStrictEqual(notebook);
      }),
    );
  });

  test("of an older minor gets ids that stay", () => {
    const old: Json = {
      nbformat: 4,
      nbformat_minor: 2,
      metadata: {},
      cells: [
        { cell_type: "code", metadata: {}, source: ["1\n", "2"], outputs: [], execution_count: null },
        { cell_type: "code", metadata: {}, source: "1\n2", outputs: [], execution_count: null },
      ],
    };
    const [first, second] = parse(old).cells;
    expect(first?.id).toMatch(/^[0-9a-f]{8}$/);
    expect(first?.source).toBe("1\n2");
    expect(second?.id).not.toBe(first?.id);
    expect(parse(old).cells[0]?.id).toBe(first?.id);
  });

  test.each([
    ["no JSON", "{", "JSON"],
    ["another version", '{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": []}', "nbformat"],
    [
      "an unknown cell",
      '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "chart", "source": ""}]}',
      "cells.0.cell_type",
    ],
  ])("with %s is refused", (_, text, words) => {
    expect(() => parseNotebook(text, "x.ipynb")).toThrow(/NOTEBOOK_INVALID x\.ipynb/);
    expect(() => parseNotebook(text, "x.ipynb")).toThrow(words);
  });

  test("with the same id twice is refused", () => {
    const cell = { cell_type: "markdown", id: "a", metadata: {}, source: "" };
    const twice: Json = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell, cell] };
    expect(() => parse(twice)).toThrow(/NOTEBOOK_INVALID x\.ipynb, cell a/);
  });
});
