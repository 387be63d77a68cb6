/** @file Progress as people see it: numbers, lines without a terminal, the window on one. */
import pc from "picocolors";
import { describe, expect, test } from "vitest";
import { createLineProgress } from "../../../src/app/progress/line-progress.ts";
import { createLiveWindow } from "../../../src/app/progress/live-window.ts";
import { durationText, group, renderSummaryLine, sparkline } from "../../../src/app/progress/pace.ts";
import { manualClock } from "../../../src/runtime/clock.ts";

describe("numbers", () => {
  test("are grouped, durations short, sparklines between least and greatest", () => {
    expect([0, 999, 1000, 1234567.4].map(group)).toStrictEqual(["0", "999", "1,000", "1,234,567"]);
    expect([850, 9_400, 120_000, 200_000, 7_500_000].map(durationText)).toStrictEqual([
      "850 ms",
      "9 s",
      "2 min",
      "3 min 20 s",
      "2 h 5 min",
    ]);
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([9, 0, Number.NaN, 1], 3)).toBe("▁ █");
    expect(sparkline([5, 5], 4)).toBe("▅▅");
  });

  test("of a resumed task count the steps of this process for the speed", () => {
    const line = renderSummaryLine({
      label: "train",
      unit: "steps",
      total: 1000,
      done: 600,
      skipped: 500,
      elapsedMs: 1000,
    });
    expect(line).toBe("train  600 / 1,000 steps  60.0 %  100 steps/s  4 s left");
  });
});

describe("without a terminal", () => {
  test("a task says nothing for two seconds, then a line each ten seconds or 5 %, whichever is rarer", () => {
    const clock = manualClock();
    const lines: string[] = [];
    const task = createLineProgress(clock, (text) => void lines.push(text)).begin("import", 1000, "rows");
    for (let second = 1; second <= 40; second += 1) {
      clock.advance(1000);
      task.update({ done: second * 4 });
    }
    task.end();
    // At 2 s; at 5 % more (58 rows, 15 s); 108 rows (27 s); 158 rows (40 s).
    expect(lines.map((line) => /import {2}(\d+)/.exec(line)?.[1])).toStrictEqual(["8", "60", "112", "160"]);
  });

  test("a short task says nothing at all", () => {
    const clock = manualClock();
    const lines: string[] = [];
    const task = createLineProgress(clock, (text) => void lines.push(text)).begin("quick", 10, "rows");
    clock.advance(1500);
    task.update({ done: 10 });
    task.end();
    expect(lines).toStrictEqual([]);
  });
});

const escapeCharacter = "\u001B";
const pieces = new RegExp(`(${escapeCharacter}\\[\\d*[FJK]|\\n)`);
const command = new RegExp(`^${escapeCharacter}\\[(\\d*)([FJK])$`);

/** A terminal that understands what the window uses: line feed, up, clear to the end, clear the line. */
function screen(columns: number): { readonly write: (text: string) => void; readonly rows: () => string[] } {
  let lines = [""];
  let row = 0;
  const write = (text: string): void => {
    for (const part of text.split(pieces)) {
      const escape = command.exec(part);
      if (part === "\n") {
        row += 1;
        lines[row] ??= "";
      } else if (escape?.[2] === "F") row -= Number(escape[1]);
      else if (escape?.[2] === "J") lines = [...lines.slice(0, row), ""];
      else if (escape?.[2] === "K") lines[row] = "";
      else {
        expect(part.length).toBeLessThanOrEqual(columns);
        lines[row] += part;
      }
    }
  };
  return { write, rows: () => lines.slice(0, -1) };
}

describe("on a terminal", () => {
  test("the window stays below the log, is redrawn in place, and leaves nothing behind", () => {
    const clock = manualClock();
    const { write, rows } = screen(60);
    const window = createLiveWindow({ clock, columns: () => 60, colors: pc.createColors(false), write });
    const task = window.progress.begin("train", 100, "steps");
    const shown = (done: number): void => {
      clock.advance(1000);
      task.update({ done, rows: [{ label: "return", text: "1.50", values: [1, 2, 3] }] });
    };
    shown(10);
    expect(rows()[0]).toBe("train  10 / 100 steps  10.0 %  10 steps/s  9 s left");
    expect(rows().at(-1)).toBe("  return  1.50  ▁▅█");
    window.write("a log line\n");
    shown(20);
    expect(rows()[0]).toBe("a log line");
    expect(rows()[1]).toMatch(/^train {2}20 \/ 100/);
    expect(rows()).toHaveLength(4);
    task.end();
    window.close();
    expect(rows()).toStrictEqual(["a log line"]);
  });

  test("a line that is repeated at once collapses to a count", () => {
    const { write, rows } = screen(60);
    const window = createLiveWindow({
      clock: manualClock(),
      columns: () => 60,
      colors: pc.createColors(false),
      write,
    });
    for (let i = 0; i < 3; i += 1) window.write("slow\n");
    window.write("other\n");
    expect(rows()).toStrictEqual(["slow (x3)", "other"]);
  });

  test("rows are cut to the width and to twelve", () => {
    const clock = manualClock();
    const { write, rows } = screen(40);
    const window = createLiveWindow({ clock, columns: () => 40, colors: pc.createColors(false), write });
    const task = window.progress.begin(
      "a task with a name that is far too long for the terminal",
      10,
      "things",
    );
    clock.advance(200);
    task.update({
      done: 1,
      rows: Array.from({ length: 20 }, (_, i) => ({ label: `row ${i}`, text: "x".repeat(80) })),
    });
    expect(rows()).toHaveLength(12);
    for (const row of rows()) expect(row.length).toBeLessThan(40);
  });
});
