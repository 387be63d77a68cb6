/**
 * @file The copies of one kernel with what belongs to each: generator, step count, live agents. Both the vector
 * environment and the single-environment view drive a kernel through this class, so they cannot differ.
 */
import { Generator, type GeneratorState } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import type { BatchKernel, GroupActions, GroupLayout, KernelBuffers, KernelDefinition } from "./contract.ts";
import { groupLayouts } from "./layout.ts";
import { applyTimeLimit } from "./record.kernel.ts";
import { type CopyState, restoreArray } from "./snapshot.ts";

/** A kernel and its per-copy bookkeeping. */
export class KernelCopies {
  readonly definition: KernelDefinition;
  readonly layouts: readonly GroupLayout[];
  readonly buffers: KernelBuffers;
  readonly kernel: BatchKernel;

  /** @param actions views [copies, A, ...] that the kernel will read; one entry per group. */
  constructor(definition: KernelDefinition, copies: number, actions: readonly GroupActions[]) {
    this.definition = definition;
    this.layouts = groupLayouts(definition.spec);
    this.buffers = {
      copies,
      groups: this.layouts.map((layout, g) => ({
        ...(actions[g] ?? emptyActions(layout, copies)),
        rewards: new Float64Array(copies * layout.agents),
        terminated: new Uint8Array(copies * layout.agents),
        truncated: new Uint8Array(copies * layout.agents),
        alive: new Uint8Array(copies * layout.agents),
        illegal: new Uint8Array(copies * layout.agents),
      })),
      generators: Array.from({ length: copies }, (_, b) => streamOf(definition.spec.name, BigInt(b))),
      steps: new Int32Array(copies),
    };
    this.kernel = definition.create(this.buffers);
  }

  /** Starts copy b's stream anew. */
  seed(b: number, seed: bigint): void {
    const wide = BigInt.asUintN(64, seed);
    this.buffers.generators[b]?.setState(streamOf(this.definition.spec.name, wide).getState());
    this.kernel.seed?.(b, wide);
  }

  /** Starts an episode of copy b. */
  reset(b: number): void {
    this.buffers.steps[b] = 0;
    for (let g = 0; g < this.layouts.length; g += 1) {
      const agents = this.layouts[g]?.agents ?? 0;
      this.buffers.groups[g]?.alive.fill(1, b * agents, (b + 1) * agents);
    }
    this.kernel.reset(b);
  }

  /** Clears rewards and flags of all copies: before the ranges of a step. */
  clear(from: number, to: number): void {
    const { groups } = this.buffers;
    for (let g = 0; g < groups.length; g += 1) {
      const group = groups[g];
      const agents = this.layouts[g]?.agents ?? 0;
      if (group === undefined) continue;
      group.rewards.fill(0, from * agents, to * agents);
      group.terminated.fill(0, from * agents, to * agents);
      group.truncated.fill(0, from * agents, to * agents);
      group.illegal.fill(0, from * agents, to * agents);
    }
  }

  /** Moves copies from <= b < to by one step, time limit included; `clear` has been called. */
  advance(from: number, to: number): void {
    const { groups, steps } = this.buffers;
    for (let b = from; b < to; b += 1) steps[b] = (steps[b] ?? 0) + 1;
    this.kernel.step(from, to);
    const limit = this.definition.spec.maxCycles;
    if (limit === 0) return;
    for (let g = 0; g < groups.length; g += 1) {
      const group = groups[g];
      if (group !== undefined) applyTimeLimit(group, steps, this.layouts[g]?.agents ?? 0, limit, from, to);
    }
  }

  /** Worlds, generators, step counts and live agents, as views where possible: copy them before the next step. */
  save(): CopyState {
    const generators = Uint32Array.from(
      this.buffers.generators.flatMap((generator) => [...generator.getState()]),
    );
    return { columns: [generators, ...this.#arrays()], objects: this.kernel.snapshot?.() ?? [] };
  }

  /** @throws GrandModelError `ENV_SNAPSHOT_INVALID`. */
  load(state: CopyState): void {
    const { name } = this.definition.spec;
    const [generators, ...columns] = state.columns;
    const words = new Uint32Array(4 * this.buffers.copies);
    restoreArray(name, generators, words);
    this.#arrays().forEach((array, i) => restoreArray(name, columns[i], array));
    this.buffers.generators.forEach((generator, b) => generator.setState(stateAt(words, b)));
    this.kernel.restore?.(state.objects);
  }

  #arrays(): readonly ArrayBufferView[] {
    return [this.buffers.steps, ...this.buffers.groups.map((group) => group.alive), ...this.kernel.memory];
  }
}

/** Action arrays of a group for `copies` copies. */
export function emptyActions(layout: GroupLayout, copies: number): GroupActions {
  return {
    discrete: new Int32Array(copies * layout.agents * layout.heads.length),
    continuous: new Float32Array(copies * layout.agents * layout.continuous),
  };
}

function streamOf(name: string, seed: bigint): Generator {
  return Generator.fromKey(foldIn(keyFromSeed(seed), name));
}

function stateAt(words: Uint32Array, b: number): GeneratorState {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = words.subarray(4 * b, 4 * b + 4);
  return [s0, s1, s2, s3];
}
