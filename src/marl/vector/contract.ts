/**
 * @file The batch contracts: what an environment is as columns (`EnvironmentSpec`, `BatchKernel`) and what a learner
 * reads and writes (`VectorEnv` with its rollout slabs).
 *
 * Letters: T steps of a rollout, B copies, A agents of a role group, F features, S state features, N all agents.
 * Invariants: arrays are allocated once and keep their identity for the life of a VectorEnv; index order is
 * [T, B, A, F], time outermost; row t of an observation-like slab is what the policy sees BEFORE step t, so those slabs
 * have T + 1 rows, and `beginRollout` moves row T to row 0; row t of a transition slab belongs to step t.
 */
import type { Generator } from "../../runtime/random/generator.ts";
import type { ParallelEnv, Seed } from "../env.ts";
import type { Space } from "../spaces/space.ts";

/** Agents with one role: the same spaces, and as a rule one policy. */
export interface RoleGroup {
  readonly name: string;
  /** In index order along the slab axis A. */
  readonly agents: readonly string[];
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** The group decides at every k-th environment step of an episode, its first one included; 1 = each step. */
  readonly every: number;
}

/** What can be known of an environment without making one. */
export interface EnvironmentSpec {
  /** Ends in a version, `-v0`; also the name of the random stream. */
  readonly name: string;
  /** `possibleAgents` is the concatenation of the groups' agents. */
  readonly groups: readonly RoleGroup[];
  /** Space of the global state (a flat float32 Box); absent: critics see the joined observations. */
  readonly stateSpace?: Space;
  /** The state is the joined observations [A, F] of the only group: slab `state` is the memory of its `observations`. */
  readonly joinedState?: boolean;
  /** Nothing is drawn: every seed gives the same episode. */
  readonly deterministic?: boolean;
  /** Steps after which every live agent is truncated; 0 = the environment has no time limit of its own. */
  readonly maxCycles: number;
  /** `fixed`: all agents live from reset to the end of the episode; `varying`: agents die or appear. */
  readonly membership: "fixed" | "varying";
  /** What an action does that the mask forbids. */
  readonly illegalActions: "throw" | "no-op";
}

/** The working set of one group for the copies of one kernel, B local. */
export interface GroupBuffers {
  /** [B, A, heads] choices, counted from 0. */
  readonly discrete: Int32Array;
  /** [B, A, D] continuous actions. */
  readonly continuous: Float32Array;
  /** [B, A], float64: the single-environment view reports it unrounded. */
  readonly rewards: Float64Array;
  /** [B, A] flags of this step; the driver clears them before `step`. */
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  /** [B, A] agents that are live; a kernel writes it only to let agents appear, or start an episode absent. */
  readonly alive: Uint8Array;
  /** [B, A] 1 where the kernel took an illegal action as a no-op; the driver clears it before `step`. */
  readonly illegal: Uint8Array;
}

/** Everything that a kernel reads and writes besides its own memory. */
export interface KernelBuffers {
  readonly copies: number;
  readonly groups: readonly GroupBuffers[];
  /** One per copy: the named stream of that copy's seed. */
  readonly generators: readonly Generator[];
  /** [B] steps since the copy's reset, this one included during `step`. */
  readonly steps: Int32Array;
}

/** An array of a kernel's memory; all bytes together are the state of all copies. */
export type KernelArray = Float64Array | Float32Array | Int32Array | Uint8Array;

/**
 * B copies of an environment as a structure of arrays. The driver (`driver.ts`) owns generators, step counts, the time
 * limit, autoreset and episode statistics; a kernel only moves the world and writes what can be seen.
 */
export interface BatchKernel {
  /** Its whole state, each array [B, ...]: snapshots copy these bytes. */
  readonly memory: readonly KernelArray[];
  /** Told when copy b gets a new seed, before its reset; for kernels that keep generators of their own. */
  seed?(b: number, seed: bigint): void;
  /** Starts a new episode of copy b, drawing from `generators[b]`; `alive` is all ones before the call. */
  reset(b: number): void;
  /** Moves copies from <= b < to by one step: reads actions, writes rewards and flags. */
  step(from: number, to: number): void;
  /** Writes the observations [to - from, A, F] of a group at `offset`; depends on `memory` and `steps` only. */
  observe(group: number, from: number, to: number, out: Float32Array, offset: number): void;
  /** Writes action masks [to - from, A, M], 1 = legal; absent when everything is always legal. */
  mask?(group: number, from: number, to: number, out: Int8Array, offset: number): void;
  /** Writes the global state [to - from, S]; present when the spec has a `stateSpace` and not `joinedState`. */
  state?(from: number, to: number, out: Float32Array, offset: number): void;
  /** State that does not fit into `memory`: one snapshot per copy. */
  snapshot?(): readonly Uint8Array[];
  restore?(snapshots: readonly Uint8Array[]): void;
  close?(): void;
}

/** An environment as columns: how the library's own environments are written. */
export interface KernelDefinition {
  readonly kind: "kernel";
  readonly spec: EnvironmentSpec;
  readonly create: (buffers: KernelBuffers) => BatchKernel;
}

/** A user's ParallelEnv as an environment definition; the groups say which agents share a policy. */
export interface ParallelDefinition {
  readonly kind: "parallel";
  readonly spec: EnvironmentSpec;
  readonly create: () => ParallelEnv;
}

export type EnvironmentDefinition = KernelDefinition | ParallelDefinition;

/** Sizes of a group's slabs, derived from its spaces (`layout.ts`). */
export interface GroupLayout {
  readonly name: string;
  /** A. */
  readonly agents: number;
  /** F. */
  readonly features: number;
  /** Choices of each discrete head; empty for purely continuous actions. */
  readonly heads: readonly number[];
  /** D: continuous action dimensions. */
  readonly continuous: number;
  /** M: sum of `heads` when the observation carries an `action_mask`, else 0. */
  readonly mask: number;
  readonly every: number;
}

/** Where a learner puts the actions of the next step. */
export interface GroupActions {
  /** [B, A, heads]. */
  readonly discrete: Int32Array;
  /** [B, A, D]. */
  readonly continuous: Float32Array;
}

/** The rollout of one group. */
export interface GroupSlabs {
  /** [T + 1, B, A, F]; the row of a dead agent is zero. */
  readonly observations: Float32Array;
  /** [T + 1, B, A, M], 1 = legal; length 0 when M = 0. */
  readonly mask: Int8Array;
  /** [T + 1, B, A] the agent lives and row t is part of an episode (0 on NEXT_STEP's reset rows). */
  readonly alive: Uint8Array;
  /** [T + 1, B, A] the agent lives AND its clock ticks: it decides at row t. Equal to `alive` when `every` is 1. */
  readonly acting: Uint8Array;
  /** [T, B, A] reward of base step t, also between two decisions of a slow clock. */
  readonly rewards: Float32Array;
  /** [T, B, A] the task ended for the agent in this step. */
  readonly terminated: Uint8Array;
  /** [T, B, A] time or data ran out for the agent in this step. */
  readonly truncated: Uint8Array;
  /** [T, B, A] 1 where the agent ended in this step and `finalObservations` holds what it saw last. */
  readonly hasFinal: Uint8Array;
  /** [T, B, A, F], meaningful where `hasFinal`; memory is touched only there. */
  readonly finalObservations: Float32Array;
}

/** What belongs to the whole environment. */
export interface RolloutSlabs {
  readonly groups: readonly GroupSlabs[];
  /** [T + 1, B, S]; length 0 without a state space. */
  readonly state: Float32Array;
  /** [T, B, S], meaningful where any agent `hasFinal`. */
  readonly finalState: Float32Array;
  /** [T, B] 1 where the episode ended in step t; the three below are written in that row. */
  readonly episodeEnded: Uint8Array;
  /** [T, B] steps of the episode that ended. */
  readonly episodeLength: Int32Array;
  /** [T, B, N] return of each agent over the episode that ended. */
  readonly episodeReturns: Float64Array;
  /** [T, B] wall seconds of the episode; 0 without a clock. Not part of any determinism promise. */
  readonly episodeSeconds: Float64Array;
}

/**
 * What happens when an episode ends (names of gymnasium.vector 1.1).
 * - `same-step`: row t + 1 is the reset observation; the final one is in `finalObservations`.
 * - `next-step`: row t + 1 is the final observation with `alive` 0; the next step ignores its action, has reward 0 and
 *   returns the reset observation.
 * - `disabled`: stepping an ended copy throws; `reset({ resetMask })` resets the marked copies.
 */
export type AutoresetMode = "same-step" | "next-step" | "disabled";

export interface VectorResetOptions {
  /** Copy i is seeded with `seed + i` (mod 2^64); without it each copy's stream goes on. */
  readonly seed?: Seed;
  /** [B] 1 = reset this copy, at least one; the others keep their state. */
  readonly resetMask?: Uint8Array;
}

/** Half of the copies, so that one half steps while a policy looks at the other: 0 = [0, ceil(B / 2)), 1 = the rest. */
export type Half = 0 | 1;

/** B copies of one environment that write into the slabs of a rollout. */
export interface VectorEnv {
  readonly spec: EnvironmentSpec;
  readonly layouts: readonly GroupLayout[];
  /** S, 0 without a state space. */
  readonly stateFeatures: number;
  /** B. */
  readonly copies: number;
  /** T. */
  readonly horizon: number;
  readonly autoreset: AutoresetMode;
  readonly slabs: RolloutSlabs;
  /** One entry per group; fill it, then call `step`. */
  readonly actions: readonly GroupActions[];
  /** Starts episodes and writes row 0, or with `resetMask` the current row. Must precede the first step. */
  reset(options?: VectorResetOptions): void;
  /** Steps all copies: writes transition row t and observation row t + 1. `0 <= t < T`. */
  step(t: number): void;
  /** Starts stepping one half and returns at once (worker threads), or steps it now (one thread). */
  begin(t: number, half: Half): void;
  /** Waits until the half's step is done. */
  finish(half: Half): void;
  /** Moves observation row T to row 0: the start of the next rollout, with every episode in flight. */
  beginRollout(): void;
  /** Everything that decides the future: worlds, generators, step counts, episode accumulators; the same bytes for any number of threads. */
  snapshot(): Uint8Array;
  /** Restores worlds and writes the current observations into row 0. @throws GrandModelError `ENV_SNAPSHOT_INVALID`. */
  restore(snapshot: Uint8Array): void;
  /** Ends worker threads, closes environments. */
  close(): void;
}
