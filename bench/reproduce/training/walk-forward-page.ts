/** @file A walk-forward report as the sentences of a result page. */
import type { Tally } from "../../../src/pipeline/run/tally.ts";
import type { Estimate } from "../../../src/pipeline/training/estimate.ts";
import type { WalkForwardReport } from "../../../src/pipeline/training/walk-forward-report.ts";
import type { FoldResult } from "./nq-seed.ts";

export function walkForwardPage(
  report: WalkForwardReport,
  bySeed: readonly (readonly FoldResult[])[],
): readonly string[] {
  const seeds = bySeed.length;
  const tallies = bySeed.flat().map(({ result }) => result.tally);
  const { deflatedSharpe, maxDrawdown, netUsd, probabilityOfOverfitting: pbo, sharpe } = report;
  return [
    `Net P&L by costs, mean of ${seeds} seeds, interval over days (stationary bootstrap, mean block 5 sessions, 2,000 draws): x0 ${usd(netUsd.x0)}; x1 ${usd(netUsd.x1)}; x2 ${usd(netUsd.x2)}. Costs are scaled on the same decisions.`,
    `Sharpe ratio (daily, flat days included, annualised): ${shown(sharpe)}; maximum drawdown ${shown(maxDrawdown, 100)} %.`,
    `Deflated Sharpe ratio ${deflatedSharpe.probability?.toFixed(3) ?? "not defined (no P&L)"} with ${deflatedSharpe.trials} trials; probability of overfitting over seeds and baselines ${pbo === undefined ? "not defined: no two configurations differ" : pbo.toFixed(2)}.`,
    `By year: ${report.years.map(({ days, netUsd: net, year }) => `${year} ${net.toFixed(0)} USD in ${days} days`).join("; ")}.`,
    `Trades of all seeds: ${report.trades}.`,
    `Decisions that may trade: ${sum(tallies, ({ trading }) => trading)}; by outcome: ${counts(tallies, ({ outcomes }) => outcomes)}. First reason of those that did not: ${counts(tallies, ({ reasons }) => reasons)}.`,
    `Synergies completed in the test parts, by type: ${counts(tallies, ({ synergies }) => synergies)}.`,
    `Each stage alone in its environment, greedy votes, no risk stage, net USD by seed over all test parts: strategic ${votes(bySeed, "strategic")}; tactical ${votes(bySeed, "tactical")}.`,
    ...report.aspirational.map(
      ({ found, name, state, target }) => `Aspirational, ${name} (${target}): ${found}: **${state}**.`,
    ),
  ];
}

function usd({ high, low, value }: Estimate): string {
  return `${value.toFixed(0)} [${low.toFixed(0)}, ${high.toFixed(0)}]`;
}

function shown({ high, low, value }: Estimate, scale: number = 1): string {
  return `${(scale * value).toFixed(2)} [${(scale * low).toFixed(2)}, ${(scale * high).toFixed(2)}]`;
}

function sum(tallies: readonly Tally[], of: (tally: Tally) => number): number {
  return tallies.reduce((total, tally) => total + of(tally), 0);
}

function counts(tallies: readonly Tally[], of: (tally: Tally) => Readonly<Record<string, number>>): string {
  const all = new Map<string, number>();
  for (const tally of tallies) {
    for (const [name, count] of Object.entries(of(tally))) all.set(name, (all.get(name) ?? 0) + count);
  }
  return [...all].map(([name, count]) => `${name} ${count}`).join(", ") || "none";
}

function votes(bySeed: readonly (readonly FoldResult[])[], stage: "strategic" | "tactical"): string {
  const perSeed = bySeed.map((results) => {
    const net = results.reduce((total, result) => total + result.votes[stage].netUsd, 0);
    const fills = results.reduce((total, result) => total + result.votes[stage].fills, 0);
    return `${net.toFixed(0)} in ${fills} fills`;
  });
  return perSeed.join(", ");
}
