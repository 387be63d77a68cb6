/**
 * @file The corrupted-data corpora, made anew from their description: seven files whose defects are counted, not random.
 *
 * Each function returns the text of one file; the same text on every machine (test: checksums). Columns as described:
 * Date,Open,High,Low,Close,Volume,attack_type; half hours from 2024-01-01; closes off the tick grid.
 */
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";

interface Row {
  t: number;
  o: number | "";
  h: number | "";
  l: number | "";
  c: number | "";
  v: number | "";
}

const start = Date.UTC(2024, 0, 1);
const halfHour = 1_800_000;

/** A sound walk of `rows` bars around 15,000, off the grid. */
function soundRows(name: string, rows: number): Row[] {
  const random = Generator.fromKey(foldIn(keyFromSeed(2024), name));
  let price = 15_000;
  return Array.from({ length: rows }, (_, i) => {
    const o = price;
    const c = o * (1 + 0.005 * random.normal());
    price = c;
    const h = Math.max(o, c) * (1 + 0.002 * random.nextFloat64());
    const l = Math.min(o, c) * (1 - 0.002 * random.nextFloat64());
    return { t: start + i * halfHour, o, h, l, c, v: 500 + random.below(1500) };
  });
}

function textOf(name: string, rows: readonly Row[]): string {
  const cell = (value: number | ""): string => {
    if (value === "" || Number.isFinite(value)) return String(value);
    return value > 0 ? "inf" : "-inf";
  };
  const stamp = (t: number): string => new Date(t).toISOString().slice(0, 19).replace("T", " ");
  const lines = rows.map((r) => [stamp(r.t), ...[r.o, r.h, r.l, r.c, r.v].map(cell), name].join());
  return `Date,Open,High,Low,Close,Volume,attack_type\n${lines.join("\n")}\n`;
}

/** Replaces the fields of a row. */
function put(rows: Row[], i: number, o: Row["o"], h: Row["h"], l: Row["l"], c: Row["c"], v?: Row["v"]): void {
  const row = rows[i]!;
  Object.assign(row, { o, h, l, c }, v === undefined ? {} : { v });
}

/** 13 rows with an infinity, 7 of them below zero. */
function infinityValues(): Row[] {
  const rows = soundRows("infinity", 100);
  for (let k = 0; k < 13; k++) {
    const i = k * 7;
    if (k < 7) put(rows, i, Infinity, Infinity, -Infinity, -Infinity, Infinity);
    else rows[i]!.h = Infinity;
  }
  return rows;
}

/** 53 rows with an empty cell: 4 empty throughout, 33 in a price, 16 in the volume. */
function nanValues(): Row[] {
  const rows = soundRows("nan", 100);
  for (const i of [20, 40, 60, 80]) put(rows, i, "", "", "", "", "");
  let price = 33;
  let volume = 16;
  for (let i = 1; i < 100; i++) {
    if (i % 20 === 0) continue;
    if (i % 2 === 1 && price > 0) {
      rows[i]![(["o", "h", "l", "c"] as const)[price % 4]!] = "";
      price -= 1;
    } else if (i % 2 === 0 && volume > 0) {
      rows[i]!.v = "";
      volume -= 1;
    }
  }
  return rows;
}

/** 17 rows with a price of zero or less (15 of them no bars), 3 more that are no bars, one more with negative volume. */
function zeroNegative(): Row[] {
  const rows = soundRows("zero", 100);
  for (let k = 0; k < 17; k++) {
    const i = 2 + k * 5;
    if (k < 5) put(rows, i, 0, -5, 10, -14_000);
    else if (k < 15) put(rows, i, -3, 100, 2, 50);
    else put(rows, i, -3, 0, -9, -5);
    if (k < 2) rows[i]!.v = -k - 1;
  }
  for (const i of [90, 93, 96]) put(rows, i, 15_000, 15_100, 15_050, 15_060);
  rows[98]!.v = -7;
  for (const i of [0, 1, 3, 4]) rows[i]!.v = 0;
  return rows;
}

/** 20 rows above 1e9 and 10 below 1e-6; 10 volumes that no integer holds. */
function precisionEdgeCases(): Row[] {
  const rows = soundRows("precision", 100);
  for (let k = 0; k < 10; k++) {
    put(rows, k * 10, 5e-324, 2.2e-308, 5e-324, 2.2e-308, 1);
    put(
      rows,
      k * 10 + 1,
      1.7976931348623157e308,
      1.7976931348623157e308,
      1.79e308,
      1.79e308,
      9.223372036854776e18,
    );
    put(rows, k * 10 + 2, 1e15 + 0.1, 1e15 + 0.2, 1e15, 1e15 + 0.2, 1e15);
  }
  return rows;
}

/** 79 rows outside of any plausible price, closes to 9.1e9, steps to 6.9 in logarithm, volume to 8e11. */
function extremeVolatility(): Row[] {
  const rows = soundRows("volatility", 100);
  for (let i = 21; i < 100; i++) {
    const c = i % 2 === 0 ? 9.1e9 : 9.1e9 / Math.exp(6.9);
    put(rows, i, c, c * 1.1, c * 0.9, c, i === 50 ? 8e11 : 700);
  }
  return rows;
}

/** 102 rows: 10 repeated stamps (2 of them whole rows), 8 steps back, 7 poison stamps from 2023 to 2099. */
function corruptedTimestamps(): Row[] {
  const sound = soundRows("timestamps", 88);
  const poison = new Map([
    [20, Date.UTC(2024, 11, 31)],
    [30, Date.UTC(2023, 11, 22)],
    [40, Date.UTC(2099, 11, 31)],
    [50, Date.UTC(2099, 11, 31)],
    [60, Date.UTC(2025, 0, 1)],
    [70, Date.UTC(2024, 11, 31)],
    [80, Date.UTC(2023, 11, 22)],
  ]);
  const repeats = new Set([10, 25, 35, 45, 55, 65]);
  const rows: Row[] = [];
  let next = 0;
  while (rows.length < 102) {
    const i = rows.length;
    const before = rows[i - 1];
    const at = poison.get(i);
    if (at !== undefined) rows.push({ ...sound[next - 1]!, t: at, v: 100 + i });
    else if (repeats.has(i) && before !== undefined)
      rows.push(i <= 25 ? { ...before } : { ...before, v: 100 + i });
    else if (i === 90) rows.push({ ...sound[next - 4]!, v: 100 + i });
    else rows.push(sound[next++]!);
  }
  return rows;
}

/** Everything at once: the counts of operations.md section 8, by types of rows whose numbers solve them. */
function mixedChaos(): Row[] {
  const rows = soundRows("chaos", 100);
  const kinds: (readonly [count: number, fill: (i: number, k: number) => void])[] = [
    [3, (i, k) => put(rows, i, 0, Infinity, 0, 0, -k - 1)],
    [3, (i) => put(rows, i, Infinity, "", Infinity, -Infinity, "")],
    [18, (i) => put(rows, i, Infinity, "", 1e40, -Infinity, "")],
    [1, (i) => put(rows, i, Infinity, Infinity, Infinity, -Infinity, 5)],
    [4, (i) => put(rows, i, 0, -39_338, 0, 0, -111)],
    [11, (i, k) => put(rows, i, -Infinity, -Infinity, 30_000, 30_000, k < 9 ? -5 : 5)],
    [4, (i) => put(rows, i, "", 15_100, 14_900, 15_000, 5)],
    [5, (i) => put(rows, i, "", -5, -10, -7, 5)],
    [
      45,
      (i, k) =>
        put(
          rows,
          i,
          1e7,
          k === 0 ? 3.976553443467859e56 : 1e9,
          1e6,
          k === 0 ? 3.976553443467859e56 : 1e8,
          k < 5 ? 0 : 9,
        ),
    ],
  ];
  let i = 3;
  for (const [count, fill] of kinds) {
    for (let k = 0; k < count; k++, i++) fill(i, k);
  }
  rows[0]!.t = start + 22 * halfHour;
  for (let k = 0; k < 17; k++) {
    const at = 5 + 5 * k;
    rows[at]!.t = k < 14 ? rows[at - 3]!.t : Date.UTC(2023, 11, 20 + k - 14);
  }
  return rows;
}

/** Name of a corpus file without its ending. */
export type CorpusName =
  | "extreme_corrupted_timestamps"
  | "extreme_extreme_volatility"
  | "extreme_infinity_values"
  | "extreme_mixed_chaos"
  | "extreme_nan_values"
  | "extreme_precision_edge_cases"
  | "extreme_zero_negative";

const makers: Readonly<Record<CorpusName, () => Row[]>> = {
  extreme_corrupted_timestamps: corruptedTimestamps,
  extreme_extreme_volatility: extremeVolatility,
  extreme_infinity_values: infinityValues,
  extreme_mixed_chaos: mixedChaos,
  extreme_nan_values: nanValues,
  extreme_precision_edge_cases: precisionEdgeCases,
  extreme_zero_negative: zeroNegative,
};

/** All names. */
export const corpusNames: readonly CorpusName[] = Object.keys(makers) as CorpusName[];

/** Text of a corpus file. */
export function corpusText(name: CorpusName): string {
  return textOf(name.replace("extreme_", ""), makers[name]());
}
