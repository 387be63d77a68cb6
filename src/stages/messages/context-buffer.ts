/**
 * @file The tactical side's memory of strategic contexts: as-of join by time, never by index. A message is usable from its
 * bar's close on; duplicates and older sequence numbers are ignored; a gap in the sequence is counted.
 * Bounded: the ten newest messages (strategic-tactical.md section 9.2).
 */
import type { StrategicContext } from "./strategic-context.ts";

const capacity = 10;

/** Why a message was not taken, or that it was. */
export type Reception = "taken" | "duplicate" | "outdated";

/** Messages in order of sequence. */
export class ContextBuffer {
  private readonly messages: StrategicContext[] = [];
  private missed = 0;

  /** Sequence numbers that never arrived between two that did. */
  get missing(): number {
    return this.missed;
  }

  /** Takes a message in unless it is a duplicate or older than the newest. */
  receive(message: StrategicContext): Reception {
    const newest = this.messages.at(-1);
    if (newest !== undefined && message.seq <= newest.seq) {
      return message.seq === newest.seq ? "duplicate" : "outdated";
    }
    if (newest !== undefined) this.missed += message.seq - newest.seq - 1;
    this.messages.push(message);
    if (this.messages.length > capacity) this.messages.shift();
    return "taken";
  }

  /** The newest message whose bar closed at or before `now`; undefined before the first. */
  asOf(now: number): StrategicContext | undefined {
    return this.messages.findLast((message) => message.barClose <= now);
  }
}
