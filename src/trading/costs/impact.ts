/**
 * @file Market impact: the square-root law (Almgren et al. 2005; Toth et al. 2011), linear permanent impact, the
 * exponential transient kernel (Obizhaeva and Wang 2013) and the Almgren-Chriss (2000) holdings schedule.
 * Invariants: temporary impact is 0 at quantity 0 and monotone; slicing over time never costs more than one shot.
 * All fractions are of price, so that results do not depend on the currency unit.
 */

/** Parameters of the impact of one contract. */
export interface ImpactModel {
  /** Y of the square-root law, 0.1 to 1; default 0.5. */
  readonly y: number;
  /** Standard deviation of daily log returns. */
  readonly dailyVolatility: number;
  /** Contracts a day. */
  readonly averageDailyVolume: number;
  /** Decay time of transient impact, seconds; default 300. */
  readonly decaySeconds: number;
  /** Linear permanent impact coefficient; 0 when it is not modelled. */
  readonly permanent: number;
}

/** Temporary impact per unit as a fraction of price: Y sigma sqrt(Q / ADV). */
export function temporaryImpact(model: ImpactModel, units: number): number {
  return model.y * model.dailyVolatility * Math.sqrt(units / model.averageDailyVolume);
}

/** Permanent impact as a fraction of price: gamma sigma Q / ADV; it does not decay. */
export function permanentImpact(model: ImpactModel, units: number): number {
  return (model.permanent * model.dailyVolatility * units) / model.averageDailyVolume;
}

/** Share of an impact that is still felt after `seconds`. */
export function impactDecay(model: ImpactModel, seconds: number): number {
  return Math.exp(-seconds / model.decaySeconds);
}

/** One slice of a schedule. */
export interface Slice {
  readonly units: number;
  /** Seconds after the parent's start. */
  readonly atSeconds: number;
}

/**
 * Impact felt by each slice, fractions of price: its own plus what is left of the earlier ones, each measured at its
 * own size. The whole is capped by the one-shot impact of what has been traded so far.
 */
export function scheduleImpact(model: ImpactModel, slices: readonly Slice[]): readonly number[] {
  let traded = 0;
  return slices.map((slice, i) => {
    traded += slice.units;
    const earlier = slices.slice(0, i).reduce((sum, before) => {
      const share = impactDecay(model, slice.atSeconds - before.atSeconds);
      return sum + temporaryImpact(model, before.units) * share;
    }, 0);
    return Math.min(temporaryImpact(model, slice.units) + earlier, temporaryImpact(model, traded));
  });
}

/**
 * Holdings after each of `count` equal intervals, x_j = X sinh(kT (1 - j/N)) / sinh(kT); `kappaT` near 0 gives TWAP.
 * Returns [count + 1] values from X to 0.
 */
export function almgrenChrissHoldings(units: number, count: number, kappaT: number): readonly number[] {
  return Array.from({ length: count + 1 }, (_, j) => {
    const left = 1 - j / count;
    return kappaT < 1e-9 ? units * left : (units * Math.sinh(kappaT * left)) / Math.sinh(kappaT);
  });
}
