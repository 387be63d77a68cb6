/** @file What the look-ahead guard reports: the first difference of each subject, and how much it compared. */
import type { Perturbation } from "./perturb.ts";

/** Where the future was taken away or changed. */
export type LookaheadProbe = "truncation" | Perturbation | "timing";

/** What differed. */
export type LookaheadSubject = "feature" | "decision" | "fill" | "state" | "series";

/** The first difference of one subject under one probe. */
export interface LookaheadFinding {
  readonly probe: LookaheadProbe;
  readonly subject: LookaheadSubject;
  /** Bar of the clock series at which it showed. */
  readonly bar: number;
  /** Name of the feature, or kind of the record. */
  readonly name: string;
  readonly withFuture: string;
  readonly withoutFuture: string;
}

/** What was checked and found; a guard that compared nothing has proved nothing, so the counts are part of it. */
export interface LookaheadReport {
  readonly clean: boolean;
  /** Instants: at each one the future was taken away and changed. */
  readonly bars: number;
  /** 1 when every cut was made at full length; else the windows that a long run was checked in. */
  readonly windows: number;
  readonly featureValues: number;
  readonly decisions: number;
  readonly fills: number;
  readonly findings: readonly LookaheadFinding[];
}
