/** @file The parameters of the gap detector and their defaults (features.md section 12). */
import type { MitigationMode } from "./gap-book.kernel.ts";

/** Parameters of the detector. */
export interface FvgOptions {
  /** The middle bar's body must exceed this many mean bodies; 0 turns the filter off. */
  readonly displacement: number;
  /** Bodies in that mean; the middle bar is not among them. */
  readonly bodyWindow: number;
  /** Require the middle bar to close beyond the far edge of the first bar. */
  readonly strictClose: boolean;
  readonly minTicks: number;
  readonly minAtr: number;
  /** Smallest size in percent of the price; 0 is off. */
  readonly minPercent: number;
  readonly maxAge: number;
  /** Open gaps kept a direction. */
  readonly capacity: number;
  readonly mitigationMode: MitigationMode;
  readonly tick: number;
}

export const fvgDefaults: Omit<FvgOptions, "tick"> = {
  displacement: 1.5,
  bodyWindow: 20,
  strictClose: false,
  minTicks: 2,
  minAtr: 0.1,
  minPercent: 0,
  maxAge: 50,
  capacity: 64,
  mitigationMode: "touchHold",
};
