/**
 * @file Fill messages of a venue, which may come twice, late or out of order. A message is applied once by its execution
 * id; the position is a sum, so the order of arrival does not matter for it.
 */

/** A fill as a venue reports it. */
export interface FillMessage {
  /** The venue's id of the execution, unique per fill. */
  readonly executionId: string;
  readonly side: 1 | -1;
  readonly units: number;
}

/** Counts what came; `position` is the sum of the fills that were new. */
export class FillInbox {
  position = 0;
  duplicates = 0;
  private readonly seen = new Set<string>();

  /** True when the message was new. */
  receive(message: FillMessage): boolean {
    if (this.seen.has(message.executionId)) {
      this.duplicates += 1;
      return false;
    }
    this.seen.add(message.executionId);
    this.position += message.side * message.units;
    return true;
  }
}
