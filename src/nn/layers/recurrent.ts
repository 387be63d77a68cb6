/**
 * @file Running a recurrent cell over a sequence: the unrolled graph with resets inside (Chung et al. 2014; marl.md,
 * items 21 and 22). The input's part of every gate is one product over all steps; each step then adds its state's part.
 * `keep[t] = 0` clears a sample's state before step t, because an episode ended before it: a reset inside a chunk gives
 * the same numbers as two sequences. Time is the first axis, so that chunks are slices.
 */
import { mul } from "../../graph/ops/arithmetic.ts";
import { split, stack } from "../../graph/ops/joining.ts";
import { expandDims, squeeze } from "../../graph/ops/shaping.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { Layer, Parameters } from "./layer.ts";

/** State of a cell, each part [B, hidden]: `{ h }` for a GRU, `{ h, c }` for an LSTM. The start is all zeros. */
export type RecurrentState = { readonly h: Tensor; readonly [part: string]: Tensor };

/** What one step takes. */
export interface Step<S extends RecurrentState> {
  /** `[B, inputs]`. */
  readonly input: Tensor;
  readonly state: S;
}

/** A cell: one step as a layer, and the two halves of it that unrolling shares. */
export interface RecurrentCell<P extends Parameters, S extends RecurrentState> extends Layer<P, Step<S>, S> {
  /** Names of the parts of the state, to allocate them. */
  readonly stateParts: readonly (keyof S & string)[];
  readonly hidden: number;
  /** The input's part of the gates: `[..., inputs] -> [..., gates x hidden]`. */
  project(parameters: P, input: Tensor): Tensor;
  /** The next state from a projected input `[B, gates x hidden]`. */
  advance(parameters: P, projected: Tensor, state: S): S;
}

/** A chunk of a sequence. */
export interface Sequence<S extends RecurrentState> {
  /** `[T, B, inputs]`. */
  readonly inputs: Tensor;
  /** State before the first step, as it was stored in the rollout. */
  readonly start: S;
  /** `[T, B]`: 0 where the state is cleared before the step, else 1. */
  readonly keep: Tensor;
}

/** `outputs` `[T, B, hidden]`, and the state after the last step. */
export interface Unrolled<S extends RecurrentState> {
  readonly outputs: Tensor;
  readonly final: S;
}

/** The cell applied step by step to `[T, B, inputs]`. */
export function unroll<P extends Parameters, S extends RecurrentState>(
  cell: RecurrentCell<P, S>,
  parameters: P,
  { inputs, start, keep }: Sequence<S>,
): Unrolled<S> {
  const projected = stepsOf(cell.project(parameters, inputs));
  const kept = stepsOf(expandDims(keep, -1));
  const outputs: Tensor[] = [];
  let state = start;
  for (const [t, input] of projected.entries()) {
    const flag = kept[t] as Tensor;
    const cleared = Object.entries(state).map(([part, value]) => [part, mul(value, flag)]);
    state = cell.advance(parameters, input, Object.fromEntries(cleared) as S);
    outputs.push(state.h);
  }
  return { outputs: stack(outputs, 0), final: state };
}

/** The steps of `[T, ...]` by one Split, whose derivative is one Concat; slices would add T padded gradients. */
function stepsOf(sequence: Tensor): Tensor[] {
  const length = sequence.shape[0] ?? 0;
  return split(sequence, Array<number>(length).fill(1), 0).map((step) => squeeze(step, 0));
}
