/** @file Which slab row comes next, for each half of the copies: steps out of order would read rows never written. */
import { environmentError } from "../issues.ts";
import type { Half, RolloutSlabs } from "./contract.ts";
import type { SlabSizes } from "./slabs.ts";

export class RowCursor {
  readonly #sizes: SlabSizes;
  readonly #slabs: RolloutSlabs;
  /** Row that each half sees now; -1 before the first reset. */
  readonly #next: [number, number] = [-1, -1];

  constructor(sizes: SlabSizes, slabs: RolloutSlabs) {
    this.#sizes = sizes;
    this.#slabs = slabs;
  }

  /** Row that a reset writes: 0, or the current row when only marked copies are reset. */
  rowOfReset(resetMask: Uint8Array | undefined): number {
    if (resetMask === undefined) {
      this.restart();
      return 0;
    }
    if (resetMask.length !== this.#sizes.copies || !resetMask.includes(1)) {
      throw environmentError("VECTOR_SHAPE", {
        path: "resetMask",
        value: `${resetMask.length} entries`,
        expected: `${this.#sizes.copies} entries of 0 and 1, at least one of them 1`,
        hint: "Mark with 1 the copies whose episode ended.",
      });
    }
    const [row, other] = this.#next;
    if (row < 0 || row !== other) throw this.#order(row, "reset() of all copies before a partial reset");
    return row;
  }

  /** Both halves stand at row 0. */
  restart(): void {
    this.#next.fill(0);
  }

  /** @throws GrandModelError `ENV_ORDER` unless `t` is the row at which this half stands. */
  advance(t: number, half: Half): void {
    const row = this.#next[half];
    if (row === -1) throw this.#order(t, "reset() before the first step");
    if (t !== row) throw this.#order(t, `step ${row}`);
    if (t >= this.#sizes.horizon)
      throw this.#order(t, `beginRollout() after step ${this.#sizes.horizon - 1}`);
    this.#next[half] = row + 1;
  }

  /** Moves the current row, where both halves stand, to row 0. */
  beginRollout(): void {
    const [row, other] = this.#next;
    if (row < 0 || row !== other) throw this.#order(row, "both halves at the same row");
    if (row > 0) this.#moveToFront(row);
    this.restart();
  }

  #moveToFront(row: number): void {
    const { copies, layouts, stateFeatures, joinedState } = this.#sizes;
    layouts.forEach(({ agents, features, mask }, g) => {
      const slabs = this.#slabs.groups[g];
      if (slabs === undefined) return;
      moveRow(slabs.observations, row, copies * agents * features);
      moveRow(slabs.mask, row, copies * agents * mask);
      moveRow(slabs.alive, row, copies * agents);
      moveRow(slabs.acting, row, copies * agents);
    });
    if (!joinedState) moveRow(this.#slabs.state, row, copies * stateFeatures);
  }

  #order(value: number, expected: string): Error {
    return environmentError("ENV_ORDER", {
      path: "step",
      value,
      expected,
      hint: "reset, then step 0, 1, ..., T - 1, then beginRollout and again from 0.",
    });
  }
}

function moveRow(slab: Float32Array | Int8Array | Uint8Array, row: number, width: number): void {
  slab.copyWithin(0, row * width, (row + 1) * width);
}
