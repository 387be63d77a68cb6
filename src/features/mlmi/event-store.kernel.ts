/**
 * @file The events of MLMI and the vote of the nearest ones.
 *
 * Exact k nearest neighbours in the plane by Euclidean distance, ties by newer event, so that the answer does not
 * depend on where an event happens to be stored. One pass of squared distances, a quickselect of the k-th, one pass of
 * votes: O(n) a query, n <= 5,000. The scratch array is overwritten by each query and is not state.
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
  private readonly distances: Float64Array;
  private readonly selected: Float64Array;

  constructor(memory: Memory, capacity: number) {
    this.capacity = capacity;
    this.x = memory.block(capacity);
    this.y = memory.block(capacity);
    this.label = memory.block(capacity);
    this.next = memory.cell();
    this.held = memory.cell();
    this.distances = new Float64Array(capacity);
    this.selected = new Float64Array(capacity);
  }

  get count(): number {
    return this.held.value;
  }

  add(x: number, y: number, label: number): void {
    const at = this.next.value;
    this.x[at] = x;
    this.y[at] = y;
    this.label[at] = label;
    this.next.value = at + 1 === this.capacity ? 0 : at + 1;
    if (this.held.value < this.capacity) this.held.value += 1;
  }

  /** Sum of the labels of the `k` events nearest to (x, y); of all when there are fewer. */
  voteNear(x: number, y: number, k: number): number {
    const { distances, label } = this;
    const n = this.held.value;
    const xs = this.x;
    const ys = this.y;
    for (let i = 0; i < n; i += 1) {
      const dx = xs[i]! - x;
      const dy = ys[i]! - y;
      distances[i] = dx * dx + dy * dy;
    }
    if (n <= k) return sumOf(label, n);
    const reach = this.distanceOfRank(k, n);
    let votes = 0;
    let nearer = 0;
    for (let i = 0; i < n; i += 1) {
      if (distances[i]! < reach) {
        votes += label[i]!;
        nearer += 1;
      }
    }
    let at = this.next.value;
    for (let left = k - nearer; left > 0;) {
      at = at === 0 ? n - 1 : at - 1;
      if (distances[at] === reach) {
        votes += label[at]!;
        left -= 1;
      }
    }
    return votes;
  }

  /** The k-th smallest of the first n squared distances (Hoare's FIND), k from 1. */
  private distanceOfRank(k: number, n: number): number {
    const numbers = this.selected;
    for (let i = 0; i < n; i += 1) numbers[i] = this.distances[i]!;
    const rank = k - 1;
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
      if (rank <= j) high = j;
      else if (rank >= i) low = i;
      else break;
    }
    return numbers[rank]!;
  }
}

function sumOf(numbers: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += numbers[i]!;
  return sum;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
