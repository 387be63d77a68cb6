/**
 * @file Mutated files: small sound files of many dialects, broken at random places; shared by the test and the bench.
 */
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { filePolicy } from "../../../src/market/quality/quarantine.ts";
import { importBytes } from "../../../src/market/import/import-bars.ts";
import type { ImportOptions } from "../../../src/market/import/import-options.ts";

const text = (lines: readonly string[], end = "\n"): Uint8Array =>
  new TextEncoder().encode(lines.join(end) + end);
const rows = (n: number, row: (i: number, price: string) => string): string[] =>
  Array.from({ length: n }, (_, i) => row(i, (15_000 + (i % 9) * 0.25).toFixed(2)));
const two = (n: number): string => String(n).padStart(2, "0");

/** Sound files and how they are imported. */
const seeds: readonly (readonly [name: string, bytes: Uint8Array, options: ImportOptions])[] = [
  [
    "NQ.csv",
    text(
      [
        "Timestamp,Open,High,Llow,Close,Volume",
        ...rows(
          30,
          (i, p) =>
            `${i < 15 ? "29/06/2020" : "2/7/2020"} ${i % 15}:30${i < 15 ? ":00" : ""},${p},${p},${p},${p},${i}`,
        ),
      ],
      "\r\n",
    ),
    { zone: "Asia/Jerusalem" },
  ],
  [
    "iso.csv",
    text([
      "time,open,high,low,close,volume",
      ...rows(25, (i, p) => `2025-03-04T${two(i % 24)}:00:00Z,${p},${p},${p},${p},9`),
    ]),
    {},
  ],
  [
    "unix.csv",
    text([
      "time;open;high;low;close",
      ...rows(25, (i, p) => `${1_733_184_000 + i * 300};${p};${p};${p};${p}`),
    ]),
    {},
  ],
  [
    "mt5.csv",
    text([
      "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>",
      ...rows(25, (i, p) => `2026.03.02\t01:${two(i)}:00\t${p}\t${p}\t${p}\t${p}\t7\t0`),
    ]),
    { zone: "Europe/Athens" },
  ],
  [
    "nt.txt",
    text(rows(25, (i, p) => `20061023 01${two(i)}00;${p};${p};${p};${p};8`)),
    { preset: "ninjatrader" },
  ],
  [
    "naive.csv",
    text([
      "datetime,open,high,low,close,volume",
      ...rows(48, (i, p) => `2025-03-0${3 + (i >> 4)} ${two((i % 16) + 1)}:00,${p},${p},${p},${p},3`),
    ]),
    { symbol: "NQ" },
  ],
  [
    "db.csv",
    text([
      "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol",
      ...rows(
        20,
        (i) =>
          `${1_700_000_000 + i * 60}000000000,33,1,2,15000000000000,15000000000000,15000000000000,15000000000000,1,NQH4`,
      ),
    ]),
    {},
  ],
];

const splices = [
  "nan",
  "inf",
  "-1e400",
  "99/99/9999",
  ",,,,",
  "\r",
  '"',
  "\uFEFF",
  "0",
  "2020-02-30T25:61:00+99:99",
  "é",
  "\0",
  "#",
  "1e308",
];

/** One broken copy of a file. */
function mutate(bytes: Uint8Array, random: Generator): Uint8Array {
  let current = [...bytes];
  for (let times = 1 + random.below(4); times > 0; times--) {
    const at = random.below(current.length + 1);
    const span = random.below(40);
    switch (random.below(7)) {
      case 0:
        current[at] = random.below(256);
        break;
      case 1:
        current.splice(at, span);
        break;
      case 2:
        current.splice(at, 0, ...new TextEncoder().encode(splices[random.below(splices.length)]));
        break;
      case 3:
        current.splice(at, 0, ...current.slice(random.below(current.length + 1)).slice(0, span * 4));
        break;
      case 4:
        current = current.slice(0, at);
        break;
      case 5:
        current = [...current.slice(at), ...current.slice(0, at)];
        break;
      default:
        current = current.map((byte) =>
          byte >= 48 && byte <= 57 && random.below(50) === 0 ? 48 + random.below(10) : byte,
        );
    }
  }
  return Uint8Array.from(current.map((byte) => byte ?? 32));
}

/** What became of the mutated files. */
export interface FuzzOutcome {
  readonly files: number;
  readonly imported: number;
  /** Refusals by code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Files that threw anything else, as reproducible cases. */
  readonly untyped: readonly { readonly file: number; readonly error: unknown }[];
  /** Imported series that break an invariant of bars. */
  readonly unsound: readonly number[];
}

/** Imports files `from <= i < to` of the stream of a seed. */
export function fuzzImports(seed: number, from: number, to: number): FuzzOutcome {
  const refused = new Map<string, number>();
  const untyped: { readonly file: number; readonly error: unknown }[] = [];
  const unsound: number[] = [];
  let imported = 0;
  for (let i = from; i < to; i++) {
    const random = Generator.fromKey(foldIn(keyFromSeed(seed), i));
    const [name, bytes, options] = seeds[random.below(seeds.length)]!;
    try {
      const policy = { ...filePolicy, maxRejected: i % 2 === 0 ? 0.5 : 0.01 };
      const { bars } = importBytes(mutate(bytes, random), name, "", { ...options, policy });
      imported += 1;
      for (let k = 0; k < bars.length; k++) {
        const [o, h, l, c] = [bars.o[k]!, bars.h[k]!, bars.l[k]!, bars.c[k]!];
        const rising = k === 0 || bars.t[k]! > bars.t[k - 1]!;
        if (!rising || !(h >= o && h >= c && l <= o && l <= c && bars.v[k]! >= 0 && l > 0)) unsound.push(i);
      }
    } catch (error) {
      if (isGrandModelError(error)) refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
      else untyped.push({ file: i, error });
    }
  }
  return { files: to - from, imported, refused, untyped, unsound };
}
