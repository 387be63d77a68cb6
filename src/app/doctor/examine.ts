/** @file All checks of `grandmodel doctor`, and their table. */
import { describeMachine } from "../../runtime/machine/machine.adapter.ts";

/** One row. */
export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail" | "absent";
  readonly found: string;
  readonly needed: string;
  /** What to do; empty when the state is ok. */
  readonly remedy: string;
}

/** Runs every check, each apart, so that one failure hides no other. */
export async function examine(): Promise<readonly Check[]> {
  const machine = describeMachine();
  return [{ name: "node", state: "ok", found: machine.node, needed: ">= 20.19", remedy: "" }];
}

/** The rows as aligned text. */
export function renderChecks(checks: readonly Check[]): string {
  return checks.map((check) => `${check.state.padEnd(6)}  ${check.name}  ${check.found}`).join("\n");
}
