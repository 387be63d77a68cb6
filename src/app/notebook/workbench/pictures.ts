/** @file Pictures that both training notebooks show: prices with what was found in them, training, baselines. */
import type { BaselineRun } from "../../../evaluation/report/tear-sheet.ts";
import { barFlag, type BarSeries } from "../../../market/bars.ts";
import type { TrainingProgress } from "../../../pipeline/training/history.ts";
import type { TrainedStage } from "../../../pipeline/training/train-stage.ts";
import type { Displayable } from "../helpers/displayable.ts";
import { figure } from "../helpers/figure.ts";
import { table } from "../helpers/table.ts";
import { lines } from "../plots/lines.ts";

/** Close; rolls are violet lines, masked bars shaded. */
export function priceFigure(bars: BarSeries, bar: string): Displayable {
  const { c, dataSource, flags, length, symbol } = bars;
  const has = (i: number, bits: number): boolean => ((flags[i] ?? 0) & bits) !== 0;
  const all = Array.from(flags.keys());
  const rolls = all.filter((i) => has(i, barFlag.rollBar | barFlag.rollAmbiguous));
  const starts = all.filter((i) => has(i, barFlag.masked) && !has(i - 1, barFlag.masked));
  const ends = all.filter((i) => has(i, barFlag.masked) && !has(i + 1, barFlag.masked));
  const plot = lines([{ name: "close", y: c }], {
    x: `${bar} bar`,
    y: "index points",
    marks: rolls.map((x) => ({ name: "roll", x })),
    spans: starts.map((from, i) => ({ from, to: (ends[i] ?? from) + 1 })),
  });
  const title = `${symbol} close, ${dataSource}: ${rolls.length} rolls violet, ${starts.length} masks shaded`;
  return figure(plot, { title, alt: `${length} bars` });
}

/** Reward over environment steps: mean over the seeds, and their range. */
export function rewardFigure(runs: readonly TrainedStage[]): Displayable {
  const rows = runs.map(({ history }) => history.updates.map(({ reward }) => reward));
  const updates = runs[0]?.history.updates ?? [];
  const over = (of: (values: readonly number[]) => number): readonly number[] =>
    updates.map((_, i) => of(rows.map((row) => row[i] ?? 0)));
  const plot = lines(
    [
      {
        name: "reward",
        x: updates.map(({ step }) => step),
        y: over((values) => values.reduce((a, b) => a + b, 0) / values.length),
        band: { low: over((values) => Math.min(...values)), high: over((values) => Math.max(...values)) },
      },
    ],
    { x: "environment steps", y: "mean reward of a step", levels: [{ name: "0", value: 0 }] },
  );
  const title = `Training reward in units of risk: mean and range of ${runs.length} seeds`;
  return figure(plot, { title, alt: `last ${updates.at(-1)?.reward.toPrecision(3)} for the first seed` });
}

/** Entropy, explained variance and KL of one training. */
export function learnerFigure(updates: readonly TrainingProgress[], seed: number): Displayable {
  const plot = lines(
    [
      { name: "entropy, nats", y: updates.map(({ entropy }) => entropy) },
      { name: "explained variance", y: updates.map(({ explainedVariance }) => explainedVariance) },
      { name: "KL x 10, nats", y: updates.map(({ kl }) => 10 * kl) },
    ],
    { x: "update", y: "nats; share" },
  );
  return figure(plot, {
    title: `Learner, seed ${seed}`,
    alt: `last KL ${updates.at(-1)?.kl.toPrecision(3)}`,
  });
}

/** What each validation sweep of the trainings earned at full costs. */
export function validationTable(runs: readonly TrainedStage[], seeds: readonly number[]): Displayable {
  const rows = runs.flatMap(({ history }, i) =>
    history.validations.map(({ update, netUsd, fills, decisions }) => ({
      seed: seeds[i],
      update,
      netUsd,
      fills,
      decisions,
    })),
  );
  return table(rows, { title: "Validation sweeps at full costs", units: { netUsd: "USD" } });
}

/** Equity of rules that need no skill. */
export function baselinesFigure(baselines: readonly BaselineRun[], source: string): Displayable {
  const plot = lines(
    baselines.map(({ name, result }) => ({ name, y: result.equity.equityUsd })),
    { x: "bar", y: "equity, USD" },
  );
  return figure(plot, {
    title: `Equity of the baselines after costs, ${source} bars`,
    alt: "one contract each",
  });
}
