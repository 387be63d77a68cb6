/**
 * @file `npm run bench -- <suite> [--json] [--quick] [--runs 10]`: runs one suite and prints its figures as a table, or with `--json`
 * as one JSON object and nothing else on standard output.
 */
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { GrandModelError } from "../src/runtime/errors.ts";
import { describeMachine } from "../src/runtime/machine/machine.adapter.ts";
import { currentCommit } from "../src/runtime/run/git.adapter.ts";
import { exitCodeOf, renderErrorText } from "../src/app/render-error.ts";
import { colorsFor } from "../src/app/terminal.ts";
import type { BenchContext, BenchReport, Figure, Suite } from "./figures.ts";

const suites = [
  "engine",
  "learner",
  "bridge",
  "data",
  "features",
  "backtest",
  "training",
  "decision",
  "notebooks",
];

/** Loads `bench/<name>.ts` and takes its `<name>Suite`. */
async function loadSuite(name: string): Promise<Suite> {
  if (suites.includes(name)) {
    const module: Readonly<Record<string, unknown>> = await import(
      new URL(`${name}.ts`, import.meta.url).href
    );
    const suite = module[`${name}Suite`];
    if (typeof suite === "function") return suite as Suite;
  }
  throw new GrandModelError(
    {
      code: "USAGE_UNKNOWN_NAME",
      path: "suite",
      value: name,
      expected: `one of ${suites.join(", ")}`,
      hint: "For example: npm run --silent bench -- engine --json",
    },
    { class: "usage" },
  );
}

/** Runs a suite and puts the machine, the commit and the date beside its figures. */
export async function runSuite(
  name: string,
  options: Pick<BenchContext, "quick" | "runs">,
): Promise<BenchReport> {
  const suite = await loadSuite(name);
  const figures = await suite({
    elapsedMs: () => performance.now(),
    step: (text) => void process.stderr.write(`${text}\n`),
    ...options,
  });
  const label = (figure: Figure): Figure =>
    options.quick ? { ...figure, note: `${figure.note ?? ""} quick run`.trim() } : figure;
  return {
    suite: name,
    machine: describeMachine(),
    commit: currentCommit(),
    date: new Date().toISOString(),
    figures: figures.map(label),
  };
}

/** A table of numbers with the notes below it, so that it fits a terminal. */
function renderTable(report: BenchReport): string {
  const table = new Table({
    head: ["figure", "value", "unit", "reference", "ratio"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "left", "right", "right"],
  });
  for (const { name, value, unit, reference, ratio } of report.figures) {
    table.push([name, round(value), unit, round(reference), round(ratio)]);
  }
  const notes = report.figures.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  const { machine } = report;
  const place = `${machine.cpu}, ${machine.cores} cores, node ${machine.node}, commit ${report.commit}, ${report.date}`;
  return [table.toString(), ...notes, place].join("\n");
}

function round(value: number | undefined): string {
  return value === undefined
    ? ""
    : Number(value.toPrecision(4)).toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: "boolean" }, quick: { type: "boolean" }, runs: { type: "string" } },
  });
  const report = await runSuite(positionals[0] ?? "", {
    quick: values.quick === true,
    ...(values.runs === undefined ? {} : { runs: Number(values.runs) }),
  });
  process.stdout.write(`${values.json === true ? JSON.stringify(report) : renderTable(report)}\n`);
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await main().catch((error: unknown) => {
    process.stderr.write(
      `${renderErrorText(error, colorsFor(process.stderr), process.argv.includes("--debug"))}\n`,
    );
    process.exitCode = exitCodeOf(error);
  });
}
