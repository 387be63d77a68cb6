/**
 * @file The constrained bridge from half-hour to five-minute bars: six bars that aggregate back exactly, labelled `bridged`.
 *
 * Each bar is drawn from its own key (seed, symbol, t) and its own values only, so no other bar changes it. The extremes
 * come in the order O->H->L->C or O->L->H->C with probability proportional to exp(-path length / range), at places drawn
 * over 60 sub-steps; Brownian bridges run between the anchors, reflected into [L, H] and rounded to ticks; volume is split
 * by Dirichlet(4) and largest remainder. Deviation: the path length is measured in the bar's own range, not in ATR, which
 * would let other bars in. Statistics inside the half hour are artefacts.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, type Key, keyFromSeed } from "../../runtime/random/key.ts";
import { allocateBars, barFlag, type BarSeries } from "../bars.ts";
import { type ContractSpec, isOnGrid, type PriceTicks, tickPrice } from "../instruments.ts";
import { markSessions } from "../quality/sessions.ts";
import { sessionCalendar } from "../session.ts";

const parts = 6;
const stepsPerPart = 10;
const steps = parts * stepsPerPart;

/** Flags that the six bars take from their half hour. */
const inherited = barFlag.masked | barFlag.filled | barFlag.rollAmbiguous | barFlag.thin;

/** Five-minute bars of a half-hour series. Same seed, same bars. */
export function bridgeBars(bars: BarSeries, seed: number, spec: ContractSpec): BarSeries {
  const out = allocateBars(
    {
      symbol: bars.symbol,
      intervalMs: bars.intervalMs / parts,
      dataSource: "bridged",
      fileHash: bars.fileHash,
    },
    bars.length * parts,
  );
  const key = foldIn(foldIn(keyFromSeed(seed), "bridge"), bars.symbol);
  const path = new Float64Array(steps + 1);
  for (let i = 0; i < bars.length; i++) bridgeBar(bars, i, out, key, path, spec);
  markSessions(out, sessionCalendar(spec.sessionTemplate), spec);
  return out;
}

function bridgeBar(
  bars: BarSeries,
  i: number,
  out: BarSeries,
  key: Key,
  path: Float64Array,
  spec: ContractSpec,
): void {
  const t = bars.t[i] ?? 0;
  const o = bars.o[i] ?? 0;
  const h = bars.h[i] ?? 0;
  const l = bars.l[i] ?? 0;
  const c = bars.c[i] ?? 0;
  const random = Generator.fromKey(foldIn(key, t));
  drawPath(path, o, h, l, c, random, gridOf(spec, l));
  const volume = splitVolume(bars.v[i] ?? 0, random);
  const flags = (bars.flags[i] ?? 0) & inherited;
  for (let part = 0; part < parts; part++) {
    const at = i * parts + part;
    const from = part * stepsPerPart;
    let high = -Infinity;
    let low = Infinity;
    for (let k = from; k <= from + stepsPerPart; k++) {
      high = Math.max(high, path[k] ?? 0);
      low = Math.min(low, path[k] ?? 0);
    }
    out.t[at] = t + part * out.intervalMs;
    out.o[at] = path[from] ?? 0;
    out.h[at] = high;
    out.l[at] = low;
    out.c[at] = path[from + stepsPerPart] ?? 0;
    out.v[at] = volume[part] ?? 0;
    out.flags[at] = flags | (part === 0 ? (bars.flags[i] ?? 0) & barFlag.rollBar : 0);
    out.segment[at] = bars.segment[i] ?? 0;
    out.rollFactor[at] = bars.rollFactor[i] ?? 1;
  }
}

/** Rounding to the grid; leaves values alone where the bar is off it. */
function gridOf(spec: ContractSpec, sample: number): (price: number) => number {
  if (!isOnGrid(spec, sample)) return (price) => price;
  return (price) => tickPrice(spec, Math.round(price / spec.tickSize) as PriceTicks);
}

/** A path of 61 prices that starts at o, ends at c, touches h and l, and never leaves [l, h]. */
function drawPath(
  path: Float64Array,
  o: number,
  h: number,
  l: number,
  c: number,
  random: Generator,
  toGrid: (price: number) => number,
): void {
  const range = h - l;
  if (range <= 0) {
    path.fill(o);
    return;
  }
  const highFirst = h - o + range + (c - l);
  const lowFirst = o - l + range + (h - c);
  const odds = Math.exp((highFirst - lowFirst) / range);
  const takeHighFirst = random.nextFloat64() < 1 / (1 + odds);
  const [a, b] = [1 + random.below(steps - 2), 1 + random.below(steps - 2)];
  const [firstPrice, secondPrice] = takeHighFirst ? [h, l] : [l, h];
  const sigma = range / Math.sqrt(steps);
  const places: readonly (readonly [place: number, price: number])[] = [
    [0, o],
    [o === firstPrice ? 0 : Math.min(a, b), firstPrice],
    [c === secondPrice ? steps : Math.max(a, b) + 1, secondPrice],
    [steps, c],
  ];
  for (let k = 1; k < places.length; k++) {
    bridgeBetween(path, places[k - 1] ?? [0, o], places[k] ?? [steps, c], sigma, l, h, random, toGrid);
  }
}

/** Brownian bridge between two anchors, exclusive, reflected into [l, h]. */
function bridgeBetween(
  path: Float64Array,
  [from, start]: readonly [number, number],
  [to, end]: readonly [number, number],
  sigma: number,
  l: number,
  h: number,
  random: Generator,
  toGrid: (price: number) => number,
): void {
  path[from] = start;
  path[to] = end;
  let at = start;
  for (let k = from + 1; k < to; k++) {
    const left = to - k;
    at += (end - at) / (left + 1) + sigma * Math.sqrt(left / (left + 1)) * random.normal();
    at = reflect(at, l, h);
    path[k] = Math.min(h, Math.max(l, toGrid(at)));
  }
}

/** Folds a price back into [l, h]. */
function reflect(price: number, l: number, h: number): number {
  const period = 2 * (h - l);
  const offset = (((price - l) % period) + period) % period;
  return l + (offset > h - l ? period - offset : offset);
}

/** Six volumes that sum to the whole: Dirichlet(4) shares, whole contracts by largest remainder. */
function splitVolume(volume: number, random: Generator): Float64Array {
  const out = new Float64Array(parts);
  if (volume === 0) return out;
  const shares = Float64Array.from(out, () => gamma4(random));
  const total = shares.reduce((a, b) => a + b, 0);
  if (!Number.isInteger(volume)) {
    out[0] = volume;
    return out;
  }
  const exact = shares.map((share) => (share / total) * volume);
  let left = volume;
  for (let k = 0; k < parts; k++) {
    out[k] = Math.floor(exact[k] ?? 0);
    left -= out[k] ?? 0;
  }
  const order = [...exact.keys()].sort((a, b) => remainder(exact, b) - remainder(exact, a));
  for (let k = 0; k < left; k++) {
    const at = order[k % parts] ?? 0;
    out[at] = (out[at] ?? 0) + 1;
  }
  return out;
}

function remainder(exact: Float64Array, k: number): number {
  const value = exact[k] ?? 0;
  return value - Math.floor(value);
}

/** Gamma(4): four exponentials. */
function gamma4(random: Generator): number {
  let sum = 0;
  for (let k = 0; k < 4; k++) sum -= Math.log(1 - random.nextFloat64());
  return sum;
}
