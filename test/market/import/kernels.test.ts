/** @file The byte kernels against the slow and obvious: `Number`, `Date`, and splitting text. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  lastNumberFault,
  lastScanEnd,
  numberFault,
  parseNumber,
  scanNumber,
} from "../../../src/market/import/number.kernel.ts";
import {
  allocateRows,
  columnRole,
  parseRows,
  type RowLayout,
} from "../../../src/market/import/rows.kernel.ts";
import {
  lastStampForm,
  parseClock,
  parseStamp,
  stampForm,
  unpackStamp,
} from "../../../src/market/import/stamp.kernel.ts";
import { rejectReason } from "../../../src/market/quality/reasons.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const stampOf = (text: string): readonly [form: number, ms: number] => {
  const all = bytes(text);
  const ms = parseStamp(all, 0, all.length);
  return [lastStampForm(), ms];
};
const two = (n: number): string => String(n).padStart(2, "0");

describe("numbers", () => {
  const decimal = fc
    .tuple(
      fc.constantFrom("", "-", "+"),
      fc.nat(10 ** 9),
      fc.nat(10 ** 9),
      fc.nat(9),
      fc.constantFrom("", "e3", "E-7", "e+300"),
    )
    .map(
      ([sign, whole, fraction, digits, exponent]) =>
        `${sign}${whole}${digits === 0 ? "" : `.${String(fraction).slice(0, digits)}`}${exponent}`,
    );

  test("equal Number bit for bit", () => {
    fc.assert(
      fc.property(
        fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        (text) => {
          const all = bytes(text);
          expect(parseNumber(all, 0, all.length)).toBe(Number(text));
          const scanned = scanNumber(bytes(`${text},7`), 0, text.length + 2, 44);
          if (lastScanEnd() >= 0) expect([scanned, lastScanEnd()]).toEqual([Number(text), text.length]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["", numberFault.missing],
    ["NaN", numberFault.missing],
    ["null", numberFault.missing],
    ["inf", numberFault.infinite],
    ["-Infinity", numberFault.infinite],
    ["1e400", numberFault.infinite],
    ["12x", numberFault.text],
    ["0x10", numberFault.text],
    ["1,5", numberFault.text],
    ["1.2.3", numberFault.text],
    ["-", numberFault.text],
  ])("%j is told apart from a number", (text, fault) => {
    const all = bytes(text);
    const value = parseNumber(all, 0, all.length);
    expect(lastNumberFault()).toBe(fault);
    expect(Number.isFinite(value)).toBe(false);
  });
});

describe("stamps", () => {
  const instant = fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2090, 0) });

  test("any instant reads alike in every form", () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const second = Math.floor(ms / 1000) * 1000;
        const date = new Date(second);
        const iso = date.toISOString();
        const [day, clock] = [iso.slice(0, 10), iso.slice(11, 19)];
        const [y, m, d] = day.split("-").map(Number) as [number, number, number];
        const wall = [stampForm.wall, second];
        expect(stampOf(iso)).toEqual([stampForm.instant, second]);
        expect(stampOf(new Date(ms).toISOString())).toEqual([stampForm.instant, ms]);
        expect(stampOf(`${day} ${clock}`)).toEqual(wall);
        expect(stampOf(`${day}T${clock}+05:30`)).toEqual([stampForm.instant, second - 19_800_000]);
        expect(stampOf(`${day} ${clock}-0400`)).toEqual([stampForm.instant, second + 14_400_000]);
        expect(stampOf(`${y}.${two(m)}.${two(d)} ${clock}`)).toEqual(wall);
        expect(stampOf(`${day.replaceAll("-", "")} ${clock.replaceAll(":", "")}`)).toEqual(wall);
        expect(stampOf(`${day.replaceAll("-", "")}${clock.replaceAll(":", "")}`)).toEqual(wall);
        const [form, packed] = stampOf(`${d}/${m}/${y} ${clock}`);
        expect([form, unpackStamp(packed, true)]).toEqual([stampForm.packed, second]);
        const american = stampOf(`${two(m)}/${two(d)}/${y} ${clock}`)[1];
        expect(unpackStamp(american, false)).toBe(second);
      }),
      { numRuns: 500 },
    );
  });

  test("epochs are told apart by magnitude", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 3_000_000_000 }), fc.nat(999), (seconds, ms) => {
        const at = seconds * 1000 + ms;
        const instantAt = [stampForm.instant, at];
        expect(stampOf(String(seconds))).toEqual([stampForm.instant, seconds * 1000]);
        expect(stampOf(String(at))).toEqual(instantAt);
        expect(stampOf(`${at}123`)).toEqual(instantAt);
        expect(stampOf(`${at}123456`)).toEqual(instantAt);
        expect(stampOf(`${seconds}.${String(ms).padStart(3, "0")}`)).toEqual(instantAt);
      }),
    );
  });

  test.each([
    "",
    "abc",
    "2025-02-30 10:00",
    "2025-13-01",
    "32/01/2024",
    "2025-01-01 24:00",
    "2025-01-01 10:60",
    "5",
    "2025-01-01T10:00:00+99:00",
    "20251301 000000",
  ])("%j is no time", (text) => expect(stampOf(text)[0]).toBe(stampForm.fault));

  test("clocks read with colons, compact, and in halves of the day", () => {
    const clock = (text: string): number => parseClock(bytes(text), 0, text.length);
    expect([clock("9:30"), clock("09:30:15"), clock("093015"), clock("12:05 AM"), clock("1:30 PM")]).toEqual([
      34_200_000, 34_215_000, 34_215_000, 300_000, 48_600_000,
    ]);
    expect([clock("13:00 PM"), clock("25:00"), clock("x")]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });
});

describe("rows", () => {
  const roles = ["stamp", "open", "high", "low", "close", "volume"] as const;
  const layout: RowLayout = {
    separator: 44,
    roles: Uint8Array.from(roles, (role) => columnRole[role]),
    midnightMs: 0,
    symbol: new Uint8Array(0),
    priceDivisor: 1,
  };
  const parse = (text: string): ReturnType<typeof allocateRows> => {
    const block = allocateRows(16);
    const all = bytes(text);
    parseRows(all, all.length, layout, block, {
      position: 0,
      line: 1,
      padded: 0,
      unpadded: 0,
      otherSymbol: 0,
    });
    return block;
  };

  test("line ends, blank lines, comments, quotes and spaces leave values and line numbers right", () => {
    const block = parse(
      '1733184000,1,2,0.5,1.5,9\r\n\r\n# note\n"1733184300" , "1" ,2, 0.5,1.5,9\r1733184600,1,2,0.5,1.5,9',
    );
    expect(block.rows).toBe(3);
    expect([...block.line.subarray(0, 3)]).toEqual([1, 4, 5]);
    expect([...block.status.subarray(0, 3)]).toEqual([0, 0, 0]);
    for (const column of [block.o, block.h, block.l, block.c, block.v]) {
      expect(column[1]).toBe(column[0]);
      expect(column[2]).toBe(column[0]);
    }
  });

  test("short rows and words set their bits and stop nothing", () => {
    const block = parse(
      "1733184000,1,2\n1733184300,1,2,x,1.5,9\n1733184600,1,,0.5,1.5,inf\nlater,1,2,0.5,1.5,9\n1733184900,1,2,0.5,1.5,9\n",
    );
    expect([...block.status.subarray(0, 5)]).toEqual([
      rejectReason.PARSE,
      rejectReason.PARSE,
      rejectReason.NAN | rejectReason.INF,
      rejectReason.PARSE,
      0,
    ]);
  });
});
