/**
 * @file Killed and resumed: a run that SIGKILL ends at any bar goes on from its folder to the journal, the result and the
 * counts of the run that was never killed, byte for byte; two processes agree; what does not belong is refused.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runPipeline } from "../../src/pipeline/run/pipeline.ts";
import { readJournal } from "../../src/runtime/journal/journal.adapter.ts";
import { diceConfig, resultDigest } from "./support.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "pipeline-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The digest that a process prints, or the signal that ended it. */
async function processOf(folder: string, killAt?: number): Promise<string> {
  const args = ["--import", "tsx", "--conditions=grandmodel-source", "test/pipeline/run.process.ts", folder];
  try {
    const { stdout } = await run(process.execPath, killAt === undefined ? args : [...args, String(killAt)], {
      cwd: root,
    });
    return stdout;
  } catch (error) {
    return String((error as { readonly signal?: string }).signal);
  }
}

/** All segments of a journal, one after the other. */
function journalOf(folder: string): string {
  const segments = readdirSync(join(folder, "journal")).sort();
  return segments.map((name) => readFileSync(join(folder, "journal", name), "utf8")).join("");
}

describe("a pipeline that is killed", () => {
  const whole = join(scratch, "whole");
  let digest = "";
  let journal = "";
  beforeAll(async () => {
    digest = resultDigest(await runPipeline({ ...diceConfig(5, 3), folder: whole, snapshotEvery: 200 }));
    journal = journalOf(whole);
  });

  test("in another process writes the same bytes", async () => {
    const folder = join(scratch, "second");
    expect(await processOf(folder)).toBe(digest);
    expect(journalOf(folder) === journal).toBe(true);
    expect(journal.length).toBeGreaterThan(1_000_000);
  });

  test.each([40, 650, 1100])("at decision %i goes on to the same journal and result", async (killAt) => {
    const folder = join(scratch, `killed-${killAt}`);
    expect(await processOf(folder, killAt)).toBe("SIGKILL");
    expect(journalOf(folder).length).toBeLessThan(journal.length);
    expect(await processOf(folder)).toBe(digest);
    expect(journalOf(folder) === journal).toBe(true);
  });

  test("twice, and with a torn last line, goes on all the same", async () => {
    const folder = join(scratch, "twice");
    expect(await processOf(folder, 500)).toBe("SIGKILL");
    expect(await processOf(folder, 450)).toBe("SIGKILL");
    const segment = join(folder, "journal", readdirSync(join(folder, "journal")).sort().at(-1) ?? "");
    truncateSync(segment, readFileSync(segment).length - 7);
    expect(await processOf(folder)).toBe(digest);
    expect(journalOf(folder) === journal).toBe(true);
  });

  test("chains records of every kind", () => {
    const { entries } = readJournal(join(whole, "journal", "000001.jsonl"));
    const kinds = new Set(entries.map(({ payload }) => (payload as { readonly kind: string }).kind));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining(["bar", "context", "decision", "fill", "mark", "order", "report", "run"]),
    );
  });
});

describe("a folder that does not fit", () => {
  const short = diceConfig(2, 5);

  test("of another configuration is refused", async () => {
    const folder = join(scratch, "foreign");
    await runPipeline({ ...short, folder });
    await expect(runPipeline({ ...short, folder, maxContracts: 3 })).rejects.toMatchObject({
      code: "PIPELINE_FOREIGN",
    });
  });

  test("whose records would come out otherwise is refused", async () => {
    const folder = join(scratch, "diverged");
    await runPipeline({ ...short, folder, snapshotEvery: 100 });
    const other = { ...diceConfig(2, 6).strategic, name: short.strategic.name };
    // The same name, so the configuration hashes alike: only the records can tell.
    rmSync(join(folder, "snapshots"), { recursive: true });
    await expect(
      runPipeline({ ...short, folder, snapshotEvery: 100, strategic: other }),
    ).rejects.toMatchObject({ code: "PIPELINE_DIVERGED" });
  });

  test("with a changed byte in its journal is refused with the line", async () => {
    const folder = join(scratch, "corrupt");
    await runPipeline({ ...short, folder });
    const path = join(folder, "journal", "000001.jsonl");
    const lines = readFileSync(path, "utf8").split("\n");
    lines[10] = (lines[10] ?? "").replace('"cause":0', '"cause":1');
    writeFileSync(path, lines.join("\n"));
    await expect(runPipeline({ ...short, folder })).rejects.toMatchObject({
      code: "JOURNAL_CORRUPT",
      issues: [{ line: 11 }],
    });
  });
});
