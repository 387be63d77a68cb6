/**
 * @file Moving rows between slabs: nothing allocated, one pass, the caller's arrays. "Row" means `width` numbers that
 * lie together. Complexity: rows x width.
 */

/** Any array that a slab lives in. */
type Slab = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

/** out[i] = from[index[i]] for i < count, row by row. */
export function gatherRows(from: Slab, width: number, index: Int32Array, count: number, out: Slab): void {
  if (width === 1) {
    for (let i = 0; i < count; i += 1) out[i] = from[index[i]!]!;
    return;
  }
  for (let i = 0; i < count; i += 1) {
    const source = index[i]! * width;
    const target = i * width;
    for (let f = 0; f < width; f += 1) out[target + f] = from[source + f]!;
  }
}

/**
 * Copies agents [first, first + agents) of every environment: from [B, all, width] to [B, agents, width], starting at
 * the given offsets.
 */
export function takeAgents(
  from: Slab,
  fromOffset: number,
  all: number,
  first: number,
  agents: number,
  width: number,
  copies: number,
  out: Slab,
  outOffset: number,
): void {
  const run = agents * width;
  let source = fromOffset + first * width;
  let target = outOffset;
  for (let b = 0; b < copies; b += 1) {
    for (let f = 0; f < run; f += 1) out[target + f] = from[source + f]!;
    source += all * width;
    target += run;
  }
}

/** The reverse: from [B, agents, width] into agents [first, first + agents) of [B, all, width]. */
export function putAgents(
  from: Slab,
  fromOffset: number,
  agents: number,
  width: number,
  copies: number,
  out: Slab,
  all: number,
  first: number,
): void {
  const run = agents * width;
  let source = fromOffset;
  let target = first * width;
  for (let b = 0; b < copies; b += 1) {
    for (let f = 0; f < run; f += 1) out[target + f] = from[source + f]!;
    source += run;
    target += all * width;
  }
}
