/**
 * @file Progress on a terminal: a window of at most 12 rows pinned below the scrolling log, redrawn at most ten times a
 * second, when a task reports (no timer: a training loop may never give the event loop a turn). Text written through `write` scrolls above it. Every row is cut to the width of the terminal, so that the
 * number of rows drawn is the number of rows to clear.
 */
import type pc from "picocolors";
import type { Clock } from "../../runtime/clock.ts";
import { renderSummaryLine, sparkline } from "./pace.ts";
import type { Progress, ProgressRow } from "./progress.ts";

const maxRows = 12;
const redrawEveryMs = 100;
const sparkWidth = 60;

/** What the window draws on. */
export interface Screen {
  readonly clock: Clock;
  readonly columns: () => number;
  readonly colors: ReturnType<typeof pc.createColors>;
  readonly write: (text: string) => void;
}

/** The window as a progress sink. */
export interface LiveWindow {
  readonly progress: Progress;
  /** Writes above the window; the text of a line repeated at once collapses to `(x3)`. */
  readonly write: (text: string) => void;
  readonly hide: () => void;
  readonly close: () => void;
}

interface Task {
  readonly label: string;
  readonly unit: string;
  readonly total: number;
  readonly startMs: number;
  done: number;
  skipped: number;
  rows: readonly ProgressRow[];
}

export function createLiveWindow(screen: Screen): LiveWindow {
  const tasks = new Set<Task>();
  let drawn = 0;
  let repeated = { text: "", times: 0 };
  let drawnMs = -Infinity;

  const clear = (): string => (drawn === 0 ? "" : `\u001B[${drawn}F\u001B[J`);
  const hide = (): void => {
    screen.write(clear());
    drawn = 0;
  };
  const draw = (): void => {
    const rows = [...tasks].flatMap((task) => renderTask(task, screen)).slice(0, maxRows);
    screen.write(clear() + rows.map((row) => `${row}\n`).join(""));
    drawn = rows.length;
    drawnMs = screen.clock.elapsedMs();
  };
  return {
    hide,
    write: (text) => {
      const again = text === repeated.text && text !== "";
      repeated = again ? { text, times: repeated.times + 1 } : { text, times: 1 };
      const body = again ? `\u001B[1F\u001B[K${text.trimEnd()} (x${repeated.times})\n` : text;
      screen.write(clear() + body);
      drawn = 0;
      if (tasks.size > 0) draw();
    },
    close: hide,
    progress: {
      begin: (label, total, unit) => {
        const task: Task = {
          label,
          unit,
          total,
          startMs: screen.clock.elapsedMs(),
          done: 0,
          skipped: 0,
          rows: [],
        };
        tasks.add(task);
        return {
          skip: (count) => {
            task.skipped += count;
          },
          update: ({ done, rows }) => {
            task.done = done;
            task.rows = rows ?? task.rows;
            if (screen.clock.elapsedMs() - drawnMs >= redrawEveryMs) draw();
          },
          end: () => {
            tasks.delete(task);
            if (tasks.size === 0) hide();
          },
        };
      },
    },
  };
}

function renderTask(task: Task, { clock, columns, colors }: Screen): string[] {
  const width = Math.max(columns() - 1, 20);
  const elapsedMs = clock.elapsedMs() - task.startMs;
  const head = renderSummaryLine({ ...task, elapsedMs }).slice(0, width);
  const labelWidth = Math.max(0, ...task.rows.map((row) => row.label.length));
  const textWidth = Math.max(0, ...task.rows.map((row) => (row.values === undefined ? 0 : row.text.length)));
  const rows = task.rows.map((row) => {
    const plain = `  ${row.label.padEnd(labelWidth)}  ${row.text.padEnd(textWidth)}`;
    const room = Math.min(sparkWidth, width - plain.length - 2);
    const spark = room >= 8 && row.values !== undefined ? `  ${sparkline(row.values, room)}` : "";
    const text = plain.slice(0, width);
    return row.warning === true ? colors.yellow(text + spark) : text + colors.cyan(spark);
  });
  return [colors.bold(head), renderBar(task, width, colors), ...rows];
}

function renderBar(task: Task, width: number, colors: Screen["colors"]): string {
  if (task.total === 0) return "";
  const room = Math.min(width, 60);
  const filled = Math.round(Math.min(task.done / task.total, 1) * room);
  return colors.green("━".repeat(filled)) + colors.dim("━".repeat(room - filled));
}
