/**
 * @file When a file has bars, in its own clock: per day one bit per minute and the volume of each half hour.
 *
 * This is the evidence from which a zone is inferred; 0.6 kB a day, so a file of any length fits.
 */
import { dayMs } from "../calendar/civil.ts";

/** One day of the file's clock. */
export interface WallDay {
  /** Day number of the file's clock. */
  readonly day: number;
  /** Bit per minute with a bar. */
  readonly minutes: Uint32Array;
  /** Volume per half hour. */
  readonly volume: Float64Array;
}

/** Collects bars by the clock of their file. */
export class WallClock {
  private readonly byDay = new Map<number, WallDay>();
  private current: WallDay | undefined;

  /** Days in the order met. */
  get days(): readonly WallDay[] {
    return [...this.byDay.values()];
  }

  /** Notes one bar. @param wallMs wall-clock ms as if UTC. @param volume ignored unless positive and finite. */
  add(wallMs: number, volume: number): void {
    const day = Math.floor(wallMs / dayMs);
    const at = this.current?.day === day ? this.current : this.dayOf(day);
    const minute = Math.floor((wallMs - day * dayMs) / 60_000);
    const word = minute >> 5;
    at.minutes[word] = ((at.minutes[word] ?? 0) | (1 << (minute & 31))) >>> 0;
    if (volume > 0 && volume < 1e15) {
      const slot = Math.floor(minute / 30);
      at.volume[slot] = (at.volume[slot] ?? 0) + volume;
    }
  }

  private dayOf(day: number): WallDay {
    let found = this.byDay.get(day);
    if (found === undefined) {
      found = { day, minutes: new Uint32Array(45), volume: new Float64Array(48) };
      this.byDay.set(day, found);
    }
    this.current = found;
    return found;
  }
}

/** True when the day has a bar at a minute 0..1439. */
export function hasMinute(day: WallDay, minute: number): boolean {
  return (((day.minutes[minute >> 5] ?? 0) >>> (minute & 31)) & 1) === 1;
}

/** Bars of the day in minutes `from <= m < to`. */
export function countMinutes(day: WallDay, from: number, to: number): number {
  let count = 0;
  const stop = Math.min(to, 1440);
  for (let minute = Math.max(from, 0); minute < stop; minute++) {
    const word = day.minutes[minute >> 5] ?? 0;
    if (word === 0) minute |= 31;
    else count += (word >>> (minute & 31)) & 1;
  }
  return count;
}
