/**
 * @file What goes back up and further down: the report of the tactical stage at each 30-minute close, and the intent that
 * risk and execution receive (strategic-tactical.md section 9.5). Plain data, UTC ms, prices in ticks.
 */

/** One fill since the last report. */
export interface ReportedFill {
  readonly time: number;
  /** Signed contracts. */
  readonly contracts: number;
  readonly priceTicks: number;
  /** Adverse ticks against the open of the bar in which it filled. */
  readonly slippageTicks: number;
}

/** Executed exposure at a five-minute close, contracts / maxContracts. */
export interface ExposurePoint {
  readonly time: number;
  readonly exposure: number;
}

/** Feedback to the strategic stage; its position fields and reward use the executed exposure. */
export interface TacticalReport {
  /** The 30-minute close at which it is sent. */
  readonly time: number;
  readonly fills: readonly ReportedFill[];
  /** Mean adverse ticks per contract; 0 without fills. */
  readonly realisedSlippageTicks: number;
  readonly exposurePath: readonly ExposurePoint[];
  /** Decisions that were refused, by the code of their first failed check. */
  readonly rejected: Readonly<Record<string, number>>;
}

/** The decision of the tactical stage, before risk: risk may scale or veto it, execution only chooses how to fill. */
export interface TacticalIntent {
  readonly side: 1 | -1;
  /** Fraction of the risk budget. */
  readonly requestedFraction: number;
  /** Contracts, only when no risk stage follows. */
  readonly quantity?: number;
  readonly stopTicks: number;
  readonly targetTicks: number;
  /** Market order that must fill at once, or a limit at the touch that rests for the bar. */
  readonly timeInForce: "immediate" | "bar";
  readonly expires: number;
  /** Aggregation score. */
  readonly confidence: number;
  /** Mutual information of the dropout samples, nats. */
  readonly uncertainty: number;
  readonly reasons: readonly string[];
  /** The strategic message that it was decided under. */
  readonly contextId?: string;
}

/** Gathers a report between two strategic closes. */
export class ReportBuilder {
  private readonly fills: ReportedFill[] = [];
  private readonly path: ExposurePoint[] = [];
  private readonly rejected = new Map<string, number>();

  filled(fill: ReportedFill): void {
    this.fills.push(fill);
  }

  exposed(point: ExposurePoint): void {
    this.path.push(point);
  }

  refused(reason: string): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }

  /** The report of a close; the next one starts empty. */
  close(time: number): TacticalReport {
    const contracts = this.fills.reduce((sum, fill) => sum + Math.abs(fill.contracts), 0);
    const paid = this.fills.reduce((sum, fill) => sum + fill.slippageTicks * Math.abs(fill.contracts), 0);
    const report: TacticalReport = {
      time,
      fills: this.fills.splice(0),
      realisedSlippageTicks: contracts === 0 ? 0 : paid / contracts,
      exposurePath: this.path.splice(0),
      rejected: Object.fromEntries(this.rejected),
    };
    this.rejected.clear();
    return report;
  }
}
