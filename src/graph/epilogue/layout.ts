/**
 * @file Where everything of an epilogue lies in its WebAssembly memory: one slot per scalar, the session's vectors
 * whole (it writes them there itself), and one chunk per vector that belongs to the caller.
 */
import { sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type EpiloguePlan, isScalar, outputOf } from "./plan.ts";

/** Elements that the loop takes at a time: chunks of all vectors together stay inside the second-level cache. */
export const chunkLength = 8192;

/** Byte addresses in the memory. */
export interface EpilogueLayout {
  readonly scalar: ReadonlyMap<Tensor, number>;
  /** Vectors of the session, whole. */
  readonly scratch: ReadonlyMap<Tensor, number>;
  /** Chunks of the caller's input and output vectors. */
  readonly chunk: ReadonlyMap<Tensor, number>;
  readonly bytes: number;
}

/** Lays the memory out. */
export function layOut(plan: EpiloguePlan): EpilogueLayout {
  let bytes = 0;
  const place = (length: number): number => {
    const address = bytes;
    // Multiples of a cache line, with room for the last four lanes of a loop.
    bytes += Math.ceil((4 * length + 16) / 64) * 64;
    return address;
  };
  const placeAll = (tensors: readonly Tensor[], most: number): Map<Tensor, number> =>
    new Map(tensors.map((tensor) => [tensor, place(Math.min(most, sizeOf(tensor.shape)))]));
  const tensorsOf = (placed: EpiloguePlan["inputs"]): Tensor[] => placed.map(({ tensor }) => tensor);
  const isVector = (tensor: Tensor): boolean => !isScalar(tensor);
  const [inputs, scratch, outputs] = [plan.inputs, plan.scratch, plan.outputs].map(tensorsOf) as [
    Tensor[],
    Tensor[],
    Tensor[],
  ];
  const computed = [...plan.reductions, ...plan.scalars].map(outputOf);
  const places = {
    scalar: placeAll([...computed, ...[...inputs, ...scratch].filter(isScalar)], 1),
    scratch: placeAll(scratch.filter(isVector), Infinity),
    chunk: placeAll([...new Set([...inputs, ...outputs].filter(isVector))], chunkLength),
  };
  return { ...places, bytes };
}
