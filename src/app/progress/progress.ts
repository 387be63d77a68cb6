/**
 * @file The progress port: everything that takes over two seconds reports here, and does not know whether a terminal,
 * a log file or nobody is watching.
 */

/** A line of numbers below the bar; `values` draw the sparkline. */
export interface ProgressRow {
  readonly label: string;
  /** The newest value as text with its unit. */
  readonly text: string;
  /** Most recent last; the window draws the last 60. */
  readonly values?: readonly number[];
  /** The row is out of its range and is drawn as a warning. */
  readonly warning?: boolean;
}

/** How far a task is. */
export interface ProgressUpdate {
  readonly done: number;
  readonly rows?: readonly ProgressRow[];
}

/** A task under way; always ended, also when it failed. */
export interface ProgressTask {
  /** So much of the total was done by an earlier process: it counts as done and not for the speed. */
  readonly skip: (count: number) => void;
  readonly update: (update: ProgressUpdate) => void;
  readonly end: () => void;
}

/** Where tasks report. */
export interface Progress {
  /** @param total in `unit` (`steps`, `rows`); 0 when unknown. */
  readonly begin: (label: string, total: number, unit: string) => ProgressTask;
}

/** Nobody is watching: `--quiet`, or a test. */
export const silentProgress: Progress = {
  begin: () => ({ skip: () => undefined, update: () => undefined, end: () => undefined }),
};
