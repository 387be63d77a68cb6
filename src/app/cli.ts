/**
 * @file The command line: the list of command groups, and what becomes of errors. Each group is one file under
 * `commands/` that exports `(program) => void`; heavy modules are imported inside the actions, so that `--help` is instant.
 */
import { Command } from "commander";
import { productVersion } from "../runtime/machine/machine.adapter.ts";
import { addBacktest } from "./commands/backtest.ts";
import { addBench } from "./commands/bench.ts";
import { addCheckLookahead } from "./commands/check-lookahead.ts";
import { addData } from "./commands/data.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addEnvs } from "./commands/envs.ts";
import { addEvaluate } from "./commands/evaluate.ts";
import { addExport } from "./commands/export.ts";
import { addExports } from "./commands/exports.ts";
import { addFeatures } from "./commands/features.ts";
import { addNotebook } from "./commands/notebook.ts";
import { addStatus } from "./commands/status.ts";
import { addTrain } from "./commands/train.ts";
import { errorDocument, exitCodeOf, renderErrorText } from "./render-error.ts";
import { colorsFor } from "./terminal.ts";
import { readUsageError } from "./usage-errors.ts";

/** In the order of `--help`. A new group is one line here. */
const groups: readonly ((program: Command) => void)[] = [
  addTrain,
  addEvaluate,
  addExport,
  addExports,
  addStatus,
  addBacktest,
  addCheckLookahead,
  addEnvs,
  addData,
  addFeatures,
  addNotebook,
  addBench,
  addDoctor,
];

const about = `Multi-agent reinforcement learning for trading research: trains, evaluates, back-tests and paper-trades.
Every artefact is a local file; nothing needs an account or the network.`;

function createProgram(): Command {
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
  for (const addGroup of groups) addGroup(program);
  return program;
}

/** Runs one command line; sets the exit code and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    const program = createProgram();
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
