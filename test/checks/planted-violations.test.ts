/** @file The gates of `npm run check` can fail: each planted violation is named by the tool that must catch it. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
let project = "";

const planted: Readonly<Record<string, string>> = {
  "src/runtime/upward.ts": `import { policy } from "../marl/policy.ts";\nexport const upward: number = policy;\n`,
  "src/marl/policy.ts": `export const policy = 1;\n`,
  "src/graph/first.ts": `import { second } from "./second.ts";\nexport const first: () => number = () => second();\n`,
  "src/graph/second.ts": `import { first } from "./first.ts";\nexport const second: () => number = () => first();\n`,
  "src/trading/disk.ts": `import { readFileSync } from "node:fs";\nexport const disk: typeof readFileSync = readFileSync;\n`,
  "src/trading/learned.ts": `import { policy } from "../marl/policy.ts";\nexport const learned: number = policy;\n`,
  "src/stages/tactical/peek.ts": `import { bias } from "../strategic/bias.ts";\nexport const peek: number = bias;\n`,
  "src/stages/strategic/bias.ts": `export const bias = 1;\n`,
  "src/features/clock.ts": `export const now: number = Date.now();\n`,
  "src/features/power.ts": `export const power = (x: number): number => Math.pow(x, 3);\n`,
  "src/features/luck.ts": `export const luck: number = Math.random();\n`,
  "src/features/loose.ts": `export const loose = (x: any): unknown => x;\n`,
  "src/features/barrel.ts": `export * from "./power.ts";\n`,
  "src/features/assured.ts": `export const assured = (xs: readonly number[]): number => xs[0]!;\n`,
  "src/features/long.ts": `${"// a line\n".repeat(601)}export const long = 1;\n`,
  "src/features/clean.kernel.ts": `export const clean = (xs: Float64Array): number => xs[0]! * 2;\n`,
};

function run(tool: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, "node_modules", tool), ...args], {
    cwd: project,
    encoding: "utf8",
  });
  return stdout + stderr;
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "grandmodel-planted-"));
  for (const file of ["tsconfig.json", ".oxlintrc.json", ".dependency-cruiser.mjs", "package.json"]) {
    cpSync(join(root, file), join(project, file));
  }
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  for (const [file, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the order of the rooms", () => {
  let report = "";
  beforeAll(() => {
    report = run(
      "dependency-cruiser/bin/dependency-cruise.mjs",
      "--config",
      ".dependency-cruiser.mjs",
      "src",
    );
  });

  it.each([
    ["runtime-imports-upward", "src/runtime/upward.ts"],
    ["no-cycle", "src/graph/first.ts"],
    ["pure-rooms-touch-no-machine", "src/trading/disk.ts"],
    ["trading-knows-learning", "src/trading/learned.ts"],
    ["stages-talk-through-messages", "src/stages/tactical/peek.ts"],
  ])("%s catches %s", (rule, file) => {
    expect(report.split("\n").some((line) => line.includes(rule) && line.includes(file))).toBe(true);
  });
});

describe("the lint rules", () => {
  let report: readonly { readonly filename: string; readonly code: string }[] = [];
  beforeAll(() => {
    report = JSON.parse(run("oxlint/bin/oxlint", "--format", "json", "src")).diagnostics;
  });

  it.each([
    ["no-restricted-properties", "src/features/clock.ts"],
    ["no-restricted-properties", "src/features/power.ts"],
    ["no-restricted-properties", "src/features/luck.ts"],
    ["no-explicit-any", "src/features/loose.ts"],
    ["no-barrel-file", "src/features/barrel.ts"],
    ["no-non-null-assertion", "src/features/assured.ts"],
    ["max-lines", "src/features/long.ts"],
  ])("%s catches %s", (rule, file) => {
    expect(
      report
        .filter((one) => one.filename === file)
        .map((one) => one.code)
        .join(" "),
    ).toContain(rule);
  });

  it("leaves a clean kernel alone", () => {
    expect(report.filter((one) => one.filename.endsWith(".kernel.ts"))).toEqual([]);
  });
});
