/**
 * @file Progress without a terminal: one line each 10 seconds or 5 % of the work, whichever is rarer, nothing for tasks
 * that end within two seconds, and a closing line for those that did not.
 */
import type { Clock } from "../../runtime/clock.ts";
import { renderSummaryLine } from "./pace.ts";
import type { Progress } from "./progress.ts";

const firstLineAfterMs = 2_000;
const lineEveryMs = 10_000;
const lineEveryShare = 0.05;

export function createLineProgress(clock: Clock, write: (text: string) => void): Progress {
  return {
    begin: (label, total, unit) => {
      const startMs = clock.elapsedMs();
      let shown = { ms: startMs, done: 0, lines: 0 };
      let last = { done: 0, rows: "" };
      let skipped = 0;
      const line = (): void => {
        const ms = clock.elapsedMs();
        write(
          `${renderSummaryLine({ label, unit, total, done: last.done, skipped, elapsedMs: ms - startMs })}${last.rows}\n`,
        );
        shown = { ms, done: last.done, lines: shown.lines + 1 };
      };
      return {
        skip: (count) => {
          skipped += count;
        },
        update: ({ done, rows }) => {
          last = { done, rows: (rows ?? []).map((row) => `  ${row.label} ${row.text}`).join("") };
          const ms = clock.elapsedMs();
          const dueByTime = ms - shown.ms >= (shown.lines === 0 ? firstLineAfterMs : lineEveryMs);
          const dueByWork = shown.lines === 0 || total === 0 || done - shown.done >= total * lineEveryShare;
          if (dueByTime && dueByWork) line();
        },
        end: () => {
          if (shown.lines > 0 && shown.done !== last.done) line();
        },
      };
    },
  };
}
