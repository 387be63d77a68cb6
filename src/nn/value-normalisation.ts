/**
 * @file Running statistics of value targets and PopArt (van Hasselt et al., "Learning values across many orders of
 * magnitude", 2016; formulas and constants of marl.md, section 8). The head predicts (V - mean) / sd.
 * Statistics live outside the graph in float64 as three numbers per output, so that a checkpoint is their JSON and a
 * resumed run has the same bits; the graph gets mean and sd as inputs. PopArt rescales the last linear layer so that
 * the denormalised outputs stay as they were when the statistics move.
 */
import { add, div, mul, sub } from "../graph/ops/arithmetic.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { LinearParameters } from "./layers/linear.ts";

/** Debiased running moments of one output: exponential averages of x, x^2 and 1. */
export interface ValueStatistics {
  readonly first: number;
  readonly second: number;
  readonly weight: number;
}

/** What values are normalised with. */
export interface ValueScale<T = number> {
  readonly mean: T;
  readonly sd: T;
}

/** Before any target was seen: mean 0, sd 0.1, the root of the least variance. */
export const noStatistics: ValueStatistics = { first: 0, second: 0, weight: 0 };

const LEAST_WEIGHT = 1e-5;
const LEAST_VARIANCE = 1e-2;

/**
 * The statistics after a minibatch of targets, which must not be empty.
 * @param beta share of the past, 0.99999 by default
 */
export function updateStatistics(
  statistics: ValueStatistics,
  targets: Float32Array | Float64Array,
  beta = 0.99999,
): ValueStatistics {
  let sum = 0;
  let squares = 0;
  for (const target of targets) {
    sum += target;
    squares += target * target;
  }
  const average = (past: number, now: number): number => beta * past + (1 - beta) * now;
  return {
    first: average(statistics.first, sum / targets.length),
    second: average(statistics.second, squares / targets.length),
    weight: average(statistics.weight, 1),
  };
}

/** Mean and standard deviation that the statistics stand for. */
export function scaleOf({ first, second, weight }: ValueStatistics): ValueScale {
  const debias = Math.max(weight, LEAST_WEIGHT);
  const mean = first / debias;
  return { mean, sd: Math.sqrt(Math.max(second / debias - mean * mean, LEAST_VARIANCE)) };
}

/** In place: values of the head become values in units of reward. Do this before GAE. */
export function denormalise(values: Float32Array | Float64Array, { mean, sd }: ValueScale): void {
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] ?? 0) * sd + mean;
}

/** Targets `[...]` as the head sees them. */
export function normalise(targets: Tensor, { mean, sd }: ValueScale<Tensor>): Tensor {
  return div(sub(targets, mean), sd);
}

/**
 * PopArt inside a graph: the head whose denormalised outputs under `after` are those of `head` under `before`,
 *   W' = W sd / sd', b' = (sd b + mean - mean') / sd'.
 * Scales are scalars, or `[outputs]` where each output has its own.
 */
export function rescaleHead(
  head: LinearParameters,
  before: ValueScale<Tensor>,
  after: ValueScale<Tensor>,
): LinearParameters {
  const moved = sub(add(mul(head.bias, before.sd), before.mean), after.mean);
  return { weight: mul(head.weight, div(before.sd, after.sd)), bias: div(moved, after.sd) };
}

/** PopArt outside a graph: as `rescaleHead`, in place, for a head with one output or one scale for all outputs. */
export function rescaleHeadInPlace(
  head: { readonly weight: Float32Array; readonly bias: Float32Array },
  before: ValueScale,
  after: ValueScale,
): void {
  const ratio = before.sd / after.sd;
  for (let i = 0; i < head.weight.length; i += 1) head.weight[i] = (head.weight[i] ?? 0) * ratio;
  for (let i = 0; i < head.bias.length; i += 1) {
    head.bias[i] = (before.sd * (head.bias[i] ?? 0) + before.mean - after.mean) / after.sd;
  }
}
