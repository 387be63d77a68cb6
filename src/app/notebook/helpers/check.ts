/**
 * @file `await check(name, measured, rule)`: a measured value against its threshold, which the runner collects. A check
 * that does not hold says so and lets the notebook go on: the run then ends with exit code 1 and the check's name.
 */
import { checkMime } from "./mime-types.ts";
import { publish } from "./display.ts";

/** What a value has to be. */
export type Rule =
  | { readonly atMost: number; readonly unit?: string }
  | { readonly atLeast: number; readonly unit?: string }
  | { readonly between: readonly [number, number]; readonly unit?: string }
  | { readonly near: number; readonly within: number; readonly unit?: string }
  | { readonly equals: number | string | boolean };

/** Shows and records; resolves to whether it holds. NaN never does. */
export async function check(name: string, measured: number | string | boolean, rule: Rule): Promise<boolean> {
  const pass = holds(measured, rule);
  const threshold = ruleText(rule);
  const unit = "unit" in rule && rule.unit !== undefined ? ` ${rule.unit}` : "";
  const text = `${pass ? "PASS" : "FAIL"}  ${name}: ${valueText(measured)}${unit} (${threshold})`;
  const storable = typeof measured === "number" && !Number.isFinite(measured) ? String(measured) : measured;
  await publish({ "text/plain": text, [checkMime]: { name, measured: storable, threshold, pass } });
  return pass;
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
