/**
 * @file The events of MLMI and the vote of the nearest ones.
 *
 * Exact k nearest neighbours in the plane by Euclidean distance, ties by newer event, so that the answer does not
 * depend on where an event happens to be stored. Queries move little from bar to bar, so the last k-th distance plus the
 * move bounds the new one (triangle inequality) and leaves a few hundred candidates for the quickselect. O(n) a query
 * with a short second pass, n <= 5,000. The scratch arrays are overwritten by each query and are not state.
 */
import type { Cell, Memory } from "../indicator/memory.ts";

/** A ring of labelled points, the oldest replaced first. */
export class EventStore {
  readonly capacity: number;
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly label: Float64Array;
  private readonly next: Cell;
  private readonly held: Cell;
  /** The last query and the distance of its k-th neighbour; Infinity where it bounds nothing. */
  private readonly lastX: Cell;
  private readonly lastY: Cell;
  private readonly lastReach: Cell;
  private readonly candidates: Int32Array;
  private readonly distances: Float64Array;
  private readonly ranked: Float64Array;

  constructor(memory: Memory, capacity: number) {
    this.capacity = capacity;
    this.x = memory.block(capacity);
    this.y = memory.block(capacity);
    this.label = memory.block(capacity);
    this.next = memory.cell();
    this.held = memory.cell();
    this.lastX = memory.cell();
    this.lastY = memory.cell();
    this.lastReach = memory.cell(Infinity);
    this.candidates = new Int32Array(capacity);
    this.distances = new Float64Array(capacity);
    this.ranked = new Float64Array(capacity);
  }

  /** Events held. */
  get size(): number {
    return this.held.value;
  }

  add(x: number, y: number, label: number): void {
    const at = this.next.value;
    this.x[at] = x;
    this.y[at] = y;
    this.label[at] = label;
    this.next.value = at + 1 === this.capacity ? 0 : at + 1;
    if (this.held.value < this.capacity) this.held.value += 1;
    // An event has left: the last neighbours may have lost one, and their reach bounds nothing any more.
    else this.lastReach.value = Infinity;
  }

  /** Sum of the labels of the `k` events nearest to (x, y); of all when there are fewer. */
  voteNear(x: number, y: number, k: number): number {
    if (this.held.value <= k) return sumOf(this.label, this.held.value);
    const found = this.gather(x, y);
    for (let i = 0; i < found; i += 1) this.ranked[i] = this.distances[i]!;
    const reach = smallestOfRank(this.ranked, found, k);
    this.lastX.value = x;
    this.lastY.value = y;
    this.lastReach.value = Math.sqrt(reach);
    return this.count(found, reach, k);
  }

  /** Lists the events that can be among the nearest, with their squared distances; returns their number. */
  private gather(x: number, y: number): number {
    const { candidates, distances } = this;
    const xs = this.x;
    const ys = this.y;
    const n = this.held.value;
    const mx = x - this.lastX.value;
    const my = y - this.lastY.value;
    // The slack pays for the rounding of roots and sums; a candidate too many costs nothing.
    const bound = (this.lastReach.value + Math.sqrt(mx * mx + my * my)) * (1 + 1e-9);
    const limit = bound * bound;
    let found = 0;
    for (let i = 0; i < n; i += 1) {
      const dx = xs[i]! - x;
      const dy = ys[i]! - y;
      const squared = dx * dx + dy * dy;
      if (squared > limit) continue;
      candidates[found] = i;
      distances[found] = squared;
      found += 1;
    }
    return found;
  }

  /** Labels of all candidates nearer than `reach` and of the newest at `reach`, k in all. */
  private count(found: number, reach: number, k: number): number {
    const { candidates, distances, label } = this;
    let votes = 0;
    let left = k;
    // Slots before `next` hold newer events than those from it on; in both parts higher slots are newer.
    let split = found;
    for (let i = 0; i < found; i += 1) {
      if (split === found && candidates[i]! >= this.next.value) split = i;
      if (distances[i]! >= reach) continue;
      votes += label[candidates[i]!]!;
      left -= 1;
    }
    for (let step = 0; left > 0; step += 1) {
      const i = step < split ? split - 1 - step : found - 1 - (step - split);
      if (distances[i] !== reach) continue;
      votes += label[candidates[i]!]!;
      left -= 1;
    }
    return votes;
  }
}

/** The `rank`-th smallest (from 1) of the first n numbers, which are reordered (Hoare's FIND). */
function smallestOfRank(numbers: Float64Array, n: number, rank: number): number {
  const place = rank - 1;
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const pivot = medianOfThree(numbers[low]!, numbers[(low + high) >> 1]!, numbers[high]!);
    let i = low;
    let j = high;
    while (i <= j) {
      while (numbers[i]! < pivot) i += 1;
      while (numbers[j]! > pivot) j -= 1;
      if (i <= j) {
        const kept = numbers[i]!;
        numbers[i] = numbers[j]!;
        numbers[j] = kept;
        i += 1;
        j -= 1;
      }
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return numbers[place]!;
}

function sumOf(numbers: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += numbers[i]!;
  return sum;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
