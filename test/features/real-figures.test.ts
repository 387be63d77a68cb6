/** @file What the features look like on the real files: ranges, spread, firing rates and the figures of features.md. */
import { describe, expect, it } from "vitest";
import { schemaCatalog } from "../../src/features/catalog.ts";
import { type FeatureTable, compute } from "../../src/features/indicator/batch.ts";
import { matrixRows } from "../../src/features/matrix/feature-matrix.ts";
import { mlmi } from "../../src/features/mlmi/mlmi.ts";
import {
  firingReport,
  strategicThresholds,
  tacticalThresholds,
} from "../../src/features/report/firing-rate.ts";
import { barFlag, sliceBars } from "../../src/market/bars.ts";
import { type RealName, missing, realBars, realTick } from "./real-bars.ts";

interface ColumnFacts {
  readonly column: string;
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
  readonly deviation: number;
}

function factsOf(table: FeatureTable): readonly ColumnFacts[] {
  const width = table.columns.length;
  return table.columns.map((column, c) => {
    let [count, sum, squares, lowest, highest] = [0, 0, 0, Infinity, -Infinity];
    for (let i = c; i < table.values.length; i += width) {
      if (table.valid[i] === 0) continue;
      const x = table.values[i]!;
      count += 1;
      sum += x;
      squares += x * x;
      lowest = Math.min(lowest, x);
      highest = Math.max(highest, x);
    }
    const mean = sum / count;
    return { column, count, lowest, highest, deviation: Math.sqrt(squares / count - mean * mean) };
  });
}

const cases: readonly (readonly [schema: string, file: RealName])[] = [
  ["strategic-13", "nq30"],
  ["strategic-13", "cl30"],
  ["technical-13", "nq30"],
  ["tactical-7", "nq5"],
  ["fvg-7", "nq5"],
];

describe("columns on real bars", () => {
  it.for(cases)("%s on %s: finite, inside [-1, 1], deviation above 0.01", ([schema, file], { skip }) => {
    skip(missing(file) !== undefined, missing(file));
    const facts = factsOf(compute(matrixRows(schemaCatalog[schema]!(realTick[file])), realBars(file)));
    expect(
      facts.filter((f) => !(f.count > 10_000 && f.lowest >= -1 && f.highest <= 1 && f.deviation > 0.01)),
    ).toEqual([]);
  });
});

describe("firing rates", () => {
  it.for([
    ["nq30", strategicThresholds],
    ["cl30", strategicThresholds],
    ["nq5", tacticalThresholds],
  ] as const)("no threshold is dead on %s", ([file, thresholds], { skip }) => {
    skip(missing(file) !== undefined, missing(file));
    // Half the file is enough for rates and takes half the time.
    const bars = realBars(file);
    const rates = firingReport(sliceBars(bars, bars.length - 28_000), realTick[file], thresholds);
    expect(rates).toHaveLength(thresholds.length);
    expect(rates.filter((rate) => rate.warning !== null)).toEqual([]);
  });

  it("warns of thresholds that are never or always met", ({ skip }) => {
    skip(missing("nq5") !== undefined, missing("nq5"));
    const dead = { indicator: "fvg", column: "fvg_level_size", rule: "", met: () => false };
    const constant = { ...dead, met: () => true };
    const unknown = { ...dead, column: "no such column" };
    const warnings = firingReport(realBars("nq5"), 0.25, [dead, constant, unknown]).map(
      (rate) => rate.warning,
    );
    expect(warnings).toEqual(["almost never", "almost always", "never asked"]);
  });
});

describe("MLMI on real bars", () => {
  it.for([
    ["nq30", 80, 2, 0.27],
    ["cl30", 81, 2, 0.4],
  ] as const)(
    "%s: %i +- %i events per 1000 bars, |value - 50| >= 25 on %d",
    ([file, rate, slack, share], { skip }) => {
      skip(missing(file) !== undefined, missing(file));
      const bars = realBars(file);
      const table = compute(mlmi({ capacity: 10_000 }), bars);
      const width = table.columns.length;
      let unmasked = 0;
      let events = 0;
      let asked = 0;
      let strong = 0;
      for (let i = 0; i < bars.length; i += 1) {
        if ((bars.flags[i]! & barFlag.masked) !== 0) continue;
        unmasked += 1;
        const count = table.values[i * width + 5]!;
        const before = i > 0 ? table.values[(i - 1) * width + 5]! : 0;
        if (count > before) events += 1;
        if (table.valid[i * width] === 0) continue;
        asked += 1;
        if (Math.abs(table.values[i * width]! - 50) >= 25) strong += 1;
      }
      expect(Math.abs((1000 * events) / unmasked - rate)).toBeLessThanOrEqual(slack);
      expect(Math.abs(strong / asked - share)).toBeLessThan(0.01);
    },
  );

  it("forward labels stay near 50: p5..p95 of NQ", ({ skip }) => {
    skip(missing("nq30") !== undefined, missing("nq30"));
    const table = compute(mlmi({ labelMode: "forward" }), realBars("nq30"));
    const values: number[] = [];
    for (let i = 0; i < table.rows; i += 1) {
      if (table.valid[i * table.columns.length] === 1) values.push(table.values[i * table.columns.length]!);
    }
    values.sort((a, b) => a - b);
    expect(values[Math.floor(0.05 * values.length)]).toBeGreaterThanOrEqual(46.5);
    expect(values[Math.floor(0.95 * values.length)]).toBeLessThanOrEqual(59.5);
  });
});
