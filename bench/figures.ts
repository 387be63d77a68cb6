/**
 * @file The contract of `npm run bench`: a suite measures figures; the harness adds the machine, the commit and the date.
 * Names are stable (`engine.update.b512.ms`); a figure that could not be measured is left out and said in a note,
 * never guessed.
 */
import type { MachineFacts } from "../src/runtime/machine/machine.adapter.ts";

/** One measured number. */
export interface Figure {
  /** `<suite>.<subject>.<unit or quantity>`: never renamed. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The bound or the peer, measured in the same run. */
  readonly reference?: number;
  /** `value` against `reference`, so that 1 is parity and more is better. */
  readonly ratio?: number;
  /** Conditions that the name does not carry: batch, network, share of the roofline. */
  readonly note?: string;
}

/** What a suite may use while it measures. */
export interface BenchContext {
  /** Monotonic milliseconds. */
  readonly elapsedMs: () => number;
  /** Says on standard error what is being measured; call it before anything that takes over two seconds. */
  readonly step: (text: string) => void;
  /** `--quick`: a tenth of the repetitions, for smoke tests; figures are then labelled so by the harness. */
  readonly quick: boolean;
  /** `--runs`: how often suites that repeat a whole run do so. */
  readonly runs?: number;
}

/** `bench/<name>.ts` exports `<name>Suite` of this type; the harness imports it lazily by name. */
export type Suite = (context: BenchContext) => Promise<readonly Figure[]>;

/** What `npm run --silent bench -- <suite> --json` prints, and nothing else. */
export interface BenchReport {
  readonly suite: string;
  readonly machine: MachineFacts;
  readonly commit: string;
  readonly date: string;
  readonly figures: readonly Figure[];
}
