/** @file What `grandmodel backtest` has in hand after its runs. */
import type { TrialCount } from "../../evaluation/trials/trial-count.ts";
import type { BacktestResult } from "../../trading/result.ts";

/** One seed's run. */
export interface SeedRun {
  readonly seed: number;
  readonly result: BacktestResult;
  /** Trade date of each bar of the equity curve. */
  readonly sessions: Int32Array;
}

/** What the registry says after the runs. */
export interface RegisteredTrials extends TrialCount {
  readonly file: string;
}

/** The runs, and how many configurations have by now been tried on their bars. */
export interface BacktestOutcome {
  readonly runs: readonly [SeedRun, ...SeedRun[]];
  readonly trials: RegisteredTrials;
}
