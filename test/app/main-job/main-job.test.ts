/**
 * @file The main job as real processes on a tiny configuration: complete, killed with -9 in training and in the pipeline and gone on with, stopped by SIGTERM;
 * its models decide, its exports and its status are read by another process. Everything is synthetic.
 */
import type { ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStatus } from "../../../src/app/coordination/status-file.ts";
import { validateStatus } from "../../../src/app/coordination/validate.ts";
import { syntheticBars } from "../../../src/app/data/synthetic-market.ts";
import { readRun } from "../../../src/runtime/run/run-folder.adapter.ts";
import { scratchFolder } from "../../scratch.ts";
import { type Finished, run, spawnRun, start } from "../command-line.ts";

const tiny =
  "run --sessions 60 --updates 4 --passes 4 --set warmUp=60 --set copies=4 --set horizon=16 --json".split(
    " ",
  );

function places(root: string): readonly string[] {
  return ["--run-dir", join(root, "runs"), "--workspace", root];
}

function onlyRun(root: string, runs = "runs"): string {
  const [name = ""] = readdirSync(join(root, runs)).filter((entry) => !entry.includes("."));
  return join(root, runs, name);
}

interface Result {
  readonly kind: string;
  readonly status: string;
}

function resultOf({ err, out }: Finished): Result {
  const last = JSON.parse(out.trimEnd().split("\n").at(-1) ?? "") as Result;
  expect(last.kind, err).toBe("result");
  return last;
}

/** Resolves when a JSON line with all of `parts` has come. */
function afterLine(child: ChildProcess, ...parts: readonly string[]): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.on("close", () => reject(new Error(`ended without a line with ${parts.join(", ")}`)));
    child.stdout?.on("data", (more: string) => {
      text += more;
      if (text.split("\n").some((line) => parts.every((part) => line.includes(part)))) resolve();
    });
  });
}

/** Resolves when a folder has an entry of such a name. */
async function afterFolder(path: string, name: RegExp): Promise<void> {
  while (!existsSync(path) || !readdirSync(path).some((entry) => name.test(entry)))
    await new Promise((resolve) => void setTimeout(resolve, 20));
}

/** What must not depend on interruptions: report, models, journal. */
function bytesOf(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => /report\.json$|weights\.safetensors$|pipeline\/.*\/journal\//.test(path))
    .sort();
  return Object.fromEntries(files.map((path) => [path.slice(folder.length), readFileSync(path, "base64")]));
}

const root = mkdtempSync(join(tmpdir(), "grandmodel-main-job-"));
let whole: Finished;
let folder: string;

beforeAll(() => {
  whole = spawnRun([...tiny, ...places(root)]);
  folder = onlyRun(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a job on a synthetic market", () => {
  test("ends with a report that claims nothing, with exports, status and journal", () => {
    expect(whole.code, whole.err).toBe(0);
    expect(whole.err).toContain("SYNTHETIC");
    expect(resultOf(whole).status).toBe("completed");
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
      readonly eligible: boolean;
      readonly gates: readonly { readonly state: string }[];
      readonly headline: { readonly againstUsd: readonly { readonly baseline: string }[] };
    };
    expect(report.eligible).toBe(false);
    expect(new Set(report.gates.map(({ state }) => state))).toStrictEqual(new Set(["grey"]));
    expect(report.headline.againstUsd.map(({ baseline }) => baseline)).toContain("buy-and-hold");
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("synthetic");
    expect(readRun(folder)).toMatchObject({ status: "completed", kind: "job" });
  });

  test("leaves a status whose every claim holds, read by another process", () => {
    const status = readStatus(root);
    expect(status === undefined ? ["no status"] : validateStatus(root, status)).toStrictEqual([]);
    const other = spawnRun(["status", "validate", "--workspace", root, "--json"]);
    expect(other.code, other.out).toBe(0);
    expect(spawnRun(["exports", "verify", "--workspace", root]).code).toBe(0);
    const info = join(
      root,
      "coordination/shared_checkpoints/strategic_models/strategic_checkpoint_info.json",
    );
    expect(JSON.parse(readFileSync(info, "utf8"))).toMatchObject({ status: "trained", progress: 100 });
  });

  test("is evaluated again with the same numbers, and exported again", async () => {
    const again = await run("evaluate", folder, "--json", "--quiet");
    expect(again.code, again.err).toBe(0);
    const { report } = JSON.parse(again.out) as { readonly report: { readonly headline: object } };
    const before = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as {
      readonly headline: object;
    };
    expect(report.headline).toStrictEqual(before.headline);
    const elsewhere = scratchFolder();
    expect((await run("export", folder, "--workspace", elsewhere)).out).toContain("strategic_models");
    expect((await run("exports", "list", "--workspace", elsewhere)).out).toContain("candidate");
  });

  test("has models that decide from a file of bars, with distributions, uncertainty and reasons", async () => {
    const bars = syntheticBars({ symbol: "NQ", sessions: 30, seed: 9 });
    const rows = Array.from({ length: bars.length }, (_, i) =>
      [new Date(bars.t[i]!).toISOString(), bars.o[i], bars.h[i], bars.l[i], bars.c[i], bars.v[i]].join(","),
    );
    const file = join(root, "NQ_5m.csv");
    writeFileSync(file, `time,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const at = new Date(bars.t[bars.length - 60]! + 300_000).toISOString();
    const words = ["decide", file, "--run", folder, "--passes", "10", "--at", at];
    const { code, err, out } = await run(...words, "--json");
    expect(code, err).toBe(0);
    const { tactical } = JSON.parse(out) as {
      readonly tactical: {
        readonly time: number;
        readonly agents: readonly { readonly probabilities: number[] }[];
      };
    };
    expect(tactical.time).toBe(Date.parse(at));
    for (const { probabilities } of tactical.agents)
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    const text = await run(...words);
    expect(text.out).toMatch(/Strategic[\s\S]*epistemic[\s\S]*Tactical[\s\S]*qualification/);
    expect(await run(...words, "--json")).toMatchObject({ out });
    const none = await run("decide", file, "--workspace", scratchFolder());
    expect([none.code, none.err]).toStrictEqual([2, expect.stringContaining("MODEL_NONE")]);
  });
});

describe("a job that is interrupted", () => {
  test("by SIGTERM in one stage and by kill -9 in the next goes on, in the end on another machine, to the same bytes", async () => {
    const here = scratchFolder();
    const first = start([...tiny, ...places(here)]);
    await afterLine(first.child, '"kind":"update"', '"stage":"strategic-seed-42"', '"update":1');
    first.child.kill("SIGTERM");
    const stopped = await first.ended;
    expect(stopped.code, stopped.err).toBe(0);
    const source = onlyRun(here);
    expect(resultOf(stopped)).toMatchObject({
      status: "interrupted",
      resume: `grandmodel run --resume ${source}`,
    });
    expect(readRun(source).status).toBe("interrupted");
    expect(existsSync(join(source, "lock.json"))).toBe(false);
    expect(readStatus(here)).toBeDefined();

    const drive = join(here, "drive");
    const resume = ["run", "--resume", source, "--workspace", here, "--mirror", drive, "--json"];
    const second = start(resume);
    await afterLine(second.child, '"kind":"update"', '"stage":"tactical-seed-42"', '"update":2');
    second.child.kill("SIGKILL");
    await second.ended;
    const unfinished = await run("export", source);
    expect([unfinished.code, unfinished.err]).toStrictEqual([2, expect.stringContaining("RUN_UNFINISHED")]);
    // The other machine has a copy of the folder and nothing else.
    const copy = join(scratchFolder(), "copy");
    cpSync(onlyRun(here, "drive"), copy, { recursive: true });
    rmSync(join(copy, "lock.json"), { force: true });
    // Killed once more, inside the test part of the pipeline: it goes on there from its snapshot.
    const there = ["run", "--resume", copy, "--workspace", scratchFolder(), "--json"];
    const third = start(there);
    await afterFolder(join(copy, "pipeline", "seed-42", "snapshots"), /^step-\d+$/);
    third.child.kill("SIGKILL");
    await third.ended;
    expect(existsSync(join(copy, "report.json"))).toBe(false);
    const resumed = spawnRun(there);
    expect(resumed.code, resumed.err).toBe(0);
    expect(bytesOf(copy)).toStrictEqual(bytesOf(folder));
  });

  test("is not gone on with under other settings", async () => {
    const refused = await run("run", "--resume", folder, "--updates", "9");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('RESUME_CHANGED  updates: found "9"');
  });
});

test("one stage alone is trained by the same machinery", () => {
  const here = scratchFolder();
  const words = tiny.slice(1);
  const finished = spawnRun(["train", "strategic", ...words, ...places(here)]);
  expect(finished.code, finished.err).toBe(0);
  expect(resultOf(finished)).toMatchObject({ status: "completed", models: [{ name: "strategic, seed 42" }] });
  const weights = join("models", "strategic-seed-42", "weights.safetensors");
  expect(readFileSync(join(onlyRun(here), weights))).toStrictEqual(readFileSync(join(folder, weights)));
});
