/**
 * @file Corrupted data: the stated defect counts on the files made here and on the shared ones, by the product's own loader;
 * no crash, nothing repaired, the report in every case.
 */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { sha256 } from "../../../src/runtime/hash.adapter.ts";
import { censusBytes, importBytes } from "../../../src/market/import/import-bars.ts";
import type { ImportOptions } from "../../../src/market/import/import-options.ts";
import { type ContractSpec, contractSpec } from "../../../src/market/instruments.ts";
import { feedPolicy, filePolicy, type QuarantineReport } from "../../../src/market/quality/quarantine.ts";
import type { DefectCensus } from "../../../src/market/quality/census.ts";
import { hasSharedData, needsSharedData, sharedData } from "../shared-data.ts";
import { corpusNames, corpusText, type CorpusName } from "./corpus.ts";

/** NQ without its sessions: the corpora run through holidays and breaks. */
const spec: ContractSpec = { ...contractSpec("NQ"), sessionTemplate: "always-open" };
const dialect: ImportOptions = { spec, zone: "UTC", preset: "default", intervalMs: 1_800_000 };
const everything: ImportOptions = { ...dialect, policy: { ...filePolicy, maxRejected: 1 } };

/** Golden counts of operations.md section 8. */
const golden: Readonly<Record<CorpusName, Partial<DefectCensus>>> = {
  extreme_corrupted_timestamps: {
    rows: 102,
    uniqueStamps: 92,
    duplicateStamps: 10,
    exactDuplicateRows: 2,
    backwardStrict: 8,
    backwardOrEqual: 14,
    runningMaxRejectsStrict: 79,
    runningMaxRejectsOrEqual: 81,
    valueBadRows: 0,
  },
  extreme_extreme_volatility: { rows: 100, outOfRangeRows: 79, nanRows: 0, infRows: 0 },
  extreme_infinity_values: { rows: 100, infRows: 13, nonPositiveRows: 7, valueBadRows: 13 },
  extreme_nan_values: { rows: 100, nanRows: 53, ohlcViolations: 0, ohlcFailClosed: 37, valueBadRows: 53 },
  extreme_zero_negative: {
    rows: 100,
    nonPositiveRows: 17,
    negativeVolume: 3,
    zeroVolume: 4,
    highBelowLow: 5,
    ohlcViolations: 18,
    ohlcFailClosed: 18,
    valueBadRows: 21,
  },
  extreme_precision_edge_cases: { rows: 100, outOfRangeRows: 30, valueBadRows: 0 },
  extreme_mixed_chaos: {
    rows: 100,
    nanRows: 30,
    infRows: 36,
    nonPositiveRows: 45,
    negativeVolume: 16,
    zeroVolume: 5,
    highBelowLow: 15,
    ohlcViolations: 37,
    ohlcFailClosed: 46,
    duplicateStamps: 15,
    backwardStrict: 18,
    valueBadRows: 49,
    outOfRangeRows: 75,
    valueOrRangeBadRows: 94,
  },
};

/** The report of a file, whatever the policy says. */
function reportOf(bytes: Uint8Array, name: string): QuarantineReport {
  return importBytes(bytes, `${name}.csv`, "", everything).account.quarantine;
}

const sources: (readonly [kind: string, bytesOf: (name: CorpusName) => Uint8Array])[] = [
  ["made from the description", (name) => new TextEncoder().encode(corpusText(name))],
];
if (hasSharedData)
  sources.push(["shared", (name) => readFileSync(sharedData(`hostile/corrupted/${name}.csv`))]);

describe.each(sources)("corpora, %s", (_, bytesOf) => {
  test.each(corpusNames)("%s has the stated defects", (name) => {
    expect(censusBytes(bytesOf(name), `${name}.csv`, dialect)).toMatchObject(golden[name]);
  });

  test.each(corpusNames)("%s is refused as a file and as a feed, with a typed error", (name) => {
    for (const policy of [filePolicy, feedPolicy, { ...filePolicy, mode: "strict" as const }]) {
      let error: unknown;
      try {
        importBytes(bytesOf(name), `${name}.csv`, "", { ...dialect, policy });
      } catch (thrown) {
        error = thrown;
      }
      expect(
        isGrandModelError(error) && /^(REJECTED_ROWS|NOT_MONOTONIC|DUPLICATE_TIME)$/.test(error.code),
      ).toBe(true);
    }
  });

  test("rows are set aside by reason, counted apart from rows", () => {
    const nan = reportOf(bytesOf("extreme_nan_values"), "nan");
    expect([nan.rowsRejected, nan.byReason.NAN, nan.byReason.OHLC]).toEqual([53, 53, 37]);
    expect(nan.firstExamples.length).toBe(5);
    const infinite = reportOf(bytesOf("extreme_infinity_values"), "inf");
    expect([infinite.rowsRejected, infinite.byReason.INF, infinite.byReason.NONPOS]).toEqual([13, 13, 7]);
    const negative = reportOf(bytesOf("extreme_zero_negative"), "zero");
    expect([negative.rowsRejected, negative.byReason.NONPOS, negative.byReason.NEG_VOL]).toEqual([21, 17, 3]);
    const precision = reportOf(bytesOf("extreme_precision_edge_cases"), "precision");
    expect([precision.rowsRejected, precision.byReason.OUT_OF_RANGE]).toEqual([30, 30]);
  });

  test("no poison stamp is accepted, and one future stamp does not cost the rest of the file", () => {
    const { bars, account } = importBytes(
      bytesOf("extreme_corrupted_timestamps"),
      "stamps.csv",
      "",
      everything,
    );
    const poison = [
      Date.UTC(2023, 11, 22),
      Date.UTC(2024, 11, 31),
      Date.UTC(2025, 0, 1),
      Date.UTC(2099, 11, 31),
    ];
    for (const at of poison) expect(bars.t.includes(at)).toBe(false);
    expect(account.quarantine.byReason.FUTURE).toBe(5);
    expect(bars.length).toBeGreaterThan(85);
  });

  test("what is accepted is in the file as it stands", () => {
    for (const name of corpusNames) {
      const bytes = bytesOf(name);
      const text = new TextDecoder().decode(bytes);
      const { bars } = importBytes(bytes, `${name}.csv`, "", everything);
      const closes = new Set(text.split("\n").map((line) => Number(line.split(",")[4])));
      expect([...bars.c].every((close) => closes.has(close))).toBe(true);
    }
  });
});

test("the feed's jump filter sets wild steps aside where the file policy keeps them", () => {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const price = i === 40 ? 30_000 : 15_000 + (i % 7);
    return `${new Date(Date.UTC(2024, 0, 1) + i * 1_800_000).toISOString()},${price},${price},${price},${price},5`;
  });
  const bytes = new TextEncoder().encode(`time,open,high,low,close,volume\n${rows.join("\n")}\n`);
  const options: ImportOptions = { spec, preset: "default" };
  expect(importBytes(bytes, "a.csv", "", options).account.quarantine.rowsRejected).toBe(0);
  const feed = importBytes(bytes, "a.csv", "", { ...options, policy: feedPolicy });
  expect(feed.account.quarantine.byReason.JUMP).toBe(1);
});

test("the corpora are the same on every machine", () => {
  const sums = Object.fromEntries(corpusNames.map((name) => [name, sha256(corpusText(name)).slice(0, 12)]));
  expect(sums).toMatchInlineSnapshot(`
    {
      "extreme_corrupted_timestamps": "70c3eed4a199",
      "extreme_extreme_volatility": "e9454b21720f",
      "extreme_infinity_values": "1c43228567d5",
      "extreme_mixed_chaos": "3715c9a1c256",
      "extreme_nan_values": "7c2c903fd971",
      "extreme_precision_edge_cases": "f7390da79795",
      "extreme_zero_negative": "a4bb10e42308",
    }
  `);
});

test.skipIf(!hasSharedData)(`files of market manipulation have no parse defect${needsSharedData}`, () => {
  for (const name of ["bull_trap", "coordinated", "fake_breakout", "whipsaw"]) {
    const bytes = readFileSync(sharedData(`hostile/manipulation/attack_${name}.csv`));
    const { bars, account } = importBytes(bytes, `${name}.csv`, "", dialect);
    expect([bars.length, account.quarantine.rowsRejected]).toEqual([100, 0]);
    expect(account.dialect.ignored).toContain("attack_type");
  }
});
