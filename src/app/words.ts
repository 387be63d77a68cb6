/** @file Words of the command line and of environment variables as values. */
import { usageError } from "./issues.ts";
import type { Json } from "../runtime/json.ts";

/** `5`, `1e6`, `-0.1` are numbers, `true` and `false` booleans, `null` nothing, `[64,64]` a list, anything else text. */
export function readScalar(text: string): Json {
  if (/^[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text)) return Number(text.replaceAll("_", ""));
  if (text === "true") return true;
  if (text === "false") return false;
  if (text === "null") return null;
  if (/^\[.*\]$/s.test(text)) return listOrText(text);
  return text;
}

function listOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `2h`, `1.5m` in seconds. @throws GrandModelError `USAGE_VALUE`. */
export function readDuration(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const unit = secondsPer[match?.[2] ?? ""];
  if (match === null || unit === undefined) {
    throw usageError(
      "USAGE_VALUE",
      text,
      "a duration such as 90s, 15m or 2h",
      `Give ${flag} a number and a unit.`,
    );
  }
  return Number(match[1]) * unit;
}

/** The nearest of `names` within two edits (a third of the length for long words), or undefined. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      best = name;
      least = distance;
    }
  }
  return best;
}

/** Edits from `a` to `b`, two swapped neighbours counting as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
