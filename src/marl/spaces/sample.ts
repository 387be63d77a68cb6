/** @file Draws a member of a space; the caller brings the generator, so spaces hold no randomness of their own. */
import type { Generator } from "../../runtime/random/generator.ts";
import { environmentError } from "../issues.ts";
import { emptyBox } from "./arrays.ts";
import { type Box, type Space, type SpaceValue, boxSize, dictEntries } from "./space.ts";

/**
 * A random member. Discrete parts are uniform over their legal choices; bounded Box elements are uniform, elements with
 * one bound are that bound plus or minus an exponential, unbounded ones are standard normal (as in Gymnasium).
 * @param mask 1 = legal, one entry per choice of every discrete head in flattening order (length M of the layout).
 * @throws GrandModelError `SPACE_VALUE_INVALID` when a head has no legal choice.
 */
export function sample(space: Space, generator: Generator, mask?: ArrayLike<number>): SpaceValue {
  return draw(space, generator, { mask, at: 0 });
}

/** Where the next head's choices begin in the mask. */
interface MaskCursor {
  readonly mask: ArrayLike<number> | undefined;
  at: number;
}

function draw(space: Space, generator: Generator, cursor: MaskCursor): SpaceValue {
  switch (space.kind) {
    case "discrete":
      return space.start + choose(space.n, generator, cursor);
    case "multi-discrete":
      return Int32Array.from(space.nvec, (n) => choose(n, generator, cursor));
    case "multi-binary":
      return Int8Array.from({ length: space.n }, () => choose(2, generator, cursor));
    case "box":
      return drawBox(space, generator);
    case "dict":
      return Object.fromEntries(
        dictEntries(space).map(([key, part]) => [key, draw(part, generator, cursor)]),
      );
    case "tuple":
      return space.spaces.map((part) => draw(part, generator, cursor));
    default:
      return space satisfies never;
  }
}

function choose(n: number, generator: Generator, cursor: MaskCursor): number {
  const { mask, at } = cursor;
  cursor.at += n;
  if (mask === undefined) return generator.below(n);
  let legal = 0;
  for (let i = 0; i < n; i += 1) if (mask[at + i] === 1) legal += 1;
  if (legal === 0) {
    throw environmentError("SPACE_VALUE_INVALID", {
      path: `mask[${at}..${at + n - 1}]`,
      expected: "at least one legal choice (1) in each head",
      hint: "An environment must always leave a legal action; end the agent instead.",
    });
  }
  let skip = generator.below(legal);
  for (let i = 0; i < n; i += 1) {
    if (mask[at + i] !== 1) continue;
    if (skip === 0) return i;
    skip -= 1;
  }
  return 0;
}

function drawBox(space: Box, generator: Generator): SpaceValue {
  const out = emptyBox(space);
  const whole = space.dtype !== "float32" && space.dtype !== "float64";
  for (let i = 0; i < boxSize(space); i += 1) {
    const low = space.low[i] ?? 0;
    const high = space.high[i] ?? 0;
    out[i] = whole ? low + generator.below(high - low + 1) : drawReal(low, high, generator);
  }
  return out;
}

function drawReal(low: number, high: number, generator: Generator): number {
  const boundedBelow = low !== -Infinity;
  const boundedAbove = high !== Infinity;
  if (boundedBelow && boundedAbove) {
    const u = generator.nextFloat64();
    // Weighted ends: `high - low` could overflow.
    return Math.min(high, Math.max(low, low * (1 - u) + high * u));
  }
  if (boundedBelow) return low - Math.log1p(-generator.nextFloat64());
  if (boundedAbove) return high + Math.log1p(-generator.nextFloat64());
  return generator.normal();
}
