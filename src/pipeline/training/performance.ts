/** @file Numbers of one series of P&L per bar, flat bars included (training.md section 4). */
import { mean } from "../../evaluation/returns/sums.kernel.ts";
import { standardDeviation } from "../../evaluation/returns/moments.ts";

/** Mean over sample deviation, annualised; 0 for a series that never moves: a policy that does not trade has no merit. */
export function sharpeOf(pnl: Float64Array, periodsPerYear: number): number {
  const deviation = standardDeviation(pnl);
  return deviation > 0 ? (mean(pnl) / deviation) * Math.sqrt(periodsPerYear) : 0;
}

export function sumOf(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** P&L per session, in order of time. @param session trade date of each item, ascending */
export function pnlBySession(pnl: Float64Array, session: Int32Array): Float64Array {
  const days: number[] = [];
  for (const [i, value] of pnl.entries()) {
    if (i === 0 || session[i] !== session[i - 1]) days.push(0);
    days[days.length - 1] = (days.at(-1) ?? 0) + value;
  }
  return Float64Array.from(days);
}
