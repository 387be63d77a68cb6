/** @file What can be said about a file of bars on the command line, shared by `data import` and `data inspect`. */
import { z } from "zod";
import type { ImportOptions } from "../../../market/import/import-options.ts";
import type { PrepareOptions } from "../../../market/quality/prepare.ts";
import type { OptionSpec } from "../../option.ts";

/** Fields of the schema. */
export const readingFields: {
  readonly symbol: z.ZodOptional<z.ZodString>;
  readonly zone: z.ZodOptional<z.ZodString>;
  readonly stamp: z.ZodOptional<z.ZodEnum<{ start: "start"; end: "end" }>>;
  readonly dateOrder: z.ZodOptional<z.ZodEnum<{ "day-first": "day-first"; "month-first": "month-first" }>>;
  readonly preset: z.ZodOptional<z.ZodString>;
  /** Seconds. */
  readonly interval: z.ZodOptional<z.ZodNumber>;
  readonly entry: z.ZodOptional<z.ZodString>;
  readonly contract: z.ZodOptional<z.ZodString>;
  readonly maxRejected: z.ZodDefault<z.ZodNumber>;
  readonly strict: z.ZodDefault<z.ZodBoolean>;
  readonly mask: z.ZodOptional<z.ZodString>;
  readonly rolls: z.ZodOptional<z.ZodString>;
} = {
  symbol: z.string().optional(),
  zone: z.string().optional(),
  stamp: z.enum(["start", "end"]).optional(),
  dateOrder: z.enum(["day-first", "month-first"]).optional(),
  preset: z.string().optional(),
  interval: z.number().positive().optional(),
  entry: z.string().optional(),
  contract: z.string().optional(),
  maxRejected: z.number().min(0).max(1).default(0.01),
  strict: z.boolean().default(false),
  mask: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d(?:,\d{4}-\d\d-\d\d\.\.\d{4}-\d\d-\d\d)*$/,
      "write 2023-12-12..2024-06-14",
    )
    .optional(),
  rolls: z.string().optional(),
};

/** The settings after validation. */
export type ReadingInput = z.output<z.ZodObject<typeof readingFields>>;

/** Flags of the fields. */
export const readingFlags: readonly OptionSpec[] = [
  { flags: "--symbol <name>", help: "instrument (default: from the file's name)", read: "text" },
  { flags: "--zone <zone>", help: "time zone of the stamps (default: inferred, or asked for)", read: "text" },
  { flags: "--stamp <side>", help: "what a stamp marks: start or end of its bar", choices: ["start", "end"] },
  { flags: "--date-order <order>", help: "order of slashed dates", choices: ["day-first", "month-first"] },
  {
    flags: "--preset <vendor>",
    help: "habits of a vendor: ninjatrader, firstrate, binance, ... (docs/data.md)",
    read: "text",
  },
  {
    flags: "--interval <size>",
    help: "bar size, such as 5m (default: the commonest step)",
    read: "duration",
  },
  { flags: "--entry <part>", help: "part of the name of the file inside a zip archive", read: "text" },
  {
    flags: "--contract <symbol>",
    help: "the one contract to take from a file that mixes expiries",
    read: "text",
  },
  { flags: "--max-rejected <share>", help: "largest share of rejected rows (default: 0.01)" },
  { flags: "--strict", help: "refuse the file at the first rejected row" },
  {
    flags: "--mask <dates>",
    help: "trade dates to mask, both inclusive: 2023-12-12..2024-06-14",
    read: "text",
  },
  { flags: "--rolls <file>", help: "JSON table of rolls [{ t, ratio }] in place of detection", read: "text" },
];

/** The options of the importer. */
export async function importOptionsOf(input: ReadingInput): Promise<ImportOptions> {
  const { filePolicy } = await import("../../../market/quality/quarantine.ts");
  const given = {
    symbol: input.symbol,
    zone: input.zone,
    stamp: input.stamp,
    dateOrder: input.dateOrder,
    preset: input.preset,
    entry: input.entry,
    contract: input.contract,
  };
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    ...present,
    ...(input.interval === undefined ? {} : { intervalMs: input.interval * 1000 }),
    policy: { ...filePolicy, mode: input.strict ? "strict" : "quarantine", maxRejected: input.maxRejected },
  };
}

/** The options of the preparation. @throws GrandModelError `FILE_MISSING`, `FILE_FORMAT` for the roll table. */
export async function prepareOptionsOf(input: ReadingInput): Promise<PrepareOptions> {
  const { readRollTable } = await import("../../../market/rolls/roll-table.adapter.ts");
  const dates = (input.mask ?? "").split(",").filter((range) => range !== "");
  const dayOf = (iso: string): number => Number(iso.replaceAll("-", ""));
  const maskRanges = dates.map((range) => [dayOf(range.slice(0, 10)), dayOf(range.slice(12))] as const);
  return {
    ...(maskRanges.length === 0 ? {} : { maskRanges }),
    ...(input.rolls === undefined ? {} : { rolls: readRollTable(input.rolls) }),
  };
}
