/**
 * @file Walk-forward windows: train on the past, test on the next stretch, move on. The joined test stretches are the
 * out-of-sample series. Purge rows between train and test keep labels apart (section 6 of docs/statistics.md).
 */
import { refuse } from "../issues.ts";

export interface WalkForwardOptions {
  readonly rows: number;
  readonly windows: number;
  /** `rolling` keeps the training length, `expanding` starts at row 0 always. */
  readonly kind: "rolling" | "expanding";
  /** Share of the rows that is training before the first test window. */
  readonly initialTrain?: number;
  /** Rows left out between training and test: at least the label horizon. */
  readonly purge?: number;
}

/** Half-open row ranges [from, to). */
export interface Window {
  readonly train: { readonly from: number; readonly to: number };
  readonly test: { readonly from: number; readonly to: number };
}

/** Consecutive windows whose test ranges tile the rows after the first training range. @throws `SPLIT_INVALID`, `PURGE_TOO_LARGE`. */
export function walkForward(options: WalkForwardOptions): Window[] {
  const { rows, windows, kind, initialTrain = 0.5, purge = 0 } = options;
  const first = Math.floor(rows * initialTrain);
  const size = Math.floor((rows - first) / windows);
  if (!(windows >= 1 && initialTrain > 0 && initialTrain < 1 && size >= 1)) {
    refuse({
      code: "SPLIT_INVALID",
      value: `${rows} rows, ${windows} windows, initial training share ${initialTrain}`,
      expected: "at least one test row per window and a training share between 0 and 1",
      hint: "Take fewer windows or more rows.",
    });
  }
  if (purge >= first) {
    refuse({
      code: "PURGE_TOO_LARGE",
      value: purge,
      expected: `a purge below the first training range (${first} rows)`,
      hint: "Shorten the label horizon or enlarge the initial training share.",
    });
  }
  return Array.from({ length: windows }, (_, i) => {
    const from = first + i * size;
    const to = i === windows - 1 ? rows : from + size;
    return { train: { from: kind === "rolling" ? from - first : 0, to: from - purge }, test: { from, to } };
  });
}
