/**
 * @file `await check(name, measured, rule)`: a measured value against its threshold, which the runner collects. A check
 * that does not hold says so and lets the notebook go on: the run then ends with exit code 1 and the check's name.
 */
import { checkMime } from "./mime-types.ts";
import type { Verdict } from "./verdict.ts";
import { noteVerdict } from "../workbench/session.ts";
import { publish } from "./display.ts";

/** What a value has to be. */
export type Rule =
  | { readonly atMost: number; readonly unit?: string }
  | { readonly atLeast: number; readonly unit?: string }
  | { readonly between: readonly [number, number]; readonly unit?: string }
  | { readonly near: number; readonly within: number; readonly unit?: string }
  | { readonly equals: number | string | boolean };

/** Shows and records. NaN passes no rule. */
export async function check(name: string, measured: Verdict["measured"], rule: Rule): Promise<void> {
  const verdict = judge(name, measured, rule);
  noteVerdict(verdict);
  await publish({ "text/plain": verdictText(verdict, rule), [checkMime]: { ...verdict } });
}

/** The verdict alone; what JSON cannot carry is stored as text. */
export function judge(name: string, measured: Verdict["measured"], rule: Rule): Verdict {
  const storable = typeof measured === "number" && !Number.isFinite(measured) ? String(measured) : measured;
  return { name, measured: storable, threshold: ruleText(rule), pass: holds(measured, rule) };
}

/** One line for people. */
export function verdictText({ name, measured, threshold, pass }: Verdict, rule: Rule): string {
  const unit = "unit" in rule && rule.unit !== undefined ? ` ${rule.unit}` : "";
  return `${pass ? "PASS" : "FAIL"}  ${name}: ${valueText(measured)}${unit} (${threshold})`;
}

function holds(measured: number | string | boolean, rule: Rule): boolean {
  if ("equals" in rule) return measured === rule.equals;
  if (typeof measured !== "number") return false;
  if ("atMost" in rule) return measured <= rule.atMost;
  if ("atLeast" in rule) return measured >= rule.atLeast;
  if ("between" in rule) return measured >= rule.between[0] && measured <= rule.between[1];
  return Math.abs(measured - rule.near) <= rule.within;
}

function ruleText(rule: Rule): string {
  const unit = "unit" in rule && rule.unit !== undefined ? ` ${rule.unit}` : "";
  if ("equals" in rule) return `= ${rule.equals}`;
  if ("atMost" in rule) return `<= ${rule.atMost}${unit}`;
  if ("atLeast" in rule) return `>= ${rule.atLeast}${unit}`;
  if ("between" in rule) return `${rule.between[0]} to ${rule.between[1]}${unit}`;
  return `${rule.near} ± ${rule.within}${unit}`;
}

/** Seven significant figures: enough to see, and the same on every runtime. */
function valueText(value: number | string | boolean): string {
  return typeof value === "number" ? String(Number(value.toPrecision(7))) : String(value);
}
