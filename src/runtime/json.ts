/** @file JSON values and their canonical text (RFC 8785 in spirit: sorted keys, shortest numbers, no spaces). */
import { GrandModelError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text per value: object keys sorted by code unit, no white space.
 * @throws GrandModelError `JSON_NOT_FINITE` for NaN and infinities, which JSON cannot carry.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new GrandModelError({
      code: "JSON_NOT_FINITE",
      value: String(value),
      expected: "finite numbers only",
      hint: "Store null, or a string, where a value is missing.",
    });
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${fields.join(",")}}`;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
