/**
 * @file A session calendar from a YAML file: sessions, holidays, early closes and halts on the exchange clock
 * (America/New_York), each fault told with its line.
 *
 * ```yaml
 * template: cme-equity        # built-in holidays and halts underneath; `builtIn: false` leaves them out
 * source: CME Group holiday calendar 2027, entered 2026-11-24
 * days:
 *   - { date: 2027-11-26, type: early, closeEt: "13:15", reason: day after Thanksgiving }
 *   - { date: 2027-12-24, type: closed, reason: Christmas }
 * halts:
 *   - { from: 2012-11-19, to: 2021-06-25, startEt: "16:15", endEt: "16:30" }
 * ```
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import type { Layer } from "../../runtime/config/layers.ts";
import { readYamlLayer } from "../../runtime/config/yaml-file.adapter.ts";
import { GrandModelError } from "../../runtime/errors.ts";
import { marketError, type MarketIssue } from "../issues.ts";
import { SessionCalendar } from "../session.ts";

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day on the exchange clock, such as "13:15"')
  .transform(minuteOf);
const date = z.iso.date("a date, such as 2027-11-26").transform((text) => Number(text.replaceAll("-", "")));
const reason = z.string().default("calendar file");

const dayRow = z.discriminatedUnion("type", [
  z.strictObject({ date, type: z.literal("closed"), reason }),
  z.strictObject({ date, type: z.literal("full"), reason }),
  z
    .strictObject({ date, type: z.literal("early"), closeEt: clock, reason })
    .transform(({ closeEt, ...row }) => ({ ...row, closeMinute: closeEt })),
]);

const haltRule = z
  .strictObject({ from: date, to: date, startEt: clock, endEt: clock, reason })
  .refine(({ from, to }) => from <= to, { message: "a last date that is not before the first", path: ["to"] })
  .refine(({ startEt, endEt }) => startEt < endEt, { message: "an end after the start", path: ["endEt"] })
  .transform(({ from, to, startEt, endEt }) => ({ from, to, startMinute: startEt, endMinute: endEt }));

const schema = z.strictObject({
  template: z.enum(["cme-equity", "cme-energy"]),
  source: z.string().min(1),
  builtIn: z.boolean().default(true),
  session: z.strictObject({ openEt: clock, closeEt: clock }).optional(),
  days: z
    .array(dayRow)
    .default([])
    .superRefine((days, context) => {
      const seen = new Set<number>();
      for (const [i, row] of days.entries()) {
        if (seen.has(row.date))
          context.addIssue({ code: "custom", message: "each date once", path: [i, "date"], input: row.date });
        seen.add(row.date);
      }
    }),
  halts: z.array(haltRule).default([]),
});

/**
 * Reads a calendar file.
 * @throws GrandModelError `FILE_MISSING`, `CALENDAR_INVALID` with the line, and those of `readYamlLayer`.
 */
export function readCalendar(file: string): SessionCalendar {
  if (!existsSync(file)) {
    throw marketError({
      code: "FILE_MISSING",
      file,
      expected: "a calendar file",
      hint: "Check the path given with --calendar.",
    });
  }
  const layer = readYamlLayer(file);
  const parsed = schema.safeParse(layer.values);
  if (!parsed.success) throw refused(parsed.error, layer, file);
  const { template, days, halts, builtIn, session } = parsed.data;
  const hours =
    session === undefined ? {} : { hours: { openMinute: session.openEt, closeMinute: session.closeEt } };
  return new SessionCalendar(template, days, { builtIn, halts, ...hours });
}

function refused(error: z.ZodError, layer: Layer, file: string): GrandModelError {
  const issues = error.issues.map((issue): MarketIssue => {
    const keys = issue.path.filter((key) => typeof key !== "symbol");
    const path = pathText(keys);
    return {
      code: "CALENDAR_INVALID",
      file,
      ...placeOf(layer, keys),
      ...(path === "" ? {} : { path }),
      expected: issue.message,
      hint: "Correct this line; docs/data.md shows a calendar file.",
    };
  });
  const [first, ...rest] = issues;
  return first === undefined
    ? new GrandModelError(
        { code: "CALENDAR_INVALID", file, expected: "a calendar", hint: "docs/data.md" },
        { class: "data" },
      )
    : new GrandModelError([first, ...rest], { class: "data" });
}

function pathText(keys: readonly (string | number)[]): string {
  return keys.map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`)).join("");
}

/** Line of a key, or of the nearest thing around it that is in the file. */
function placeOf(layer: Layer, keys: readonly (string | number)[]): { readonly line?: number } {
  for (let depth = keys.length; depth >= 0; depth--) {
    const origin = layer.originOf(pathText(keys.slice(0, depth)));
    if (origin.kind === "file") return { line: origin.line };
  }
  return {};
}
