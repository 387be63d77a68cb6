/** @file The mirror of a folder: closed files only, read back, one session at a time. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openMirror } from "../../../src/runtime/session/mirror.adapter.ts";
import { scratchFolder } from "../../scratch.ts";

function source(): { readonly from: string; readonly to: string } {
  const root = scratchFolder();
  const from = join(root, "run");
  mkdirSync(join(from, "checkpoints/step-1"), { recursive: true });
  writeFileSync(join(from, "run.json"), "{}");
  writeFileSync(join(from, "lock.json"), "mine");
  writeFileSync(join(from, "journal.jsonl"), "half a li");
  writeFileSync(join(from, "checkpoints/step-1/arrays.bin"), new Uint8Array(1000).fill(7));
  writeFileSync(join(from, "checkpoints/step-1/manifest.json.1.partial"), "not yet");
  return { from, to: join(root, "drive/run") };
}

test("copies what is closed, once, and drops what the source dropped", () => {
  const { from, to } = source();
  using mirror = openMirror(from, to);
  expect(mirror.pass(["journal.jsonl"])).toMatchObject({ copied: 2, unchanged: 0, removed: 0, bytes: 1002 });
  expect(readdirSync(to, { recursive: true }).map(String).sort()).toStrictEqual([
    "checkpoints",
    "checkpoints/step-1",
    "checkpoints/step-1/arrays.bin",
    "lock.json",
    "run.json",
  ]);
  writeFileSync(join(from, "run.json"), "{ }");
  writeFileSync(join(to, "old.json"), "from an earlier pass");
  expect(mirror.pass(["journal.jsonl"])).toMatchObject({ copied: 1, unchanged: 1, removed: 1 });
  expect(readFileSync(join(to, "run.json"), "utf8")).toBe("{ }");
});

test("a target that loses bytes is found out, and the old file stands: MIRROR_DIFFERS", () => {
  const { from, to } = source();
  openMirror(from, to)[Symbol.dispose]();
  writeFileSync(join(to, "run.json"), "older");
  using mirror = openMirror(from, to, () => "0".repeat(64));
  expect(() => mirror.pass()).toThrow("MIRROR_DIFFERS");
  expect(readFileSync(join(to, "run.json"), "utf8")).toBe("older");
  expect(readdirSync(to, { recursive: true }).some((name) => String(name).endsWith(".partial"))).toBe(false);
});

test("a second session is refused; one of another host is taken over after 45 minutes without a sign", () => {
  const { from, to } = source();
  const first = openMirror(from, to);
  expect(() => openMirror(from, to)).toThrow("RUN_LOCKED");
  first[Symbol.dispose]();
  const foreign = (minutes: number): string =>
    JSON.stringify({
      pid: 1,
      started: "1",
      host: "colab-vm-of-yesterday",
      since: new Date(Date.now() - minutes * 60_000).toISOString(),
    });
  writeFileSync(join(to, "lock.json"), foreign(44));
  expect(() => openMirror(from, to)).toThrow("colab-vm-of-yesterday");
  writeFileSync(join(to, "lock.json"), foreign(46));
  using taken = openMirror(from, to);
  expect(taken.pass().copied).toBeGreaterThan(0);
});
