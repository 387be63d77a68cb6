/** @file The command line as a contract: help, exit codes, faults with their remedy, clean JSON, settings with origins. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { commandList } from "../../src/app/command-list.ts";
import { leavesOf } from "../../src/runtime/config/layers.ts";
import { scratchFolder } from "../scratch.ts";
import { run, spawnRun } from "./command-line.ts";

describe("help", () => {
  test("fits one screen and names the commands", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    expect(out.split("\n").length).toBeLessThan(40);
    for (const command of ["train", "evaluate", "envs", "env", "doctor", "export"])
      expect(out).toContain(`  ${command} `);
  });

  test("shows for every command the usage and summary that its own module declares", async () => {
    for (const { usage, summary, load } of commandList) {
      const program = new Command();
      (await load())(program);
      const name = usage.split(" ")[0];
      const declared = program.commands.find((command) => command.name() === name);
      const words = declared?.registeredArguments.map((one) =>
        one.required ? `<${one.name()}>` : `[${one.name()}]`,
      );
      expect([name, ...(words ?? [])].join(" ")).toBe(usage);
      expect(declared?.summary()).toBe(summary);
    }
  });

  test("of every command has two examples, and each example's command line is understood", async () => {
    const commands = await leafCommands([]);
    expect(commands.length).toBeGreaterThanOrEqual(5);
    for (const words of commands) {
      const { out } = await run(...words, "--help");
      const examples = [...out.matchAll(/^ {2}\$ grandmodel (.*)$/gm)].map((match) => match[1] ?? "");
      expect(examples.length, words.join(" ")).toBe(2);
      for (const example of examples) {
        const { err } = await run(...wordsOf(example), "--dry-run");
        expect(err, example).not.toMatch(
          /USAGE_UNKNOWN_OPTION|USAGE_UNKNOWN_COMMAND|USAGE_MISSING_ARGUMENT|USAGE_EXCESS/,
        );
      }
    }
  });

  test("is what a bare command line shows, and --version is one line", async () => {
    expect((await run()).out).toContain("Usage: grandmodel");
    expect((await run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

/** Words as a shell would split them, double quotes included. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

/** Every command that does something, by walking the help. */
async function leafCommands(prefix: readonly string[]): Promise<string[][]> {
  const { out } = await run(...prefix, "--help");
  const listed = out.split("\nCommands:\n")[1]?.split("\n\n")[0] ?? "";
  const names = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? "");
  if (names.length === 0) return [[...prefix]];
  const below: string[][] = [];
  // One after the other: each run catches the streams of this process.
  for (const name of names) below.push(...(await leafCommands([...prefix, name])));
  return below;
}

describe("a fault of usage exits 2, says what is wrong and what to type", () => {
  test.each([
    [["doctor", "--jsn"], "USAGE_UNKNOWN_OPTION", "Did you mean --json?"],
    [["docter"], "USAGE_UNKNOWN_COMMAND", "Did you mean doctor?"],
    [["env", "serve"], "USAGE_MISSING_ARGUMENT", "--help"],
    [["envs", "extra"], "USAGE_EXCESS_ARGUMENT", "--help"],
    [["train", "CartPole-v1", "--algo", "sarsa"], "USAGE_VALUE", "mappo, ippo"],
    [["train", "CartPole-v1", "--set", "clip"], "USAGE_VALUE", "key=value"],
    [["train", "CartPole-v1", "--preset", "mapo"], "USAGE_UNKNOWN_NAME", "Did you mean mappo?"],
    [["train"], "USAGE_MISSING_ARGUMENT", "grandmodel envs"],
    [["train", "CartPole-v2"], "ENV_UNKNOWN", "Did you mean CartPole-v1?"],
    [["train", "CartPole-v1", "--steps", "-5"], "CONFIG_VALUE", "steps"],
    [["train", "CartPole-v1", "--set", "group.clpi=0.1"], "TRAINER_CONFIG", "docs"],
    [["train", "CartPole-v1", "--seed", "1.5"], "CONFIG_VALUE", "seed"],
    [["train", "--resume", "/nowhere"], "RUN_MISSING", "runs"],
  ])("%j: %s", async (words, code, remedy) => {
    const root = scratchFolder();
    const finished = await run(...words, "--run-dir", root);
    expect(finished.code).toBe(2);
    expect(finished.err).toContain(code);
    expect(finished.err).toContain(remedy);
    expect(finished.err).toContain(`docs/errors/${code}.md`);
    expect(finished.err).not.toContain("    at ");
    expect(finished.out).toBe("");
    expect(readdirSync(root)).toStrictEqual([]);
  });

  test("with --json it is one document on standard output", async () => {
    const { out, code } = await run("train", "CartPole-v1", "--steps", "-5", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      kind: "error",
      class: "config",
      code: "CONFIG_VALUE",
      issues: [{ path: "steps" }],
    });
  });

  test("a settings file's faults are all shown, each with a caret under the value", async () => {
    const file = join(scratchFolder(), "settings.yaml");
    writeFileSync(file, "setps: 100\nseeds: many\ngroup:\n  clip: 0.1\n");
    const { err, code } = await run("train", "CartPole-v1", "--config", file);
    expect(code).toBe(2);
    expect(err).toContain(`CONFIG_UNKNOWN_KEY  ${file} line 1: setps`);
    expect(err).toContain("Did you mean steps?");
    expect(err).toContain(
      `CONFIG_VALUE  ${file} line 2: seeds: found "many"\n  | seeds: many\n  |        ^\n`,
    );
  });
});

describe("settings", () => {
  test("come from command line, environment, file, preset and default, and say which", async () => {
    const file = join(scratchFolder(), "settings.yaml");
    writeFileSync(file, "steps: 3000\ncopies: 8\nhorizon: 16\ngroup:\n  gamma: 0.9\n");
    process.env["GRANDMODEL_COPIES"] = "4";
    const { out, code } = await run(
      "train",
      "CartPole-v1",
      "--config",
      file,
      "--horizon",
      "32",
      "--dry-run",
      "--json",
    );
    delete process.env["GRANDMODEL_COPIES"];
    expect(code).toBe(0);
    const { values, provenance } = JSON.parse(out);
    expect(values).toMatchObject({ copies: 4, horizon: 32, steps: 3072 });
    expect(provenance).toMatchObject({
      env: "command line",
      horizon: "command line",
      copies: "environment GRANDMODEL_COPIES",
      steps: `file ${file}:1`,
      "groups.cart.gamma": `file ${file}:5`,
      "groups.cart.epochs": "preset cartpole-64",
      "groups.cart.leniency": "default",
    });
  });

  test("of a dry run can be pasted: every key behind --set plans the same run", async () => {
    const printed = JSON.parse((await run("train", "CartPole-v1", "--dry-run", "--json")).out);
    const { env, ...settings } = printed.values;
    // A shell takes the quotes of a word away.
    const typed = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    const pasted = leavesOf(settings).flatMap(([path, value]) => ["--set", `${path}=${typed(value)}`]);
    const { out, err } = await run("train", env, ...pasted, "--dry-run", "--json");
    expect(err).toBe("");
    expect(pasted.length).toBeGreaterThan(60);
    expect(JSON.parse(out).values).toStrictEqual(printed.values);
  });

  test("of a dry run are printed and nothing is touched", async () => {
    const root = scratchFolder();
    const { out, code } = await run("train", "CartPole-v1", "--run-dir", join(root, "runs"), "--dry-run");
    expect(code).toBe(0);
    expect(out).toMatch(/steps|totalSteps/);
    expect(out).toContain("Nothing was read, written or computed.");
    expect(readdirSync(root)).toStrictEqual([]);
  });
});

describe("--json", () => {
  test("envs is one document with every environment's spaces", () => {
    const { out, code } = spawnRun(["envs", "--json"]);
    expect(code).toBe(0);
    const { environments } = JSON.parse(out);
    const spread = environments.find(({ id }: { readonly id: string }) => id === "simple-spread-c-v0");
    expect(spread).toMatchObject({ maxCycles: 25, groups: [{ observation: { kind: "box", shape: [18] } }] });
  });
});

test("colours follow NO_COLOR, FORCE_COLOR and the terminal", () => {
  const escape = "\u001B[";
  expect(spawnRun(["docter"]).err).not.toContain(escape);
  expect(spawnRun(["docter"], { FORCE_COLOR: "1", NO_COLOR: "" }).err).toContain(escape);
  expect(spawnRun(["docter"], { FORCE_COLOR: "1", NO_COLOR: "1" }).err).not.toContain(escape);
});

test("doctor names what a planted fault needs and exits 1", async () => {
  const root = scratchFolder();
  mkdirSync(join(root, "x"));
  writeFileSync(join(root, "runs"), "a file where the folder should be");
  const { out, code } = await run("doctor", "--json", "--run-dir", join(root, "runs"));
  const failed = JSON.parse(out).checks.filter(({ state }: { readonly state: string }) => state === "fail");
  expect(failed).toMatchObject([
    { name: "run folder", remedy: `make ${join(root, "runs")} writable, free some disk, or pass --run-dir` },
  ]);
  expect(code).toBe(1);
});
