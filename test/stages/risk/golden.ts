/** @file Cases of the golden file `risk-execution.json`; undefined where the shared folder is absent. */
import { existsSync, readFileSync } from "node:fs";

interface GoldenCase {
  readonly id: string;
  readonly inputs: unknown;
  readonly expected: unknown;
}

const url = new URL("../../../../shared/golden/risk-execution.json", import.meta.url);
const cases = existsSync(url)
  ? (JSON.parse(readFileSync(url, "utf8")) as { readonly cases: readonly GoldenCase[] }).cases
  : undefined;

export const hasGolden: boolean = cases !== undefined;
export const needsGolden: string = hasGolden ? "" : " (skipped: ../shared/golden is absent)";

/** Inputs and what is expected of them; lists of one length pair up by position. */
export interface GoldenPair<Inputs, Expected> {
  readonly inputs: Inputs;
  readonly expected: Expected;
}

export function goldenCase<Inputs, Expected>(id: string): GoldenPair<Inputs, Expected> {
  const found = cases?.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`no golden case ${id}`);
  return { inputs: found.inputs as Inputs, expected: found.expected as Expected };
}
