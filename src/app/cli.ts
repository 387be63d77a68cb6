/**
 * @file The command line: which command group is meant, and what becomes of errors. Only the module of that group is
 * loaded; `--help` reads names and summaries from `command-list.ts` and loads none, so that it answers at once.
 */
import { Command } from "commander";
import { productVersion } from "../runtime/machine/machine.adapter.ts";
import { commandList } from "./command-list.ts";
import { errorDocument, exitCodeOf, renderErrorText } from "./render-error.ts";
import { colorsFor } from "./terminal.ts";
import { readUsageError } from "./usage-errors.ts";

const about = `Multi-agent reinforcement learning for trading research: trains, evaluates, back-tests and paper-trades.
Every artefact is a local file; nothing needs an account or the network.`;

/** The program with the command that the first word names; with the names of all where it names none. */
async function createProgram(word: string | undefined): Promise<Command> {
  const program = new Command("grandmodel")
    .description(about)
    .version(productVersion(), "-V, --version")
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nEach command has --help with examples, --json, --dry-run. Guide: README.md, docs/README.md",
    );
  const meant = commandList.find((entry) => entry.usage.split(" ")[0] === word);
  if (meant !== undefined) (await meant.load())(program);
  else for (const { usage, summary, group } of commandList) addName(program, usage, summary, group === true);
  return program;
}

/** A line of `--help`: commander shows `[options]` where there is one. */
function addName(program: Command, usage: string, summary: string, isGroup: boolean): void {
  const command = program.command(usage).summary(summary);
  if (!isGroup) command.option("--json");
}

/** Runs one command line; sets the exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const program = await createProgram(argv[2]);
    if (argv.length <= 2) program.outputHelp();
    else await program.parseAsync([...argv]);
  } catch (error) {
    fail(error, argv);
  }
}

function fail(error: unknown, argv: readonly string[]): void {
  const usage = readUsageError(error);
  if (usage === "shown") return;
  const fault = usage ?? error;
  if (argv.includes("--json")) process.stdout.write(`${JSON.stringify(errorDocument(fault))}\n`);
  process.stderr.write(`${renderErrorText(fault, colorsFor(process.stderr), argv.includes("--debug"))}\n`);
  process.exitCode = exitCodeOf(fault);
}
