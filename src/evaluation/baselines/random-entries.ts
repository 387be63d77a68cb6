/**
 * @file Luck with the same habits: random directions with the turnover and the holding times of the strategy under test.
 * The strategy's percentile among >= 1,000 draws says whether timing, rather than exposure, made its result.
 */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, type Key } from "../../runtime/random/key.ts";

/** Runs of equal position in a target column: what the random draws rearrange. */
interface Stretch {
  readonly bars: number;
  readonly size: number;
}

/** Targets with the same stretches as `targets` (flat ones included), in random order and with random sides. */
export function randomLike(targets: Int32Array, key: Key, draw: number): Int32Array {
  const generator = Generator.fromKey(foldIn(foldIn(key, "random-entries"), draw));
  const stretches = stretchesOf(targets);
  const order = Int32Array.from(stretches.keys());
  generator.shuffle(order);
  const out = new Int32Array(targets.length);
  let at = 0;
  for (const index of order) {
    const { bars, size } = stretches[index] ?? { bars: 0, size: 0 };
    out.fill(generator.nextU32() & 1 ? size : -size, at, at + bars);
    at += bars;
  }
  return out;
}

function stretchesOf(targets: Int32Array): Stretch[] {
  const stretches: Stretch[] = [];
  let start = 0;
  for (let t = 1; t <= targets.length; t += 1) {
    if (t < targets.length && targets[t] === targets[start]) continue;
    stretches.push({ bars: t - start, size: Math.abs(targets[start] ?? 0) });
    start = t;
  }
  return stretches;
}

/** Share of draws with a result below the strategy's, ties counting one half. */
export function percentileAmong(result: number, draws: Float64Array): number {
  let below = 0;
  for (const value of draws) below += value < result ? 1 : value === result ? 0.5 : 0;
  return below / draws.length;
}
