/** @file What a check of `grandmodel doctor` is. */

/** One row. */
export interface Check {
  readonly name: string;
  readonly importance: "required" | "advised" | "optional";
  readonly state: "ok" | "warn" | "fail" | "absent";
  readonly found: string;
  readonly needed: string;
  /** What to do; empty when the state is ok. */
  readonly remedy: string;
}

/** What a check finds; a check that throws has found its own failure. */
export interface Finding {
  readonly state: Check["state"];
  readonly found: string;
  readonly remedy?: string;
}

/** One thing to look at. */
export interface Examination {
  readonly name: string;
  readonly importance: Check["importance"];
  readonly needed: string;
  /** What to do when it throws. */
  readonly remedy: string;
  readonly look: () => Finding | Promise<Finding>;
}
