/** @file The rows of the live window while a seed trains: return, diagnostics with their warning ranges, time shares. */
import type { UpdateMetrics } from "../../marl/learner/trainer.ts";
import { SPAN_NAMES } from "../../marl/logging/spans.ts";
import type { ProgressRow } from "../progress/progress.ts";

/** Episodes over which the training return is averaged. */
const recentEpisodes = 100;
const sparkPoints = 60;

/** One diagnostic: where it is found, how it reads, when it is out of range. */
interface Diagnostic {
  readonly label: string;
  readonly key: string;
  readonly digits: number;
  readonly outOfRange: (value: number) => boolean;
}

const diagnostics: readonly Diagnostic[] = [
  { label: "KL", key: "kl3", digits: 4, outOfRange: (value) => value > 0.05 },
  { label: "entropy", key: "entropy", digits: 3, outOfRange: () => false },
  { label: "explained variance", key: "explainedVariance", digits: 2, outOfRange: (value) => value < -1 },
  { label: "clip fraction", key: "clipFraction", digits: 3, outOfRange: (value) => value > 0.4 },
  {
    label: "ratio at first epoch",
    key: "firstRatio",
    digits: 6,
    outOfRange: (value) => Math.abs(value - 1) > 1e-4,
  },
];

/** Remembers what the rows need from update to update. */
export interface ProgressRows {
  readonly add: (metrics: UpdateMetrics) => readonly ProgressRow[];
  /** Mean return of the last 100 training episodes, with the half-width of its 95 % interval; NaN before the first. */
  readonly recentReturn: () => { readonly mean: number; readonly halfWidth: number };
}

export function createProgressRows(): ProgressRows {
  let returns: number[] = [];
  const history = new Map<string, number[]>();
  const spent = new Map<string, number>();
  const remember = (key: string, value: number): readonly number[] => {
    const values = [...(history.get(key) ?? []), value].slice(-sparkPoints);
    history.set(key, values);
    return values;
  };
  const recentReturn = (): { readonly mean: number; readonly halfWidth: number } => meanWithInterval(returns);
  return {
    recentReturn,
    add: (metrics) => {
      returns = [...returns, ...metrics.episodes.map((episode) => episode.meanReturn)].slice(-recentEpisodes);
      for (const span of SPAN_NAMES) spent.set(span, (spent.get(span) ?? 0) + metrics.spans[span]);
      const { mean, halfWidth } = recentReturn();
      const returnText = Number.isNaN(mean)
        ? "no episode yet"
        : `${mean.toFixed(2)} ± ${halfWidth.toFixed(2)}`;
      return [
        { label: `return (last ${returns.length})`, text: returnText, values: remember("return", mean) },
        ...diagnostics.flatMap((diagnostic) => diagnosticRow(diagnostic, metrics, remember)),
        { label: "time", text: shares(spent) },
      ];
    },
  };
}

function diagnosticRow(
  { label, key, digits, outOfRange }: Diagnostic,
  metrics: UpdateMetrics,
  remember: (key: string, value: number) => readonly number[],
): ProgressRow[] {
  const found = Object.values(metrics.learners).flatMap((scalars) => scalars[key] ?? []);
  if (found.length === 0) return [];
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  return [
    { label, text: mean.toFixed(digits), values: remember(key, mean), warning: found.some(outOfRange) },
  ];
}

/** `environment 12 %  forward 20 %  ...`, largest share as it comes. */
function shares(spent: ReadonlyMap<string, number>): string {
  const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  return [...spent].map(([span, ms]) => `${span} ${((100 * ms) / total).toFixed(0)} %`).join("  ");
}

function meanWithInterval(values: readonly number[]): { readonly mean: number; readonly halfWidth: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const variance =
    values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / Math.max(n - 1, 1);
  return { mean, halfWidth: 1.96 * Math.sqrt(variance / n) };
}
