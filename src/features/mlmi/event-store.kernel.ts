/**
 * @file The events of MLMI and the vote of the nearest ones.
 *
 * Exact k nearest neighbours in the plane by Euclidean distance, ties by newer event, so that the answer does not
 * depend on where an event happens to be stored. Queries move little from bar to bar, so the last k-th distance plus the
 * move bounds the new one (triangle inequality). Events stand in order of y: those inside the bound lie in a strip of a
 * few hundred. Counted in rings of equal area, whole rings vote at once and only the ring of the k-th is looked into.
 * O(log n + strip) a query, one block move an event, n <= 5,000. Scratch is overwritten by each query and is not state.
 */
import { lowerBound } from "../basic/lower-bound.kernel.ts";
import type { Cell, Memory } from "../indicator/memory.ts";

/** Rings inside the bound; the number of a ring beyond it. */
const rings = 256;

/** The latest `capacity` labelled points, the oldest replaced first. */
export class EventStore {
  readonly capacity: number;
  /** Events by ascending y: coordinates, label, and the slot of arrival, which tells how old the event is. */
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private readonly label: Int32Array;
  private readonly slot: Int32Array;
  private readonly next: Cell;
  private readonly held: Cell;
  /** The last query and the distance of its k-th neighbour; Infinity where it bounds nothing. */
  private readonly lastX: Cell;
  private readonly lastY: Cell;
  private readonly lastReach: Cell;
  private readonly distances: Float64Array;
  private readonly ringOf: Int32Array;
  private readonly ringCount: Int32Array = new Int32Array(rings);
  private readonly ringVotes: Int32Array = new Int32Array(rings);
  /** Places and squared distances of the events in the ring of the k-th neighbour. */
  private readonly places: Int32Array;
  private readonly ranked: Float64Array;

  constructor(memory: Memory, capacity: number) {
    this.capacity = capacity;
    this.x = memory.block(capacity);
    this.y = memory.block(capacity);
    this.label = memory.counters(capacity);
    this.slot = memory.counters(capacity);
    this.next = memory.cell();
    this.held = memory.cell();
    this.lastX = memory.cell();
    this.lastY = memory.cell();
    this.lastReach = memory.cell(Infinity);
    this.distances = new Float64Array(capacity);
    this.ringOf = new Int32Array(capacity);
    this.places = new Int32Array(capacity);
    this.ranked = new Float64Array(capacity);
  }

  /** Events held. */
  get size(): number {
    return this.held.value;
  }

  /** @param label -1, 0 or 1 */
  add(x: number, y: number, label: number): void {
    const slot = this.next.value | 0;
    if (this.held.value === this.capacity) this.remove(this.slot.indexOf(slot));
    const place = lowerBound(this.y, this.held.value, y);
    this.move(place, place + 1);
    this.x[place] = x;
    this.y[place] = y;
    this.label[place] = label;
    this.slot[place] = slot;
    this.held.value += 1;
    this.next.value = slot + 1 === this.capacity ? 0 : slot + 1;
  }

  /** Sum of the labels of the `k` events nearest to (x, y); of all when there are fewer. */
  voteNear(x: number, y: number, k: number): number {
    if (this.held.value <= k) return sumOf(this.label, this.held.value);
    const bound = this.bound(x, y);
    const first = lowerBound(this.y, this.held.value, y - bound);
    const last = lowerBound(this.y, this.held.value, y + bound);
    this.countRings(x, y, first, last, bound * bound);
    let ring = 0;
    let votes = 0;
    let left = k;
    for (; this.ringCount[ring]! < left; ring += 1) {
      votes += this.ringVotes[ring]!;
      left -= this.ringCount[ring]!;
    }
    const found = this.listRing(first, last, ring);
    const reach = smallestOfRank(this.ranked, found, left);
    this.lastX.value = x;
    this.lastY.value = y;
    this.lastReach.value = Math.sqrt(reach);
    return votes + this.votesWithin(found, reach, left);
  }

  /** A distance beyond which no neighbour lies; the slack pays for rounding, a candidate too many costs nothing. */
  private bound(x: number, y: number): number {
    const reach = this.lastReach.value;
    const bound =
      reach === Infinity ? this.farthest(x, y) : reach + distance(x, y, this.lastX.value, this.lastY.value);
    return bound * (1 + 1e-9) + 1e-9;
  }

  private farthest(x: number, y: number): number {
    let most = 0;
    for (let i = 0; i < this.held.value; i += 1)
      most = Math.max(most, distance(x, y, this.x[i]!, this.y[i]!));
    return most;
  }

  /** Squared distances of the events at places `first` to `last - 1`, their rings up to `limit`, what each ring holds. */
  private countRings(x: number, y: number, first: number, last: number, limit: number): void {
    const { distances, label, ringCount, ringOf, ringVotes } = this;
    const xs = this.x;
    const ys = this.y;
    const scale = (rings - 1) / limit;
    ringCount.fill(0);
    ringVotes.fill(0);
    for (let i = first; i < last; i += 1) {
      const dx = xs[i]! - x;
      const dy = ys[i]! - y;
      const squared = dx * dx + dy * dy;
      if (squared > limit) {
        ringOf[i] = rings;
        continue;
      }
      const ring = (squared * scale) | 0;
      distances[i] = squared;
      ringOf[i] = ring;
      ringCount[ring] = ringCount[ring]! + 1;
      ringVotes[ring] = ringVotes[ring]! + label[i]!;
    }
  }

  /** Lists the places and squared distances of one ring; returns their number. */
  private listRing(first: number, last: number, ring: number): number {
    const { distances, places, ranked, ringOf } = this;
    let found = 0;
    for (let i = first; i < last; i += 1) {
      if (ringOf[i] !== ring) continue;
      places[found] = i;
      ranked[found] = distances[i]!;
      found += 1;
    }
    return found;
  }

  /** Labels of the listed events nearer than `reach` (squared) and of the newest at `reach`, `count` in all. */
  private votesWithin(found: number, reach: number, count: number): number {
    const { distances, label, places } = this;
    let votes = 0;
    let left = count;
    let atReach = 0;
    for (let i = 0; i < found; i += 1) {
      const place = places[i]!;
      if (distances[place]! < reach) {
        votes += label[place]!;
        left -= 1;
      } else if (distances[place] === reach) {
        places[atReach] = place;
        atReach += 1;
      }
    }
    for (; left > 0; left -= 1) votes += label[this.takeNewest(atReach)]!;
    return votes;
  }

  /** The place of the newest of the first `count` listed events, which is struck off. */
  private takeNewest(count: number): number {
    const { places } = this;
    let newest = -1;
    let at = 0;
    for (let i = 0; i < count; i += 1) {
      if (places[i]! < 0) continue;
      const rank = this.arrival(places[i]!);
      if (rank <= newest) continue;
      newest = rank;
      at = i;
    }
    const place = places[at]!;
    places[at] = -1;
    return place;
  }

  /** Events by order of arrival, the newest largest. */
  private arrival(place: number): number {
    const slot = this.slot[place]!;
    return slot < this.next.value ? slot + this.capacity : slot;
  }

  /** Closes the gap at `place`; the last neighbours may have lost one, and then their reach bounds nothing any more. */
  private remove(place: number): void {
    const lost = distance(this.x[place]!, this.y[place]!, this.lastX.value, this.lastY.value);
    if (lost <= this.lastReach.value * (1 + 1e-9)) this.lastReach.value = Infinity;
    this.move(place + 1, place);
    this.held.value -= 1;
  }

  /** Moves the events from place `from` on, in all columns, to `to`. */
  private move(from: number, to: number): void {
    const held = this.held.value;
    this.x.copyWithin(to, from, held);
    this.y.copyWithin(to, from, held);
    this.label.copyWithin(to, from, held);
    this.slot.copyWithin(to, from, held);
  }
}

function distance(x: number, y: number, otherX: number, otherY: number): number {
  const dx = x - otherX;
  const dy = y - otherY;
  return Math.sqrt(dx * dx + dy * dy);
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

function sumOf(numbers: Int32Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += numbers[i]!;
  return sum;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
