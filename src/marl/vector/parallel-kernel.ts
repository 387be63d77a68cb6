/**
 * @file Any ParallelEnv as a kernel, so that the vector environment needs one implementation: B objects behind the
 * columns. The last observations are kept in the kernel's memory, because an object environment shows them only once.
 */
import type { Observation, ParallelEnv, PerAgent, ResetOptions } from "../env.ts";
import { environmentError } from "../issues.ts";
import { flatten } from "../spaces/flatten.ts";
import { readAction } from "../spaces/heads.ts";
import { spaceEquals } from "../spaces/space-json.ts";
import type { SpaceValue } from "../spaces/space.ts";
import type {
  BatchKernel,
  EnvironmentDefinition,
  GroupLayout,
  KernelArray,
  KernelBuffers,
  KernelDefinition,
  ParallelDefinition,
  RoleGroup,
} from "./contract.ts";
import { groupLayouts, stateSize, writeObservation } from "./layout.ts";

/** The kernel form of a definition; kernels stay as they are. */
export function asKernel(definition: EnvironmentDefinition): KernelDefinition {
  if (definition.kind === "kernel") return definition;
  // The object ends its own episodes: the driver must not add a limit.
  const spec = { ...definition.spec, maxCycles: 0 };
  return { kind: "kernel", spec, create: (buffers) => new ObjectKernel(definition, buffers) };
}

/**
 * A definition for a user's environment. Without `groups`, agents with equal spaces form a group, named after the word
 * before the number of its first agent (`pursuer_0` -> `pursuer`).
 * @throws GrandModelError `ENV_GROUP_INVALID` when a group names an agent that is not in `possibleAgents`.
 */
export function parallelDefinition(
  create: () => ParallelEnv,
  groups?: { readonly [name: string]: readonly string[] },
): ParallelDefinition {
  const env = create();
  const { name, maxCycles = 0, illegalActions = "throw", deterministic = false } = env.metadata;
  const named = groups === undefined ? groupBySpaces(env) : Object.entries(groups);
  const roles = named.map(([role, agents]): RoleGroup => {
    const [first] = agents;
    if (first === undefined || agents.some((agent) => !env.possibleAgents.includes(agent))) {
      throw environmentError("ENV_GROUP_INVALID", {
        path: `groups.${role}`,
        value: agents.join(", "),
        expected: `agents among ${env.possibleAgents.join(", ")}`,
        hint: "Name agents as the environment's possibleAgents does.",
      });
    }
    return {
      name: role,
      agents,
      observationSpace: env.observationSpace(first),
      actionSpace: env.actionSpace(first),
      every: 1,
    };
  });
  const stateSpace = env.stateSpace;
  env.close();
  return {
    kind: "parallel",
    create,
    spec: {
      name,
      groups: roles,
      ...(stateSpace === undefined ? {} : { stateSpace }),
      maxCycles,
      membership: "varying",
      illegalActions,
      deterministic,
    },
  };
}

function groupBySpaces(env: ParallelEnv): readonly (readonly [string, readonly string[]])[] {
  const groups: [string, string[]][] = [];
  for (const agent of env.possibleAgents) {
    const same = groups.find(([, [first = ""]]) => {
      const sees = spaceEquals(env.observationSpace(first), env.observationSpace(agent));
      return sees && spaceEquals(env.actionSpace(first), env.actionSpace(agent));
    });
    if (same === undefined) groups.push([agent.replace(/_\d+$/, ""), [agent]]);
    else same[1].push(agent);
  }
  return groups;
}

class ObjectKernel implements BatchKernel {
  readonly memory: readonly KernelArray[];
  readonly #definition: ParallelDefinition;
  readonly #buffers: KernelBuffers;
  readonly #layouts: readonly GroupLayout[];
  readonly #envs: readonly ParallelEnv[];
  /** Seeds to hand to the next reset; copy b starts with seed b. */
  readonly #seeds: (bigint | undefined)[];
  readonly #rows: readonly { readonly features: Float32Array; readonly mask: Int8Array }[];
  readonly #states: Float32Array;
  readonly #stateFeatures: number;

  constructor(definition: ParallelDefinition, buffers: KernelBuffers) {
    const { copies } = buffers;
    this.#definition = definition;
    this.#buffers = buffers;
    this.#layouts = groupLayouts(definition.spec);
    this.#envs = Array.from({ length: copies }, () => definition.create());
    this.#seeds = Array.from({ length: copies }, (_, b) => BigInt(b));
    this.#rows = this.#layouts.map(({ agents, features, mask }) => ({
      features: new Float32Array(copies * agents * features),
      mask: new Int8Array(copies * agents * mask),
    }));
    this.#stateFeatures = stateSize(definition.spec);
    this.#states = new Float32Array(copies * this.#stateFeatures);
    this.memory = [
      ...this.#rows.flatMap(({ features, mask }) => [features, new Uint8Array(mask.buffer)]),
      this.#states,
    ];
  }

  seed(b: number, seed: bigint): void {
    this.#seeds[b] = seed;
  }

  reset(b: number): void {
    const env = this.#env(b);
    const seed = this.#seeds[b];
    this.#seeds[b] = undefined;
    const options: ResetOptions = seed === undefined ? {} : { seed };
    const { observations } = env.reset(options);
    this.#markAlive(b, env.agents);
    this.#look(b, observations);
  }

  step(from: number, to: number): void {
    for (let b = from; b < to; b += 1) this.#stepOne(b);
  }

  observe(group: number, from: number, to: number, out: Float32Array, offset: number): void {
    const width = (this.#layouts[group]?.agents ?? 0) * (this.#layouts[group]?.features ?? 0);
    const rows = this.#rows[group]?.features.subarray(from * width, to * width);
    if (rows !== undefined) out.set(rows, offset);
  }

  mask(group: number, from: number, to: number, out: Int8Array, offset: number): void {
    const width = (this.#layouts[group]?.agents ?? 0) * (this.#layouts[group]?.mask ?? 0);
    const rows = this.#rows[group]?.mask.subarray(from * width, to * width);
    if (rows !== undefined && width > 0) out.set(rows, offset);
  }

  state(from: number, to: number, out: Float32Array, offset: number): void {
    out.set(this.#states.subarray(from * this.#stateFeatures, to * this.#stateFeatures), offset);
  }

  snapshot(): readonly Uint8Array[] {
    return this.#envs.map((env) => env.snapshot());
  }

  restore(snapshots: readonly Uint8Array[]): void {
    this.#envs.forEach((env, b) => env.restore(snapshots[b] ?? new Uint8Array(0)));
    this.#seeds.fill(undefined);
  }

  close(): void {
    for (const env of this.#envs) env.close();
  }

  #stepOne(b: number): void {
    const env = this.#env(b);
    const actions: { [agent: string]: SpaceValue } = {};
    this.#eachAgent(b, (agent, index, g) => {
      const group = this.#buffers.groups[g];
      const layout = this.#layouts[g];
      if (group === undefined || layout === undefined || group.alive[index] !== 1) return;
      actions[agent] = readAction(env.actionSpace(agent), {
        discrete: group.discrete,
        continuous: group.continuous,
        d: index * layout.heads.length,
        c: index * layout.continuous,
      });
    });
    const result = env.step(actions);
    this.#eachAgent(b, (agent, index, g) => {
      const group = this.#buffers.groups[g];
      if (group === undefined) return;
      group.rewards[index] = result.rewards[agent] ?? 0;
      group.terminated[index] = result.terminations[agent] === true ? 1 : 0;
      group.truncated[index] = result.truncations[agent] === true ? 1 : 0;
      group.illegal[index] = result.infos[agent]?.["illegalAction"] === true ? 1 : 0;
      if (env.agents.includes(agent)) group.alive[index] = 1;
    });
    this.#look(b, result.observations);
  }

  #look(b: number, observations: PerAgent<string, Observation>): void {
    const env = this.#env(b);
    this.#eachAgent(b, (agent, index, g) => {
      const seen = observations[agent];
      const rows = this.#rows[g];
      const layout = this.#layouts[g];
      if (seen === undefined || rows === undefined || layout === undefined) return;
      const { features, mask } = layout;
      writeObservation(
        env.observationSpace(agent),
        seen,
        rows.features,
        index * features,
        rows.mask,
        index * mask,
      );
    });
    if (env.stateSpace !== undefined && env.state !== undefined) {
      flatten(env.stateSpace, env.state(), this.#states, b * this.#stateFeatures);
    }
  }

  #markAlive(b: number, live: readonly string[]): void {
    this.#eachAgent(b, (agent, index, g) => {
      const group = this.#buffers.groups[g];
      if (group !== undefined) group.alive[index] = live.includes(agent) ? 1 : 0;
    });
  }

  /** Calls back with agent name, index [B, A] in its group, and group. */
  #eachAgent(b: number, visit: (agent: string, index: number, group: number) => void): void {
    this.#definition.spec.groups.forEach((group, g) => {
      group.agents.forEach((agent, a) => visit(agent, b * group.agents.length + a, g));
    });
  }

  #env(b: number): ParallelEnv {
    const env = this.#envs[b];
    if (env === undefined) throw new RangeError(`internal: no copy ${b}`);
    return env;
  }
}
