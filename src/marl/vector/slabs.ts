/**
 * @file Allocates the slabs and action arrays of a vector environment inside one buffer, shared between threads or not.
 * Every thread lays the same plan over the same buffer, so the order of the calls below is the layout. Fresh buffers are
 * zero and their pages are only touched when written: the final-observation slabs cost nothing until episodes end.
 */
import type { GroupActions, GroupLayout, GroupSlabs, RolloutSlabs } from "./contract.ts";
import { emptyActions } from "./copies.ts";

/** T, B, N and S. */
export interface SlabSizes {
  readonly layouts: readonly GroupLayout[];
  readonly horizon: number;
  readonly copies: number;
  readonly stateFeatures: number;
  /** The state slabs are the observation slabs of the only group. */
  readonly joinedState: boolean;
}

/** What all threads of a vector environment see. */
export interface VectorMemory {
  readonly slabs: RolloutSlabs;
  readonly actions: readonly GroupActions[];
}

/** Bytes that `layOutMemory` needs. */
export function memoryBytes(sizes: SlabSizes): number {
  const arena = new Arena(undefined);
  layOut(sizes, arena);
  return arena.used;
}

/** Views over `buffer`, which has at least `memoryBytes(sizes)` bytes. */
export function layOutMemory(sizes: SlabSizes, buffer: ArrayBuffer | SharedArrayBuffer): VectorMemory {
  return layOut(sizes, new Arena(buffer));
}

/** Views [copies, A, ...] of the actions of copies `first .. first + copies - 1`. */
export function actionRange(
  layouts: readonly GroupLayout[],
  actions: readonly GroupActions[],
  first: number,
  copies: number,
): readonly GroupActions[] {
  return layouts.map((layout, g) => {
    const all = actions[g] ?? emptyActions(layout, first + copies);
    const heads = layout.agents * layout.heads.length;
    const numbers = layout.agents * layout.continuous;
    return {
      discrete: all.discrete.subarray(first * heads, (first + copies) * heads),
      continuous: all.continuous.subarray(first * numbers, (first + copies) * numbers),
    };
  });
}

function layOut(sizes: SlabSizes, arena: Arena): VectorMemory {
  const { layouts, horizon, copies, joinedState } = sizes;
  const stateFeatures = joinedState ? 0 : sizes.stateFeatures;
  const rows = horizon * copies;
  const rowsAndNext = (horizon + 1) * copies;
  const agents = layouts.reduce((sum, layout) => sum + layout.agents, 0);
  const groups = layouts.map((layout): GroupSlabs => {
    const before = rowsAndNext * layout.agents;
    const during = rows * layout.agents;
    return {
      observations: arena.f32(before * layout.features),
      mask: arena.i8(before * layout.mask),
      alive: arena.u8(before),
      acting: arena.u8(before),
      rewards: arena.f32(during),
      terminated: arena.u8(during),
      truncated: arena.u8(during),
      hasFinal: arena.u8(during),
      finalObservations: arena.f32(during * layout.features),
    };
  });
  const actions = layouts.map((layout) => ({
    discrete: arena.i32(copies * layout.agents * layout.heads.length),
    continuous: arena.f32(copies * layout.agents * layout.continuous),
  }));
  const [only] = groups;
  const slabs = {
    groups,
    state: joinedState && only !== undefined ? only.observations : arena.f32(rowsAndNext * stateFeatures),
    finalState: joinedState && only !== undefined ? only.finalObservations : arena.f32(rows * stateFeatures),
    episodeEnded: arena.u8(rows),
    episodeLength: arena.i32(rows),
    episodeReturns: arena.f64(rows * agents),
    episodeSeconds: arena.f64(rows),
  };
  return { slabs, actions };
}

/** Hands out arrays of one buffer, each beginning on a cache line; without a buffer it only counts. */
class Arena {
  readonly #buffer: ArrayBuffer | SharedArrayBuffer | undefined;
  used = 0;

  constructor(buffer: ArrayBuffer | SharedArrayBuffer | undefined) {
    this.#buffer = buffer;
  }

  f32(length: number): Float32Array {
    const at = this.#take(4 * length);
    return this.#buffer === undefined
      ? new Float32Array(0)
      : new Float32Array(asBuffer(this.#buffer), at, length);
  }

  f64(length: number): Float64Array {
    const at = this.#take(8 * length);
    return this.#buffer === undefined
      ? new Float64Array(0)
      : new Float64Array(asBuffer(this.#buffer), at, length);
  }

  i32(length: number): Int32Array {
    const at = this.#take(4 * length);
    return this.#buffer === undefined
      ? new Int32Array(0)
      : new Int32Array(asBuffer(this.#buffer), at, length);
  }

  i8(length: number): Int8Array {
    const at = this.#take(length);
    return this.#buffer === undefined ? new Int8Array(0) : new Int8Array(asBuffer(this.#buffer), at, length);
  }

  u8(length: number): Uint8Array {
    const at = this.#take(length);
    return this.#buffer === undefined
      ? new Uint8Array(0)
      : new Uint8Array(asBuffer(this.#buffer), at, length);
  }

  #take(bytes: number): number {
    const at = this.used;
    this.used += Math.ceil(bytes / 64) * 64;
    return at;
  }
}

/** Typed arrays over shared memory have the same methods; the library's array types name ArrayBuffer only. */
function asBuffer(buffer: ArrayBuffer | SharedArrayBuffer): ArrayBuffer {
  return buffer as ArrayBuffer;
}
