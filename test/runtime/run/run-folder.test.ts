/** @file A run folder leaves evidence from its first moment, moves freely and belongs to one process. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { runName } from "../../../src/runtime/run/names.ts";
import {
  type RunFolder,
  createRun,
  readRun,
  reopenRun,
} from "../../../src/runtime/run/run-folder.adapter.ts";
import { scratchFolder } from "../../scratch.ts";

function newRun(root: string): RunFolder {
  return createRun({
    root,
    kind: "train",
    commandLine: "grandmodel train CartPole-v1",
    settings: { env: "CartPole-v1", ppo: { clip: 0.2 } },
    provenance: { env: "command line", "ppo.clip": "default" },
    dataSource: "simulated task",
  });
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (isGrandModelError(error)) return error.code;
    throw error;
  }
  return "no error";
}

test("a new run has its record, settings, origins and lock before any work", () => {
  using run = newRun(scratchFolder());
  expect(run.id).toMatch(/^[a-z]+-[a-z]+-\d{3}$/);
  expect(readRun(run.folder)).toMatchObject({ status: "running", end: null, kind: "train", resumes: 0 });
  expect(readFileSync(run.path("config.yaml"), "utf8")).toBe("env: CartPole-v1\nppo:\n  clip: 0.2\n");
  expect(JSON.parse(readFileSync(run.path("provenance.json"), "utf8"))).toMatchObject({
    "ppo.clip": "default",
  });
  expect(existsSync(run.path("lock.json"))).toBe(true);
});

test("a finished run keeps its hashes, is free, and can be resumed from where it was moved", () => {
  const root = scratchFolder();
  const run = newRun(root);
  run.appendLine("metrics.jsonl", { step: 1 });
  run.finish("completed", { parameters: "abc" });
  const moved = join(root, "elsewhere");
  renameSync(run.folder, moved);
  using again = reopenRun(moved);
  expect(again.record()).toMatchObject({
    id: run.id,
    status: "running",
    resumes: 1,
    hashes: { parameters: "abc" },
  });
  expect(Object.fromEntries(again.artefacts())).toMatchObject({ "metrics.jsonl": 11 });
});

test("a second process on the run is refused; a folder without a run, or with a broken one, is named", () => {
  const root = scratchFolder();
  const run = newRun(root);
  expect(codeOf(() => reopenRun(run.folder))).toBe("RUN_LOCKED");
  run.finish("interrupted");
  writeFileSync(run.path("run.json"), '{"id": "x"');
  expect(codeOf(() => reopenRun(run.folder))).toBe("RUN_CORRUPT");
  rmSync(run.path("run.json"));
  expect(codeOf(() => readRun(run.folder))).toBe("RUN_MISSING");
});

test("names are unique over their bits and easy to say", () => {
  const names = new Set(Array.from({ length: 4096 }, (_, bits) => runName(bits)));
  expect(names.size).toBe(4096);
});
