/** @file The registry of trials: what raises the number, what does not, and that nothing can be taken out unseen. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deflatedSharpe, sharpeSample } from "../../src/evaluation/inference/sharpe-inference.ts";
import { countTrials, type Trial } from "../../src/evaluation/trials/trial-count.ts";
import { readTrials, recordTrials } from "../../src/evaluation/trials/trial-registry.adapter.ts";
import { openJournal } from "../../src/runtime/journal/journal.adapter.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trials-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trial = (configHash: string, sharpePerDay: number | null, data = "nq"): Trial => ({
  name: configHash,
  configHash,
  dataHashes: [data],
  sharpePerDay,
});

describe("counting", () => {
  it("counts configurations, not runs, on the data in question, and adds what came before", () => {
    const rows = [
      trial("a", 0.02),
      trial("a", 0.02),
      trial("b", 0.05),
      trial("c", 0.11),
      trial("d", 1, "cl"),
    ];
    expect(countTrials(rows, ["nq"]).count).toBe(3);
    expect(countTrials(rows, ["nq", "cl"]).count).toBe(4);
    expect(countTrials(rows, ["nq"], 40).count).toBe(43);
    expect(countTrials(rows, ["es"])).toEqual({ count: 0, variance: 0 });
  });

  it("gives the population variance of the Sharpe ratios; a ratio that is not finite counts without one", () => {
    const three = [trial("a", 0.02), trial("b", 0.05), trial("c", 0.11)];
    expect(countTrials(three, ["nq"]).variance).toBeCloseTo(0.0014, 12);
    expect(countTrials([...three, trial("d", null)], ["nq"])).toEqual({
      ...countTrials(three, ["nq"]),
      count: 4,
    });
    expect(countTrials([trial("a", 0.1)], ["nq"])).toEqual({ count: 1, variance: 0 });
  });

  it("more trials make the same record less convincing", () => {
    const sample = sharpeSample(Float64Array.from({ length: 500 }, (_, i) => 0.001 + 0.01 * Math.sin(i)));
    const variance = 0.001;
    const convinced = [1, 5, 50, 500].map((n) => deflatedSharpe(sample, n, variance).probability);
    expect(convinced).toEqual(convinced.toSorted((a, b) => b - a));
    expect(new Set(convinced).size).toBe(4);
  });
});

describe("the file", () => {
  it("repeating a configuration does not raise N, a changed one does; N is what the journal's lines say", () => {
    const path = join(folder, "trials.jsonl");
    recordTrials(path, [trial("a", 0.1), trial("b", 0.2)]);
    recordTrials(path, [trial("a", 0.1)]);
    const rows = recordTrials(path, [trial("c", 0.3)]);
    expect(countTrials(rows, ["nq"]).count).toBe(3);
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const independent = new Set(
      lines.map((line) => (JSON.parse(line) as { payload: { configHash: string } }).payload.configHash),
    );
    expect(independent.size).toBe(3);
    expect(lines).toHaveLength(3);
    expect(readTrials(path)).toEqual(rows);
  });

  it("a row cannot be taken out: the chain says where", () => {
    const path = join(folder, "cut.jsonl");
    recordTrials(path, [trial("a", 0.1), trial("b", 0.2), trial("c", 0.3)]);
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, [lines[0], lines[2], ""].join("\n"));
    expect(() => recordTrials(path, [trial("d", 0.4)])).toThrow("JOURNAL_CORRUPT");
  });

  it("a torn last line, from a process that died while writing, is cut off and the next trial follows", () => {
    const path = join(folder, "torn.jsonl");
    recordTrials(path, [trial("a", 0.1)]);
    writeFileSync(path, `${readFileSync(path, "utf8")}{"seq":1,"crc":12`);
    expect(recordTrials(path, [trial("b", 0.2)]).map(({ configHash }) => configHash)).toEqual(["a", "b"]);
  });

  it("refuses a journal of something else by its line", () => {
    const path = join(folder, "other.jsonl");
    const journal = openJournal(path, "always");
    journal.append({ kind: "bar" });
    journal.close();
    expect(() => readTrials(path)).toThrow(/JOURNAL_CORRUPT .*line 1: expected a trial/);
  });

  it("no file is no trial", () => {
    expect(readTrials(join(folder, "absent.jsonl"))).toEqual([]);
  });
});
