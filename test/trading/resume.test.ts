/** @file A back-test that is killed twenty times ends with the journal and the result of one that was never touched. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { journaledBacktest } from "../../src/app/trading/journaled-run.ts";
import { configureRun } from "../../src/trading/engine/setup.ts";
import { setup, strategy } from "../../examples/strategies/breakout.ts";
import { exampleSeries } from "../../examples/strategies/data.ts";
import { digest } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const config = configureRun(strategy, setup, await exampleSeries("nq-5m", ""));
const bars = config.series[0]?.source.length ?? 0;

interface Ended {
  readonly signal: string | undefined;
  readonly out: string;
}

/** Runs the process to its end, or to its death at a bar. */
function child(folder: string, bar?: number): Promise<Ended> {
  const words = ["--import", "tsx", "test/trading/resume.process.ts", folder];
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, NODE_OPTIONS: "--conditions=grandmodel-source" } };
    execFile(
      process.execPath,
      [...words, ...(bar === undefined ? [] : [String(bar)])],
      options,
      (error, out) => {
        resolve({ signal: error?.signal ?? undefined, out });
      },
    );
  });
}

function segments(folder: string): readonly string[] {
  return readdirSync(join(folder, "journal")).sort();
}

function journalOf(folder: string): Buffer {
  return Buffer.concat(segments(folder).map((name) => readFileSync(join(folder, "journal", name))));
}

describe("SIGKILL and resume", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "resume-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("after twenty kills, every other one with a torn last line, journal and result have the bytes of one run", async () => {
    const draws = Generator.fromKey(keyFromSeed(20));
    const whole = join(folder, "whole");
    const expected = digest(journaledBacktest(config, whole, "breakout"));
    const killTenTimes = async (killed: string): Promise<void> => {
      const deaths = Array.from({ length: 10 }, () => 1 + draws.below(bars - 1)).sort((a, b) => a - b);
      const torn = deaths.map((_, i) => (i % 2 === 1 ? 1 + draws.below(40) : 0));
      for (const [i, bar] of deaths.entries()) {
        expect((await child(killed, bar)).signal).toBe("SIGKILL");
        const last = join(killed, "journal", segments(killed).at(-1) ?? "");
        truncateSync(last, statSync(last).size - (torn[i] ?? 0));
      }
      expect(await child(killed)).toEqual({ signal: undefined, out: expected });
      const journal = journalOf(killed);
      expect(journal.length).toBeGreaterThan(1_000_000);
      expect(journal.equals(journalOf(whole))).toBe(true);
      // A finished run, asked again, answers from its journal.
      expect(digest(journaledBacktest(config, killed, "breakout"))).toBe(expected);
    };
    await Promise.all([killTenTimes(join(folder, "first")), killTenTimes(join(folder, "second"))]);
  }, 240_000);

  test("a folder of another run is refused", () => {
    const other = join(folder, "other");
    journaledBacktest(config, other, "one");
    expect(() => journaledBacktest(config, other, "two")).toThrow("USAGE_VALUE");
  });
});
