/** @file A stored measurement belongs to the code that made it: whatever file it reaches by imports changes its key. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { sourcesHash } from "../../bench/reproduce/sources.ts";

const root = mkdtempSync(join(tmpdir(), "sources-"));
afterAll(() => rmSync(root, { recursive: true }));

/** The key of a measurement over three files, of which the last is reached by nothing, and a lock file. */
function keyOf(
  name: string,
  texts: { measure?: string; part?: string; other?: string; lock?: string },
): string {
  const folder = mkdtempSync(join(root, name));
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  write("measure.ts", texts.measure ?? 'import { a } from "./part.ts";');
  write("part.ts", texts.part ?? 'import type { B } from "./measure.ts"; export const a = 1;');
  write("other.ts", texts.other ?? "");
  write("lock.json", texts.lock ?? "{}");
  const url = (file: string): URL => pathToFileURL(join(folder, file));
  return sourcesHash(url("measure.ts").href, url("lock.json"));
}

test("the key changes with the module, what it imports and the packages, and with nothing else", () => {
  const key = keyOf("same", {});
  expect(keyOf("again", {})).toBe(key);
  expect(keyOf("other", { other: "export const c = 3;" })).toBe(key);
  expect(keyOf("part", { part: "export const a = 2;" })).not.toBe(key);
  expect(keyOf("measure", { measure: 'import { a } from "./part.ts"; a;' })).not.toBe(key);
  expect(keyOf("lock", { lock: '{"version":2}' })).not.toBe(key);
});

test("the main evaluation's key covers the pipeline that it runs", () => {
  const of = (path: string): string =>
    sourcesHash(new URL(`../../bench/reproduce/${path}`, import.meta.url).href);
  expect(of("training/nq-seed.ts")).not.toBe(of("training/control-seeds.ts"));
});
