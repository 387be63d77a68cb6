/** @file The explicit roll table of a user: JSON rows `{ t, ratio }`, authoritative over detection. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { marketError } from "../issues.ts";
import type { RollTableRow } from "./adjust.ts";

const schema = z.array(
  z.strictObject({
    /** Open of the first bar of the new contract: ISO 8601 with offset, or UTC ms. */
    t: z.union([z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), z.number()]),
    ratio: z.number().positive(),
  }),
);

/** Rows in order of time. @throws GrandModelError `FILE_MISSING`, `FILE_FORMAT`. */
export function readRollTable(path: string): readonly RollTableRow[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw marketError(
      {
        code: "FILE_MISSING",
        file: path,
        expected: "a roll table",
        hint: "Check the path given with --rolls.",
      },
      cause,
    );
  }
  try {
    return schema.parse(JSON.parse(text)).toSorted((a, b) => a.t - b.t);
  } catch (cause) {
    throw marketError(
      {
        code: "FILE_FORMAT",
        file: path,
        expected: 'rows { "t": "2025-06-16T22:00:00Z", "ratio": 1.0109 }',
        hint: "t is the open of the first bar of the new contract, ratio its open over the last close of the old one.",
      },
      cause,
    );
  }
}
