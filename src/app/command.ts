/**
 * @file How a command is declared: usage, summary, two examples, options and a schema; the common flags, the layers of
 * configuration, `--dry-run` and the exit code are the same for all.
 *
 * A command group is one file under `commands/` that exports `(program) => void` and is listed in `cli.ts`. Heavy
 * modules (ONNX Runtime, DuckDB) are imported inside `run`, so that `--help` answers at once.
 */
import { type Command, Option } from "commander";
import type { z } from "zod";
import { type SettingsTree, leavesOf } from "../runtime/config/layers.ts";
import { renderColumns } from "./columns.ts";
import type { OptionSpec } from "./option.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./progress/progress.ts";
import { type Settings, resolveSettings } from "./settings.ts";
import { openTerminal } from "./terminal.ts";

/** One line of `--help`. */
export interface Example {
  /** Without the program's name: `train CartPole-v1 --steps 50000`. */
  readonly line: string;
  readonly does: string;
}

/** What a command's `run` may use. */
export interface CommandContext {
  readonly output: Output;
  readonly progress: Progress;
  /** The resolved settings with the origin of each key. */
  readonly settings: Settings;
  readonly quiet: boolean;
  readonly debug: boolean;
  /** Where run folders are made. */
  readonly runDir: string;
  /** The command line that would do the same again, for `run.json` and the closing line. */
  readonly commandLine: string;
}

/** 0 done, 1 failed (or the answer is no), 2 bad usage or input, 130 interrupted with a checkpoint. */
export type ExitCode = 0 | 1 | 2 | 130;

/** What `--dry-run` shows. */
export interface Plan {
  /** The settings that would hold, where the command decides more than its own options. */
  readonly values?: SettingsTree;
  readonly provenance?: { readonly [path: string]: string };
  /** What would be read, written and computed: `updates per seed`, `reads`, `writes`. */
  readonly will: { readonly [what: string]: string | number };
}

/** A command. `schema` is a `z.strictObject` over arguments and options together, defaults included. */
export interface CommandSpec<Schema extends z.ZodObject> {
  /** `train <env>`. */
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly [Example, Example];
  readonly options?: readonly OptionSpec[];
  readonly schema: Schema;
  /** `lines`: a long command that streams JSON lines under `--json` and ends with `kind: "result"`. */
  readonly json?: "document" | "lines";
  /** Under `--dry-run`, in place of `run`: what would be done; must touch nothing. */
  readonly plan?: (input: z.output<Schema>, context: CommandContext) => Promise<Plan>;
  /** Returns the exit code when it is not 0. */
  readonly run: (input: z.output<Schema>, context: CommandContext) => Promise<ExitCode | void>;
}

/** Adds a command to the program, or to a group such as `grandmodel data`. */
export function addCommand<Schema extends z.ZodObject>(parent: Command, spec: CommandSpec<Schema>): void {
  const command = parent.command(spec.usage).summary(spec.summary).description(spec.summary);
  for (const option of spec.options ?? []) {
    const made = new Option(option.flags, option.help);
    command.addOption(option.choices === undefined ? made : made.choices([...option.choices]));
  }
  addCommonOptions(command);
  command.addHelpText("after", () => renderExamples(spec.examples));
  command.action(async (...received: readonly unknown[]) => {
    const words = received.slice(0, command.registeredArguments.length);
    await runCommand(command, spec, words);
  });
}

/** A group of commands: `const data = addGroup(program, "data", "Import and inspect bars")`. */
export function addGroup(program: Command, name: string, summary: string): Command {
  return program.command(name).summary(summary).description(summary).helpCommand(false);
}

function addCommonOptions(command: Command): void {
  command
    .option("--config <file>", "YAML file with settings for this command")
    .option("--set <key=value>", "one setting, repeatable", collect)
    .option("--run-dir <dir>", "folder for run folders (default: runs)")
    .option("--dry-run", "print the settings and where each comes from, touch nothing")
    .option("--json", "machine-readable standard output")
    .option("--quiet", "results and errors only")
    .option("--debug", "stack traces and timings");
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function renderExamples(examples: readonly Example[]): string {
  const lines = examples.map((example) => `  $ grandmodel ${example.line}\n      ${example.does}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}

async function runCommand<Schema extends z.ZodObject>(
  command: Command,
  spec: CommandSpec<Schema>,
  words: readonly unknown[],
): Promise<void> {
  const flags = command.opts<Record<string, unknown>>();
  const terminal = openTerminal({
    json: flags["json"] === true,
    lines: spec.json === "lines",
    quiet: flags["quiet"] === true,
  });
  const settings = await resolveSettings({
    names: command.registeredArguments.map((argument) => argument.name()),
    words,
    flags,
    options: spec.options ?? [],
    schema: spec.schema,
  });
  const context: CommandContext = {
    output: terminal.output,
    progress: terminal.progress,
    settings,
    quiet: flags["quiet"] === true,
    debug: flags["debug"] === true,
    runDir: typeof flags["runDir"] === "string" ? flags["runDir"] : "runs",
    commandLine: commandLine(),
  };
  try {
    if (flags["dryRun"] === true) await showPlan(spec, settings, context);
    else process.exitCode = (await spec.run(settings.input, context)) ?? 0;
  } finally {
    terminal.close();
  }
}

async function showPlan<Schema extends z.ZodObject>(
  spec: CommandSpec<Schema>,
  settings: Settings<z.output<Schema>>,
  context: CommandContext,
): Promise<void> {
  const plan = (await spec.plan?.(settings.input, context)) ?? { will: {} };
  const { values = settings.values, provenance = settings.provenance(), will } = plan;
  const rows = leavesOf(values).map(([path, value]) => [
    path,
    JSON.stringify(value) ?? "",
    provenance[path] ?? "",
  ]);
  const work = Object.entries(will).map(([what, value]) => `${what}: ${value}`);
  const text = [renderColumns(rows), ...work, "Nothing was read, written or computed."].filter(
    (line) => line !== "",
  );
  context.output.result({ kind: "plan", values, provenance, will }, text.join("\n"));
}

function commandLine(): string {
  const words = process.argv
    .slice(2)
    .map((word) => (/^[\w./:=,@+-]+$/.test(word) ? word : JSON.stringify(word)));
  return ["grandmodel", ...words].join(" ");
}
