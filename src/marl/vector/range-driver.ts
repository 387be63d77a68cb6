/**
 * @file Steps a contiguous range of the copies of a vector environment and writes their part of each slab row: the one
 * place where autoreset, final observations and episode statistics happen. One driver serves a thread.
 *
 * Order within a step: check actions, move the worlds, record rewards and flags, store final observations of ended
 * agents, reset or park ended copies, observe. Local copy b is global copy `first + b`.
 */
import type { Clock } from "../../runtime/clock.ts";
import { environmentError } from "../issues.ts";
import type { AutoresetMode, EnvironmentSpec, GroupLayout, KernelDefinition } from "./contract.ts";
import { ActionChecker } from "./action-check.ts";
import { KernelCopies } from "./copies.ts";
import { groupLayouts, stateSize } from "./layout.ts";
import { clearDeadRows, noneAlive, recordAlive, recordTransitions } from "./record.kernel.ts";
import { type CopyState, restoreArray, unpackState } from "./snapshot.ts";
import { type VectorMemory, actionRange } from "./slabs.ts";

/** Which copies a driver owns, and how the whole is shaped. */
export interface DriverOptions {
  readonly first: number;
  readonly copies: number;
  /** B of the whole vector environment. */
  readonly total: number;
  readonly autoreset: AutoresetMode;
  readonly clock: Clock | undefined;
}

export class RangeDriver {
  readonly #spec: EnvironmentSpec;
  readonly #options: DriverOptions;
  readonly #memory: VectorMemory;
  readonly #copies: KernelCopies;
  readonly #layouts: readonly GroupLayout[];
  readonly #stateFeatures: number;
  readonly #agents: number;
  /** [copies, N] return of the running episode. */
  readonly #returns: Float64Array;
  /** [copies] 1 = the episode ended and the copy waits for a reset. */
  readonly #parked: Uint8Array;
  /** [copies] 1 = some agent ended in this step. */
  readonly #ended: Uint8Array;
  readonly #startedMs: Float64Array;
  readonly #checker: ActionChecker;

  constructor(definition: KernelDefinition, memory: VectorMemory, options: DriverOptions) {
    const { first, copies } = options;
    this.#spec = definition.spec;
    this.#options = options;
    this.#memory = memory;
    const layouts = groupLayouts(definition.spec);
    this.#copies = new KernelCopies(definition, copies, actionRange(layouts, memory.actions, first, copies));
    this.#layouts = layouts;
    this.#stateFeatures = stateSize(definition.spec);
    this.#agents = layouts.reduce((sum, layout) => sum + layout.agents, 0);
    this.#returns = new Float64Array(copies * this.#agents);
    this.#parked = new Uint8Array(copies).fill(1);
    this.#ended = new Uint8Array(copies);
    this.#startedMs = new Float64Array(copies);
    this.#checker = new ActionChecker(definition.spec, this.#copies.buffers, memory.slabs, first);
    // Unseeded copies are seeded by their global index, whatever thread they live in.
    for (let b = 0; b < copies; b += 1) this.#copies.seed(b, BigInt(first + b));
  }

  /** Resets the marked copies (all without a mask) and writes observation row `t`. */
  reset(t: number, seed: bigint | undefined, resetMask: Uint8Array | undefined): void {
    const { first, copies } = this.#options;
    for (let b = 0; b < copies; b += 1) {
      if (resetMask !== undefined && resetMask[first + b] !== 1) continue;
      if (seed !== undefined) this.#copies.seed(b, seed + BigInt(first + b));
      this.#restart(b);
      if (resetMask !== undefined) this.#observe(t, b, b + 1);
    }
    if (resetMask === undefined) this.#observe(t, 0, copies);
  }

  /** Steps local copies from <= b < to: transition row t, observation row t + 1. */
  step(t: number, from: number, to: number): void {
    this.#refuseParked(from, to);
    this.#checker.check(this.#row(t), from, to);
    this.#copies.clear(from, to);
    this.#advance(from, to);
    this.#record(t, from, to);
    this.#settle(t, from, to);
    this.#observe(t + 1, from, to);
    if (this.#options.autoreset !== "same-step") this.#showFinals(t, from, to);
  }

  /** State of this range, for `packStates`. */
  save(): CopyState {
    const { columns, objects } = this.#copies.save();
    return { columns: [this.#returns, this.#parked, ...columns], objects };
  }

  /** Takes this range's part of a snapshot and observes into row 0. @throws GrandModelError `ENV_SNAPSHOT_INVALID`. */
  restore(bytes: Uint8Array): void {
    const { name } = this.#spec;
    const { columns, objects } = unpackState(name, bytes, this.#options);
    const [returns, parked, ...rest] = columns;
    restoreArray(name, returns, this.#returns);
    restoreArray(name, parked, this.#parked);
    this.#copies.load({ columns: rest, objects });
    this.#observe(0, 0, this.#options.copies);
  }

  close(): void {
    this.#copies.kernel.close?.();
  }

  /** Where this range begins in row t of a [.., B] slab. */
  #row(t: number): number {
    return t * this.#options.total + this.#options.first;
  }

  #restart(b: number): void {
    this.#copies.reset(b);
    this.#parked[b] = 0;
    this.#returns.fill(0, b * this.#agents, (b + 1) * this.#agents);
    this.#startedMs[b] = this.#options.clock?.elapsedMs() ?? 0;
  }

  #refuseParked(from: number, to: number): void {
    if (this.#options.autoreset === "next-step") return;
    const at = this.#parked.indexOf(1, from);
    if (at === -1 || at >= to) return;
    throw environmentError("ENV_ORDER", {
      path: `copy ${this.#options.first + at}`,
      expected: "a running episode",
      hint: "Call reset() first; with autoreset disabled, reset({ resetMask }) for the copies whose episode ended.",
    });
  }

  /** Moves all copies that are not parked, in runs as long as possible. */
  #advance(from: number, to: number): void {
    let start = from;
    for (let b = from; b < to; b += 1) {
      if (this.#parked[b] === 0) continue;
      if (start < b) this.#copies.advance(start, b);
      start = b + 1;
    }
    if (start < to) this.#copies.advance(start, to);
  }

  #record(t: number, from: number, to: number): void {
    const { slabs } = this.#memory;
    this.#ended.fill(0, from, to);
    let firstAgent = 0;
    for (let g = 0; g < this.#layouts.length; g += 1) {
      const group = this.#copies.buffers.groups[g];
      const out = slabs.groups[g];
      const agents = this.#layouts[g]?.agents ?? 0;
      if (group === undefined || out === undefined) continue;
      const row = this.#row(t) * agents;
      recordTransitions(
        group,
        out,
        out.alive,
        row,
        agents,
        from,
        to,
        this.#returns,
        firstAgent,
        this.#agents,
        this.#ended,
      );
      firstAgent += agents;
    }
    slabs.episodeEnded.fill(0, this.#row(t) + from, this.#row(t) + to);
  }

  /** Stores what ended agents saw last; resets or parks the copies whose episode is over. */
  #settle(t: number, from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      if (this.#parked[b] === 1) {
        this.#restart(b);
      } else if (this.#ended[b] === 1) {
        this.#storeFinals(t, b);
        if (!this.#isOver(b)) continue;
        this.#storeEpisode(t, b);
        if (this.#options.autoreset === "same-step") this.#restart(b);
        else this.#parked[b] = 1;
      }
    }
  }

  #isOver(b: number): boolean {
    const { groups } = this.#copies.buffers;
    for (let g = 0; g < groups.length; g += 1) {
      const group = groups[g];
      if (group !== undefined && !noneAlive(group.alive, this.#layouts[g]?.agents ?? 0, b)) return false;
    }
    return true;
  }

  #storeFinals(t: number, b: number): void {
    const { slabs } = this.#memory;
    const row = this.#row(t) + b;
    for (let g = 0; g < this.#layouts.length; g += 1) {
      const out = slabs.groups[g];
      const layout = this.#layouts[g];
      if (out === undefined || layout === undefined) continue;
      this.#copies.kernel.observe(g, b, b + 1, out.finalObservations, row * layout.agents * layout.features);
    }
    this.#copies.kernel.state?.(b, b + 1, slabs.finalState, row * this.#stateFeatures);
  }

  #storeEpisode(t: number, b: number): void {
    const { slabs } = this.#memory;
    const row = this.#row(t) + b;
    slabs.episodeEnded[row] = 1;
    slabs.episodeLength[row] = this.#copies.buffers.steps[b] ?? 0;
    for (let n = 0; n < this.#agents; n += 1) {
      slabs.episodeReturns[row * this.#agents + n] = this.#returns[b * this.#agents + n] ?? 0;
    }
    const { clock } = this.#options;
    slabs.episodeSeconds[row] =
      clock === undefined ? 0 : (clock.elapsedMs() - (this.#startedMs[b] ?? 0)) / 1000;
  }

  #observe(t: number, from: number, to: number): void {
    const { slabs } = this.#memory;
    const { kernel, buffers } = this.#copies;
    const row = this.#row(t) + from;
    const someDead = this.#spec.membership === "varying" || this.#options.autoreset !== "same-step";
    for (let g = 0; g < this.#layouts.length; g += 1) {
      const layout = this.#layouts[g];
      const out = slabs.groups[g];
      const group = buffers.groups[g];
      if (layout === undefined || out === undefined || group === undefined) continue;
      const { agents, features, mask } = layout;
      kernel.observe(g, from, to, out.observations, row * agents * features);
      kernel.mask?.(g, from, to, out.mask, row * agents * mask);
      recordAlive(
        group,
        buffers.steps,
        layout.every,
        agents,
        from,
        to,
        out.alive,
        out.acting,
        this.#row(t) * agents,
      );
      if (!someDead) continue;
      clearDeadRows(group.alive, agents, from, to, out.observations, row * agents * features, features, 0);
      clearDeadRows(group.alive, agents, from, to, out.mask, row * agents * mask, mask, 1);
    }
    kernel.state?.(from, to, slabs.state, row * this.#stateFeatures);
  }

  /** Without same-step autoreset, row t + 1 of an ended copy shows the final observation. */
  #showFinals(t: number, from: number, to: number): void {
    for (let b = from; b < to; b += 1) {
      if (this.#ended[b] === 0 || this.#parked[b] === 0) continue;
      for (let g = 0; g < this.#layouts.length; g += 1) {
        const out = this.#memory.slabs.groups[g];
        const layout = this.#layouts[g];
        if (out === undefined || layout === undefined) continue;
        const source = (this.#row(t) + b) * layout.agents;
        const target = (this.#row(t + 1) + b) * layout.agents;
        for (let a = 0; a < layout.agents; a += 1) {
          if (out.hasFinal[source + a] === 0) continue;
          const begin = (source + a) * layout.features;
          const row = out.finalObservations.subarray(begin, begin + layout.features);
          out.observations.set(row, (target + a) * layout.features);
        }
      }
    }
  }
}
