/** @file commander's complaints as issues of ours, with its "Did you mean" kept as the hint. */
import { CommanderError } from "commander";
import type { GrandModelError } from "../runtime/errors.ts";
import { type UsageCode, usageError } from "./issues.ts";

const codes: Readonly<Record<string, readonly [UsageCode, expected: string]>> = {
  "commander.unknownOption": ["USAGE_UNKNOWN_OPTION", "an option that this command has"],
  "commander.unknownCommand": ["USAGE_UNKNOWN_COMMAND", "a command that exists"],
  "commander.missingArgument": ["USAGE_MISSING_ARGUMENT", "every argument in <angle brackets>"],
  "commander.optionMissingArgument": ["USAGE_MISSING_ARGUMENT", "a value after the option"],
  "commander.excessArguments": ["USAGE_EXCESS_ARGUMENT", "no further arguments"],
  "commander.invalidArgument": ["USAGE_VALUE", "one of the allowed values"],
};

/** What to do with an error thrown by commander: nothing after help and version, else show the fault. */
export function readUsageError(error: unknown): GrandModelError | "shown" | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  const known = codes[error.code];
  if (known === undefined) return "shown";
  const [code, expected] = known;
  const [complaint = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
  const value = /'([^']*)'/.exec(complaint)?.[1] ?? complaint;
  const hint =
    suggestion?.replace(/^\(|\)$/g, "") ??
    (code === "USAGE_VALUE" ? complaint : "Add --help to see what the command takes.");
  return usageError(code, value, expected, hint);
}
