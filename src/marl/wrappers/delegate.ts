/** @file The base of all wrappers: passes every call on; a wrapper overrides what it changes and nothing else. */
import type {
  Action,
  EnvMetadata,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../env.ts";
import type { Space, TypedArray } from "../spaces/space.ts";
import { packSnapshot, unpackSnapshot } from "../vector/snapshot.ts";
import { environmentError } from "../issues.ts";

export class Delegate implements ParallelEnv {
  protected readonly inner: ParallelEnv;

  constructor(inner: ParallelEnv) {
    this.inner = inner;
  }

  get metadata(): EnvMetadata {
    return this.inner.metadata;
  }
  get possibleAgents(): readonly string[] {
    return this.inner.possibleAgents;
  }
  get agents(): readonly string[] {
    return this.inner.agents;
  }
  get stateSpace(): Space | undefined {
    return this.inner.stateSpace;
  }
  observationSpace(agent: string): Space {
    return this.inner.observationSpace(agent);
  }
  actionSpace(agent: string): Space {
    return this.inner.actionSpace(agent);
  }
  reset(options?: ResetOptions): ResetResult {
    return this.inner.reset(options);
  }
  step(actions: PerAgent<string, Action>): StepResult {
    return this.inner.step(actions);
  }
  state(): TypedArray {
    const state = this.inner.state?.();
    if (state !== undefined) return state;
    throw environmentError("ENV_ORDER", {
      path: "state",
      expected: "an environment with a stateSpace",
      hint: "Use the joined observations instead.",
    });
  }
  render(): unknown {
    return this.inner.render?.();
  }
  close(): void {
    this.inner.close();
  }
  snapshot(): Uint8Array {
    return this.inner.snapshot();
  }
  restore(snapshot: Uint8Array): void {
    this.inner.restore(snapshot);
  }

  /** A snapshot that carries this wrapper's own numbers beside the inner snapshot. */
  protected snapshotWith(own: Float64Array): Uint8Array {
    return packSnapshot(`${this.metadata.name} wrapped`, [this.inner.snapshot(), own]);
  }

  /** Restores the inner environment and returns this wrapper's own numbers. */
  protected restoreWith(snapshot: Uint8Array): Float64Array {
    const [inner, own] = unpackSnapshot(`${this.metadata.name} wrapped`, snapshot);
    this.inner.restore(inner ?? new Uint8Array(0));
    return new Float64Array((own ?? new Uint8Array(0)).slice().buffer);
  }
}

/** The observations of a record, changed one by one. */
export function mapRecord<V, W>(
  values: PerAgent<string, V>,
  change: (value: V, agent: string) => W,
): { [agent: string]: W } {
  return Object.fromEntries(
    Object.entries(values).flatMap(([agent, value]) =>
      value === undefined ? [] : [[agent, change(value, agent)]],
    ),
  );
}
