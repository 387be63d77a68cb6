/** @file What a command line says about the market to work on: fields and flags shared by `run`, `train` and `decide`. */
import { z } from "zod";
import type { OptionSpec } from "../option.ts";

const day = z.iso.date();

/** Fields of the schema. */
export const marketFields: {
  readonly strategic: z.ZodOptional<z.ZodString>;
  readonly tactical: z.ZodOptional<z.ZodString>;
  readonly data: z.ZodOptional<z.ZodString>;
  readonly symbol: z.ZodOptional<z.ZodString>;
  readonly zone: z.ZodOptional<z.ZodString>;
  readonly from: z.ZodOptional<z.ZodISODate>;
  readonly to: z.ZodOptional<z.ZodISODate>;
  readonly sessions: z.ZodOptional<z.ZodInt>;
} = {
  strategic: z.string().optional(),
  tactical: z.string().optional(),
  data: z.string().optional(),
  symbol: z.string().optional(),
  zone: z.string().optional(),
  from: day.optional(),
  to: day.optional(),
  sessions: z.int().min(20).max(20_000).optional(),
};

/** The settings after validation. */
export type MarketWords = z.output<z.ZodObject<typeof marketFields>>;

/** Flags of the fields. */
export const marketFlags: readonly OptionSpec[] = [
  { flags: "--strategic <file>", help: "30-minute bars", read: "text" },
  { flags: "--tactical <file>", help: "5-minute bars (1-minute bars are resampled)", read: "text" },
  {
    flags: "--data <file>",
    help: "one file for both: 30-minute bars are bridged (labelled), shorter ones resampled; without any file a synthetic market is made",
    read: "text",
  },
  { flags: "--symbol <name>", help: "instrument (default: from the file's name, else NQ)", read: "text" },
  { flags: "--zone <zone>", help: "time zone of the stamps (default: inferred)", read: "text" },
  { flags: "--from <date>", help: "first trade date", read: "text" },
  { flags: "--to <date>", help: "last trade date", read: "text" },
  { flags: "--sessions <n>", help: "the last n sessions of both series (synthetic: how many; default: 260)" },
];
