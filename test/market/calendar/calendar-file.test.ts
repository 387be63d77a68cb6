/** @file Calendars from YAML: what they change, what they leave, and every fault with its line. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readCalendar } from "../../../src/market/calendar/calendar-file.adapter.ts";
import { sessionCalendar } from "../../../src/market/session.ts";
import { isGrandModelError } from "../../../src/runtime/errors.ts";
import { temporaryFolder } from "../stream/csv-file.ts";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
let files = 0;
function fileOf(...lines: readonly string[]): string {
  const path = join(folder.path, `calendar-${(files += 1)}.yaml`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
const head = ["template: cme-equity", "source: test"];

/** Lines and paths of the faults. */
function faultsOf(path: string): (readonly [string, number | undefined, string | undefined])[] {
  try {
    readCalendar(path);
  } catch (error) {
    if (isGrandModelError(error)) return error.issues.map(({ code, line, path: at }) => [code, line, at]);
    throw error;
  }
  return [];
}

describe("a calendar file", () => {
  test("adds closed days, early closes, halts and ordinary days to the built-in ones", () => {
    const own = readCalendar(
      fileOf(
        ...head,
        "days:",
        "  - { date: 2025-05-14, type: closed, reason: a made holiday }",
        '  - { date: 2025-05-15, type: early, closeEt: "12:00" }',
        "  - { date: 2025-05-26, type: full }",
        "halts:",
        '  - { from: 2025-05-19, to: 2025-05-20, startEt: "10:00", endEt: "10:15" }',
      ),
    );
    expect(own.sessionOf(2025_05_14)).toBeUndefined();
    const early = own.sessionOf(2025_05_15);
    expect([early?.kind, new Date(early!.closeMs).toISOString()]).toEqual([
      "early",
      "2025-05-15T16:00:00.000Z",
    ]);
    const memorialDay = sessionCalendar("cme-equity").sessionOf(2025_05_26);
    expect([memorialDay?.kind, own.sessionOf(2025_05_26)?.kind]).toEqual(["early", "full"]);
    const open = (day: number, hour: number): boolean => own.isOpen(Date.UTC(2025, 4, day, hour, 5));
    expect([open(19, 14), open(20, 14), open(21, 14), open(19, 15)]).toEqual([false, false, true, true]);
    for (const date of [2025_07_04, 2025_12_25, 2025_06_11])
      expect(own.sessionOf(date)).toEqual(sessionCalendar("cme-equity").sessionOf(date));
  });

  test("can leave the built-in days out and set its own hours", () => {
    const own = readCalendar(
      fileOf(...head, "builtIn: false", 'session: { openEt: "09:30", closeEt: "16:00" }'),
    );
    const session = own.sessionOf(2025_12_25);
    expect([session?.openMs, session?.closeMs]).toEqual([
      Date.UTC(2025, 11, 25, 14, 30),
      Date.UTC(2025, 11, 25, 21),
    ]);
    expect([own.tradeDate(Date.UTC(2025, 11, 25, 15)), own.isOpen(Date.UTC(2025, 11, 25, 22))]).toEqual([
      2025_12_25,
      false,
    ]);
  });

  test.each([
    ["an unknown template", ["template: nyse", "source: x"], 1, "template"],
    ["a wrong key", [...head, "holidays: []"], 1, undefined],
    [
      "an early close without its time",
      [...head, "days:", "  - { date: 2025-05-15, type: early }"],
      4,
      "days[0].closeEt",
    ],
    ["no date", [...head, "days:", "  - { date: 15/05/2025, type: closed }"], 4, "days[0].date"],
    [
      "an hour that is none",
      [...head, "session:", '  openEt: "18:00"', '  closeEt: "25:00"'],
      5,
      "session.closeEt",
    ],
    [
      "a date twice",
      [...head, "days:", "  - { date: 2025-05-15, type: closed }", "  - { date: 2025-05-15, type: full }"],
      5,
      "days[1].date",
    ],
    [
      "a halt that ends before it starts",
      [...head, "halts:", '  - { from: 2025-05-19, to: 2025-05-20, startEt: "10:00", endEt: "09:00" }'],
      4,
      "halts[0].endEt",
    ],
  ])("is refused with the line: %s", (_, lines, line, path) => {
    expect(faultsOf(fileOf(...lines))).toEqual([["CALENDAR_INVALID", line, path]]);
  });

  test("is refused when it is absent, or no YAML", () => {
    expect(() => readCalendar(join(folder.path, "absent.yaml"))).toThrow(/FILE_MISSING .*--calendar/);
    expect(faultsOf(fileOf("template: [cme"))[0]?.[0]).toBe("CONFIG_YAML");
  });
});
