/**
 * @file How lively a market is over the day, relative to its mean: volatility and volume by minute of the exchange clock.
 *
 * Stylised after the reference history: quiet night, Europe from 03:00, a peak at the 09:30 opening that decays to midday,
 * a second rise into 16:00. Smooth, deterministic; nothing is fitted.
 */

const bump = (minute: number, centre: number, before: number, after: number): number => {
  const distance = minute - centre;
  const width = distance < 0 ? before : after;
  return Math.exp(-(distance * distance) / (2 * width * width));
};

/** Volatility factor by minute of the exchange clock. */
export function volatilityShape(minute: number): number {
  return (
    0.55 +
    0.3 * bump(minute, 240, 60, 200) +
    1.5 * bump(minute, 575, 20, 90) +
    0.7 * bump(minute, 950, 60, 15)
  );
}

/** Volume factor by minute of the exchange clock. */
export function volumeShape(minute: number): number {
  return (
    0.08 + 0.15 * bump(minute, 240, 60, 200) + 3 * bump(minute, 580, 15, 100) + 2 * bump(minute, 950, 80, 15)
  );
}
