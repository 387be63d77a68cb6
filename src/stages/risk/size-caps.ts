/** @file A size on its way through its caps: each may only lower it, and all are written down with what they left. */
import type { CapRecord, LimitName } from "../messages/risk-proposal.ts";

export class SizeCaps {
  readonly records: CapRecord[] = [];
  private current: number;

  constructor(units: number) {
    this.current = units;
  }

  get units(): number {
    return this.current;
  }

  /** The size is at most floor(`limit`), at least 0; NaN leaves nothing. */
  apply(name: LimitName, limit: number): void {
    const before = this.current;
    this.current = limit > 0 ? Math.min(before, Math.floor(limit + 1e-9)) : 0;
    this.records.push({ name, before, after: this.current });
  }

  /** The last cap that took something away since record `from`; undefined when none did. */
  binding(from = 0): LimitName | undefined {
    return this.records.slice(from).findLast(({ before, after }) => after < before)?.name;
  }
}
