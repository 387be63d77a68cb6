/**
 * @file Moving rows between slabs: one pass, the caller's arrays. "Row" means `width` numbers that lie together; long rows
 * move as blocks (a view costs less than 64 numbers one by one). Complexity: rows x width.
 */

/** Any array that a slab lives in. */
type Slab = Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array;

/** Numbers from which a block move beats a loop. */
const BLOCK = 64;

/** out[target + f] = from[source + f] for f < count. */
function move(from: Slab, source: number, count: number, out: Slab, target: number): void {
  if (count >= BLOCK) {
    out.set(from.subarray(source, source + count), target);
    return;
  }
  for (let f = 0; f < count; f += 1) out[target + f] = from[source + f]!;
}

/** out[i] = from[index[i]] for i < count, row by row. */
export function gatherRows(from: Slab, width: number, index: Int32Array, count: number, out: Slab): void {
  if (width === 1) {
    for (let i = 0; i < count; i += 1) out[i] = from[index[i]!]!;
    return;
  }
  for (let i = 0; i < count; i += 1) move(from, index[i]! * width, width, out, i * width);
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
  if (agents === all) {
    move(from, fromOffset, copies * run, out, outOffset);
    return;
  }
  let source = fromOffset + first * width;
  let target = outOffset;
  for (let b = 0; b < copies; b += 1) {
    move(from, source, run, out, target);
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
  if (agents === all) {
    move(from, fromOffset, copies * run, out, 0);
    return;
  }
  let source = fromOffset;
  let target = first * width;
  for (let b = 0; b < copies; b += 1) {
    move(from, source, run, out, target);
    source += run;
    target += all * width;
  }
}
