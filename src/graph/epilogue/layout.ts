/**
 * @file Where everything of an epilogue lies in its WebAssembly memory: one slot per scalar, the session's vectors
 * whole (it writes them there itself), and one chunk per vector that belongs to the caller.
 */
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
  readonly length: number;
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
  const computed = [...plan.reductions, ...plan.scalars].map(outputOf);
  const read = [...plan.inputs, ...plan.scratch].map(({ tensor }) => tensor);
  const scalar = new Map([...computed, ...read.filter(isScalar)].map((tensor) => [tensor, place(1)]));
  const vectors = read.filter((tensor) => !isScalar(tensor));
  const length = outputOf(plan.loop[0] as EpiloguePlan["loop"][number]).shape[0] ?? 0;
  const owned = new Set(plan.scratch.map(({ tensor }) => tensor));
  const scratch = new Map(vectors.filter((x) => owned.has(x)).map((tensor) => [tensor, place(length)]));
  const borrowed = [
    ...vectors.filter((x) => !owned.has(x)),
    ...plan.outputs.map(({ tensor }) => tensor).filter((x) => !isScalar(x)),
  ];
  const chunk = new Map(borrowed.map((tensor) => [tensor, place(Math.min(length, chunkLength))]));
  return { scalar, scratch, chunk, length, bytes };
}
