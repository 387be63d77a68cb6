/** @file `createVectorEnv`: B copies in this thread. Worker threads: `worker-vector-env.adapter.ts`. */
import type { Clock } from "../../runtime/clock.ts";
import { parseSeed } from "../../runtime/random/key.ts";
import { environmentError } from "../issues.ts";
import type {
  AutoresetMode,
  EnvironmentDefinition,
  EnvironmentSpec,
  GroupActions,
  GroupLayout,
  Half,
  RolloutSlabs,
  VectorEnv,
  VectorResetOptions,
} from "./contract.ts";
import { groupLayouts, stateSize } from "./layout.ts";
import { asKernel } from "./parallel-kernel.ts";
import { RangeDriver } from "./range-driver.ts";
import { type SlabSizes, type VectorMemory, layOutMemory, memoryBytes } from "./slabs.ts";
import { packStates } from "./snapshot.ts";
import { RowCursor } from "./row-cursor.ts";

export interface VectorEnvOptions {
  /** B, at least 1. */
  readonly copies: number;
  /** T, at least 1. */
  readonly horizon: number;
  /** Default `same-step`. */
  readonly autoreset?: AutoresetMode;
  /** For `episodeSeconds`; without it they are 0. */
  readonly clock?: Clock;
}

/**
 * B copies of an environment in this thread.
 * @throws GrandModelError `VECTOR_SHAPE` for sizes below 1, `ENV_GROUP_INVALID` for a faulty specification.
 * @example
 * const vector = createVectorEnv(environmentDefinition("CartPole-v1"), { copies: 4, horizon: 128 });
 * vector.reset({ seed: 7 });
 * for (let t = 0; t < vector.horizon; t += 1) vector.step(t);
 */
export function createVectorEnv(definition: EnvironmentDefinition, options: VectorEnvOptions): VectorEnv {
  return new LocalVectorEnv(definition, options);
}

/** T, B, S and the group layouts of a vector environment. @throws GrandModelError `VECTOR_SHAPE`. */
export function slabSizes(spec: EnvironmentSpec, options: VectorEnvOptions): SlabSizes {
  for (const [name, size] of [["copies", options.copies] as const, ["horizon", options.horizon] as const]) {
    if (Number.isSafeInteger(size) && size >= 1) continue;
    throw environmentError("VECTOR_SHAPE", {
      path: name,
      value: size,
      expected: "a whole number of at least 1",
      hint: "Pass the number of parallel copies and the steps of a rollout.",
    });
  }
  const { copies, horizon } = options;
  return {
    layouts: groupLayouts(spec),
    copies,
    horizon,
    stateFeatures: stateSize(spec),
    joinedState: spec.joinedState === true,
  };
}

class LocalVectorEnv implements VectorEnv {
  readonly spec: EnvironmentSpec;
  readonly layouts: readonly GroupLayout[];
  readonly stateFeatures: number;
  readonly copies: number;
  readonly horizon: number;
  readonly autoreset: AutoresetMode;
  readonly slabs: RolloutSlabs;
  readonly actions: readonly GroupActions[];
  readonly #driver: RangeDriver;
  readonly #rows: RowCursor;

  constructor(definition: EnvironmentDefinition, options: VectorEnvOptions) {
    const sizes = slabSizes(definition.spec, options);
    const memory: VectorMemory = layOutMemory(sizes, new ArrayBuffer(memoryBytes(sizes)));
    this.spec = definition.spec;
    this.layouts = sizes.layouts;
    this.stateFeatures = sizes.stateFeatures;
    this.copies = sizes.copies;
    this.horizon = sizes.horizon;
    this.autoreset = options.autoreset ?? "same-step";
    this.slabs = memory.slabs;
    this.actions = memory.actions;
    this.#rows = new RowCursor(sizes, memory.slabs);
    this.#driver = new RangeDriver(asKernel(definition), memory, {
      first: 0,
      copies: this.copies,
      total: this.copies,
      autoreset: this.autoreset,
      clock: options.clock,
    });
  }

  reset(options: VectorResetOptions = {}): void {
    const row = this.#rows.rowOfReset(options.resetMask);
    this.#driver.reset(
      row,
      options.seed === undefined ? undefined : parseSeed(options.seed),
      options.resetMask,
    );
  }

  step(t: number): void {
    this.#rows.advance(t, 0);
    this.#rows.advance(t, 1);
    this.#driver.step(t, 0, this.copies);
  }

  begin(t: number, half: Half): void {
    this.#rows.advance(t, half);
    const middle = Math.ceil(this.copies / 2);
    if (half === 0) this.#driver.step(t, 0, middle);
    else this.#driver.step(t, middle, this.copies);
  }

  finish(_half: Half): void {
    // `begin` has done the work: there is no other thread.
  }

  beginRollout(): void {
    this.#rows.beginRollout();
  }

  snapshot(): Uint8Array {
    return packStates(this.spec.name, [this.#driver.save()]);
  }

  restore(snapshot: Uint8Array): void {
    this.#driver.restore(snapshot);
    this.#rows.restart();
  }

  close(): void {
    this.#driver.close();
  }
}
