/**
 * @file `npm run reproduce -- <task> [--seeds 5 | --seeds 3,7,11]`: runs `bench/reproduce/<task>.ts`, writes
 * `docs/results/<task>.json`, `.md` and `.svg`, and renews `docs/results/README.md`. Exits 1 when the target is missed.
 * `npm run reproduce -- list` names the tasks; `-- pages` renews the pages from the JSON files alone.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { createLineProgress } from "../src/app/progress/line-progress.ts";
import { exitCodeOf, renderErrorText } from "../src/app/render-error.ts";
import { colorsFor } from "../src/app/terminal.ts";
import { systemClock } from "../src/runtime/clock.adapter.ts";
import { GrandModelError } from "../src/runtime/errors.ts";
import { writeFileAtomic } from "../src/runtime/files/atomic.adapter.ts";
import { describeMachine } from "../src/runtime/machine/machine.adapter.ts";
import { currentCommit } from "../src/runtime/run/git.adapter.ts";
import type { ReproduceTask, ResultDocument } from "./reproduce/contract.ts";
import { meetsTarget, renderIndex, renderPage } from "./results/page.ts";
import { plotCurve } from "./results/plot.ts";

const tasksFolder = new URL("reproduce/", import.meta.url);
const resultsFolder = new URL("../docs/results/", import.meta.url);

function taskNames(): string[] {
  return readdirSync(tasksFolder)
    .filter((name) => name.endsWith(".ts") && name !== "contract.ts")
    .map((name) => name.slice(0, -3))
    .filter((name) => readFileSync(new URL(`${name}.ts`, tasksFolder), "utf8").includes("export const task"))
    .sort();
}

async function loadTask(name: string): Promise<ReproduceTask> {
  if (!taskNames().includes(name)) {
    throw usageFault("USAGE_UNKNOWN_NAME", "task", name, `one of ${taskNames().join(", ")}`);
  }
  const module: { readonly task: ReproduceTask } = await import(new URL(`${name}.ts`, tasksFolder).href);
  return module.task;
}

/** `5` is the seeds 0 to 4; `3,7,11` are those seeds. */
function readSeeds(text: string | undefined, standard: readonly number[]): readonly number[] {
  if (text === undefined) return standard;
  const numbers = text.split(",").map(Number);
  if (numbers.some((number) => !Number.isSafeInteger(number) || number < 0)) {
    throw usageFault("USAGE_VALUE", "--seeds", text, "a count such as 5, or a list such as 3,7,11");
  }
  const [count = 0] = numbers;
  if (numbers.length === 1 && count === 0) {
    throw usageFault("USAGE_VALUE", "--seeds", text, "at least one seed; the seed 0 alone is --seeds 1");
  }
  return numbers.length > 1 ? numbers : Array.from({ length: count }, (_, i) => i);
}

function usageFault(code: string, path: string, value: string, expected: string): GrandModelError {
  return new GrandModelError(
    { code, path, value, expected, hint: "List the tasks: npm run reproduce -- list" },
    { class: "usage" },
  );
}

async function reproduce(name: string, seedsText: string | undefined): Promise<ResultDocument> {
  const task = await loadTask(name);
  const seeds = readSeeds(seedsText, task.seeds);
  const progress = createLineProgress(systemClock, (text) => void process.stderr.write(text)).begin(
    name,
    100,
    "%",
  );
  const { files = {}, ...result } = await task.run({
    seeds,
    progress: (done, text) => progress.update({ done: 100 * done, rows: [{ label: text, text: "" }] }),
    elapsedMs: systemClock.elapsedMs,
  });
  progress.end();
  for (const [file, content] of Object.entries(files)) write(file, content);
  const option = seedsText === undefined ? "" : ` --seeds ${seedsText}`;
  return {
    task: name,
    seeds,
    ...result,
    ...(Object.keys(files).length === 0 ? {} : { files: Object.keys(files) }),
    command: `npm run reproduce -- ${name}${option}`,
    machine: describeMachine(),
    commit: currentCommit(),
    date: new Date(systemClock.nowMs()).toISOString(),
  };
}

function write(name: string, content: string): void {
  writeFileAtomic(new URL(name, resultsFolder).pathname, content);
}

function writePages(result: ResultDocument): void {
  if (result.curve !== undefined) {
    write(`${result.task}.svg`, plotCurve(result.curve, result.metric, result.baselines ?? []));
  }
  write(`${result.task}.md`, renderPage(result));
}

function storedResults(): ResultDocument[] {
  if (!existsSync(resultsFolder)) return [];
  const names = readdirSync(resultsFolder).filter((name) => name.endsWith(".json"));
  return names
    .sort()
    .map((name): ResultDocument => JSON.parse(readFileSync(new URL(name, resultsFolder), "utf8")));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seeds: { type: "string" } },
  });
  const [name = "list"] = positionals;
  if (name === "list") {
    process.stdout.write(`${taskNames().join("\n")}\n`);
    return;
  }
  if (name === "pages") {
    for (const result of storedResults()) writePages(result);
    write("README.md", renderIndex(storedResults()));
    return;
  }
  const result = await reproduce(name, values.seeds);
  write(`${name}.json`, `${JSON.stringify(result, undefined, 1)}\n`);
  writePages(result);
  write("README.md", renderIndex(storedResults()));
  process.stdout.write(`${renderPage(result)}\n`);
  if (meetsTarget(result) === false) process.exitCode = 1;
}

await main().catch((error: unknown) => {
  process.stderr.write(
    `${renderErrorText(error, colorsFor(process.stderr), process.argv.includes("--debug"))}\n`,
  );
  process.exitCode = exitCodeOf(error);
});
