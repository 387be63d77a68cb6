/**
 * @file Futures that never happened: valid bars to put after a moment, so that whatever peeks beyond it gives itself
 * away. Times, sessions, segments and flags stay; prices and volume change and keep `low <= open, close <= high`.
 */
import type { BarSeries } from "../../market/bars.ts";
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, type Key } from "../../runtime/random/key.ts";

/** Ways to change a future. */
export const perturbations = ["random", "scaled", "permuted"] as const;
export type Perturbation = (typeof perturbations)[number];

/** A copy of the series with every bar replaced. */
export function perturbedBars(bars: BarSeries, kind: Perturbation, key: Key): BarSeries {
  const draw = Generator.fromKey(foldIn(key, kind));
  const source = new Int32Array(bars.length).map((_, i) => i);
  if (kind !== "scaled") draw.shuffle(source);
  const factor = kind === "scaled" ? 10 : 1;
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(source, (from) => factor * (column[from] ?? 0));
  const made = {
    ...bars,
    o: pick(bars.o),
    h: pick(bars.h),
    l: pick(bars.l),
    c: pick(bars.c),
    v: pick(bars.v),
  };
  if (kind === "random") shift(made, draw);
  return made;
}

/** Moves every bar by a random multiple of its own close, so that no level of the original survives. */
function shift(bars: BarSeries, draw: Generator): void {
  for (let i = 0; i < bars.length; i += 1) {
    const move = Math.abs(bars.c[i] ?? 0) * (draw.below(8) + 1);
    for (const column of [bars.o, bars.h, bars.l, bars.c]) column[i] = (column[i] ?? 0) + move;
    bars.v[i] = 1 + draw.below(100_000);
  }
}

/** Puts the true bar `t` into a perturbed series: its past becomes true one bar at a time. */
export function reveal(perturbed: BarSeries, truth: BarSeries, t: number): void {
  for (const name of ["o", "h", "l", "c", "v"] as const) perturbed[name][t] = truth[name][t] ?? 0;
}
