/**
 * @file One temperature for all decisions, by the log score of the forecast side (Guo et al., "On calibration of modern
 * neural networks", ICML 2017). The loss over ln T is smooth but need not have one minimum: a grid, then a golden section.
 */

/** Temperatures beyond these are a sign that the policy forecasts nothing, not a better fit. */
const [coldest, hottest] = [0.25, 4];
const gridPoints = 17;
const golden = (Math.sqrt(5) - 1) / 2;

/** The temperature in [0.25, 4] at which `loss` is least; 1 where nothing is better by more than rounding. */
export function fitTemperature(loss: (temperature: number) => number): number {
  const [low, high] = [Math.log(coldest), Math.log(hottest)];
  const step = (high - low) / (gridPoints - 1);
  const grid = Array.from({ length: gridPoints }, (_, i) => low + i * step);
  const losses = grid.map((at) => loss(Math.exp(at)));
  const best = grid[losses.indexOf(Math.min(...losses))] ?? 0;
  const fitted = goldenSection(loss, Math.max(low, best - step), Math.min(high, best + step));
  return loss(1) - loss(fitted) > 1e-9 ? fitted : 1;
}

/** Over ln T in [low, high], to about 0.1 %. */
function goldenSection(loss: (temperature: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  while (to - from > 1e-3) {
    const inner = to - golden * (to - from);
    const outer = from + golden * (to - from);
    if (loss(Math.exp(inner)) <= loss(Math.exp(outer))) to = outer;
    else from = inner;
  }
  return Math.exp((from + to) / 2);
}
