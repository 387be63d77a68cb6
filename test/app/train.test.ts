/**
 * @file `grandmodel train` as real processes: killed, interrupted, damaged, locked, and still the same run in the end.
 * The run is 24 updates of CartPole with a checkpoint every third: long enough to be hit anywhere.
 */
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { readRun } from "../../src/runtime/run/run-folder.adapter.ts";
import { scratchFolder } from "../scratch.ts";
import { type Finished, run, spawnRun, start } from "./command-line.ts";

const words = ["train", "CartPole-v1", "--preset", "cartpole", "--steps", "12288", "--seed", "7"] as const;

function startRun(root: string, ...more: readonly string[]): ReturnType<typeof start> {
  return start([...words, "--checkpoint-every", "3", "--run-dir", root, "--json", ...more]);
}

/** Resolves when `count` JSON lines of this kind have come; fails when the process ends before. */
function afterLines(child: ChildProcess, kind: string, count: number): Promise<void> {
  let seen = 0;
  let rest = "";
  return new Promise((resolve, reject) => {
    child.on("close", () => reject(new Error(`ended after ${seen} of ${count} lines of kind ${kind}`)));
    child.stdout?.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      seen += lines.filter((line) => line.includes(`"kind":"${kind}"`)).length;
      if (seen >= count) resolve();
    });
  });
}

function onlyRun(root: string): string {
  const [name = ""] = readdirSync(root);
  return join(root, name);
}

interface Result {
  readonly status: string;
  readonly seeds: readonly { readonly hash: string; readonly step: number }[];
}

function resultOf(finished: Finished): Result {
  const lines = finished.out.trimEnd().split("\n");
  const last: Result & { readonly kind: string } = JSON.parse(lines.at(-1) ?? "");
  expect(last.kind, finished.err).toBe("result");
  return last;
}

/** What an uninterrupted run ends with. */
let whole: { readonly hash: string; readonly metrics: string; readonly file: string; readonly out: string };

beforeAll(() => {
  const root = mkdtempSync(join(tmpdir(), "grandmodel-whole-"));
  const finished = spawnRun([...words, "--then-evaluate", "--run-dir", root, "--json"]);
  const folder = onlyRun(root);
  whole = {
    hash: resultOf(finished).seeds[0]?.hash ?? "",
    metrics: readRun(folder).hashes["metrics"] ?? "",
    file: readFileSync(join(folder, "metrics.jsonl"), "utf8"),
    out: finished.out,
  };
  rmSync(root, { recursive: true });
});

test("--json is JSON lines on standard output, the last of them the result, and nothing else", () => {
  const lines = whole.out
    .trimEnd()
    .split("\n")
    .map((line): { readonly kind: string } => JSON.parse(line));
  const updates = Array.from({ length: 24 }, () => "update");
  expect(lines.map((line) => line.kind)).toStrictEqual([...updates, "checkpoint", "result"]);
  expect(lines.at(-1)).toMatchObject({
    status: "completed",
    evaluation: { policy: "greedy", episodes: 100 },
  });
});

describe("a run that was killed", () => {
  // Where the blow falls is drawn, not chosen; the seed makes a failure repeatable.
  const draw = Generator.fromKey(keyFromSeed(20261124));
  const blows = Array.from({ length: 3 }, () => 1 + draw.below(20));
  test.each(blows)("with kill -9 after update %i ends, resumed, with the same bytes", async (update) => {
    const root = scratchFolder();
    const { child, ended } = startRun(root);
    await afterLines(child, "update", update);
    child.kill("SIGKILL");
    await ended;
    const folder = onlyRun(root);
    expect(readRun(folder).status).toBe("running");
    const resumed = spawnRun(["train", "--resume", folder, "--json"]);
    expect(resumed.code).toBe(0);
    expect(resultOf(resumed)).toMatchObject({
      status: "completed",
      seeds: [{ hash: whole.hash, step: 12_288 }],
    });
    expect(readFileSync(join(folder, "metrics.jsonl"), "utf8")).toBe(whole.file);
    expect(readRun(folder)).toMatchObject({
      status: "completed",
      resumes: 1,
      hashes: { metrics: whole.metrics },
    });
  });
});

describe("a run that is interrupted", () => {
  test("by Ctrl-C finishes its update, saves, exits 130 and says how to go on", async () => {
    const root = scratchFolder();
    const { child, ended } = startRun(root);
    await afterLines(child, "update", 5);
    child.kill("SIGINT");
    const finished = await ended;
    expect(finished.code).toBe(130);
    expect(finished.err).toContain("SIGINT: finishing the update, then saving");
    const folder = onlyRun(root);
    const result = resultOf(finished);
    expect(result).toMatchObject({
      status: "interrupted",
      resume: `grandmodel train CartPole-v1 --resume ${folder}`,
    });
    expect(readRun(folder).status).toBe("interrupted");
    expect(existsSync(join(folder, "lock.json"))).toBe(false);
  });

  test("by SIGTERM saves and exits 0", async () => {
    const root = scratchFolder();
    const { child, ended } = startRun(root);
    await afterLines(child, "update", 2);
    child.kill("SIGTERM");
    const finished = await ended;
    expect(finished.code).toBe(0);
    expect(resultOf(finished).status).toBe("interrupted");
  });

  test("goes on for nobody else while it runs: the second process is told who holds it", async () => {
    const root = scratchFolder();
    const { child, ended } = startRun(root, "--steps", "50000000");
    await afterLines(child, "update", 1);
    const second = spawnRun(["train", "--resume", onlyRun(root), "--json"]);
    child.kill("SIGKILL");
    await ended;
    expect(second.code).toBe(2);
    expect(JSON.parse(second.out)).toMatchObject({ kind: "error", code: "RUN_LOCKED" });
    expect(second.err).toContain(`process ${child.pid}`);
  });

  test("is not resumed with other settings", async () => {
    const refused = await run("train", "--resume", "runs/any", "--steps", "99", "--set", "group.clip=0.1");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('RESUME_CHANGED  steps: found "99"');
    expect(refused.err).toContain('RESUME_CHANGED  group.clip: found "0.1"');
  });
});

test("a killed run goes on elsewhere from its mirror, with the same bytes; the mirror holds no lock and no half file", async () => {
  const root = scratchFolder();
  const drive = join(root, "drive");
  const { child, ended } = startRun(join(root, "here"), "--mirror", drive);
  await afterLines(child, "mirror", 2);
  child.kill("SIGKILL");
  await ended;
  // The other machine sees only the drive.
  rmSync(join(root, "here"), { recursive: true });
  const copy = onlyRun(drive);
  const mirrored = readdirSync(copy, { recursive: true }).map(String);
  expect(mirrored.filter((name) => name.endsWith(".partial"))).toStrictEqual([]);
  const resumed = spawnRun(["train", "--resume", copy, "--json"]);
  expect(resumed.code, resumed.err).toBe(0);
  expect(resultOf(resumed)).toMatchObject({ status: "completed", seeds: [{ hash: whole.hash }] });
  expect(readFileSync(join(copy, "metrics.jsonl"), "utf8")).toBe(whole.file);
});

test("a time budget that is nearly spent saves, says so and exits 0", () => {
  const root = scratchFolder();
  const finished = spawnRun([...words, "--steps", "50000000", "--budget", "2s", "--run-dir", root, "--json"]);
  expect(finished.code, finished.err).toBe(0);
  expect(finished.err).toContain("time budget of 0.0 min nearly spent");
  expect(resultOf(finished)).toMatchObject({ status: "interrupted" });
  expect(readRun(onlyRun(root)).status).toBe("interrupted");
});

test("a damaged newest checkpoint costs the steps since the one before, says so, and changes no result", async () => {
  const root = scratchFolder();
  const { child, ended } = startRun(root);
  await afterLines(child, "checkpoint", 3);
  child.kill("SIGKILL");
  await ended;
  const folder = onlyRun(root);
  const checkpoints = join(folder, "checkpoints", "seed-7");
  const names = readdirSync(checkpoints)
    .filter((name) => /^step-\d+$/.test(name))
    .sort();
  const newest = join(checkpoints, names.at(-1) ?? "", "arrays.bin");
  const bytes = readFileSync(newest);
  bytes[1000] = (bytes[1000] ?? 0) ^ 0x40;
  writeFileSync(newest, bytes);
  const resumed = spawnRun(["train", "--resume", folder, "--json"]);
  expect(resumed.err).toContain("CHECKPOINT_CORRUPT");
  expect(resumed.err).toMatch(/going on from .*: 1536 steps are trained again/);
  expect(resultOf(resumed).seeds).toMatchObject([{ hash: whole.hash }]);
});
