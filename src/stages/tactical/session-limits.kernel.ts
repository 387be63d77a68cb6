/**
 * @file What the qualification gate counts by session, as columns: trades, losses in a row, and the equity at which the
 * session began (strategic-tactical.md section 7, checks 3 and 4). A trade runs from flat to flat or to the other side; it
 * is lost when marked equity at its end is below what it was before its first fill. No allocation.
 */

/** Limits of a session. */
export interface SessionLimits {
  readonly trades: number;
  readonly losses: number;
  /** Share of the session's first equity. */
  readonly dayLoss: number;
}

export const sessionLimits: SessionLimits = { trades: 10, losses: 3, dayLoss: 0.05 };

/** What a session refuses; the names of `gate.ts`. */
export const sessionRefusal = { none: 0, losses: 1, dayLoss: 2, trades: 3 } as const;

export class SessionBook {
  readonly memory: readonly (Float64Array | Int32Array)[];
  /** [B] trade date. */
  private readonly date: Int32Array;
  private readonly trades: Int32Array;
  private readonly losses: Int32Array;
  /** [B] equity at the session's start and before the open trade, micro-cents. */
  private readonly first: Float64Array;
  private readonly entry: Float64Array;

  constructor(copies: number) {
    this.date = new Int32Array(copies);
    this.trades = new Int32Array(copies);
    this.losses = new Int32Array(copies);
    this.first = new Float64Array(copies);
    this.entry = new Float64Array(copies);
    this.memory = [this.date, this.trades, this.losses, this.first, this.entry];
  }

  /** The session of the decision that comes; a new date starts the counts anew. */
  open(b: number, date: number, equity: number): void {
    if (this.date[b] === date) return;
    this.date[b] = date;
    this.trades[b] = 0;
    this.losses[b] = 0;
    this.first[b] = equity;
  }

  /** A new episode: whatever its date, the counts start anew. */
  reset(b: number): void {
    this.date[b] = 0;
  }

  /** Why the session refuses to open or enlarge a position now. */
  refusal(b: number, equity: number, limits: SessionLimits): number {
    if (this.losses[b]! >= limits.losses) return sessionRefusal.losses;
    if (equity <= this.first[b]! * (1 - limits.dayLoss)) return sessionRefusal.dayLoss;
    return this.trades[b]! >= limits.trades ? sessionRefusal.trades : sessionRefusal.none;
  }

  /** Counts what a bar did to a position. */
  follow(
    b: number,
    before: number,
    after: number,
    filled: boolean,
    equityBefore: number,
    equity: number,
  ): void {
    if (!filled) return;
    const turned = before * after < 0;
    const through = before === 0 && after === 0;
    const opened = through || turned || (before === 0 && after !== 0);
    const closed = through || turned || (before !== 0 && after === 0);
    if (before === 0) this.entry[b] = equityBefore;
    if (opened) this.trades[b] = this.trades[b]! + 1;
    if (closed) this.losses[b] = equity < this.entry[b]! ? this.losses[b]! + 1 : 0;
    if (turned) this.entry[b] = equity;
  }
}
