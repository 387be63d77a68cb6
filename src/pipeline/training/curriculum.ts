/**
 * @file The curriculum of training.md section 5: calm starts without costs first, all starts at full costs last. A level ends
 * when validation, which is at full costs on every level, stops rising, or when its share of the updates is spent. Volatility is that of the
 * bar at which an episode would start; terciles are those of the training part.
 */
import type { BarSeries } from "../../market/bars.ts";
import type { BarRange } from "./folds.ts";
import { slopeIsFlat } from "./plateau.ts";

export interface CurriculumLevel {
  readonly name: string;
  readonly costMultiplier: number;
  /** Which thirds of the volatility episodes start in, 0 lowest. */
  readonly terciles: readonly (0 | 1 | 2)[];
  /** `session` starts an episode with a session only. */
  readonly starts: "session" | "any";
  /** Largest share of the run's updates. */
  readonly share: number;
}

/** Three levels; their budgets stand as 1 : 2 : 3. */
export const fullCurriculum: readonly CurriculumLevel[] = [
  { name: "basic", costMultiplier: 0, terciles: [1], starts: "session", share: 1 / 6 },
  { name: "intermediate", costMultiplier: 0.5, terciles: [0, 1], starts: "any", share: 2 / 6 },
  { name: "advanced", costMultiplier: 1, terciles: [0, 1, 2], starts: "any", share: 3 / 6 },
];

/** All starts at full costs from the first update on. */
export const noCurriculum: readonly CurriculumLevel[] = [
  { name: "all", costMultiplier: 1, terciles: [0, 1, 2], starts: "any", share: 1 },
];

/** Evaluations of a level that are looked at for a plateau. */
const plateauEvaluations = 10;

/** True when the validations of the level have stopped moving. */
export function levelIsDone(validations: readonly number[]): boolean {
  return slopeIsFlat(validations, plateauEvaluations);
}

/** [n] 1 where an episode of the level may start. */
export function startsOfLevel(
  level: CurriculumLevel,
  { length, session }: BarSeries,
  volatility: Float64Array,
  train: BarRange,
): Uint8Array {
  const sorted = volatility.slice(train.from, train.to).sort();
  const cut = [1 / 3, 2 / 3].map((share) => sorted[Math.floor(share * sorted.length)] ?? Infinity);
  return Uint8Array.from({ length }, (_, t) => {
    const value = volatility[t] ?? 0;
    const tercile = value < (cut[0] ?? 0) ? 0 : value < (cut[1] ?? 0) ? 1 : 2;
    const opens = level.starts === "any" || session[t] !== session[t - 1];
    return opens && level.terciles.includes(tercile) ? 1 : 0;
  });
}
