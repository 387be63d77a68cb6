/**
 * @file The single-environment view of a kernel: a ParallelEnv over one copy, in float64 where the kernel is. The same
 * `KernelCopies` drives it that drives a vector environment, so row i of a batch and this object cannot differ.
 */
import type { Json } from "../../runtime/json.ts";
import { parseSeed } from "../../runtime/random/key.ts";
import type {
  Action,
  EnvMetadata,
  Info,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../env.ts";
import { environmentError } from "../issues.ts";
import { describeSpace, explainOutside } from "../spaces/contains.ts";
import { writeAction } from "../spaces/heads.ts";
import type { Space, TypedArray } from "../spaces/space.ts";
import type {
  EnvironmentDefinition,
  EnvironmentSpec,
  GroupActions,
  GroupBuffers,
  GroupLayout,
  KernelDefinition,
  RoleGroup,
} from "../vector/contract.ts";
import { KernelCopies, emptyActions } from "../vector/copies.ts";
import { packStates, unpackState } from "../vector/snapshot.ts";
import { allAgents, groupLayouts, maskOf, readObservation, stateSize } from "../vector/layout.ts";

/** One environment of a definition: a view of the kernel, or the user's own object. */
export function createEnv(definition: EnvironmentDefinition): ParallelEnv {
  return definition.kind === "kernel" ? new KernelEnv(definition) : definition.create();
}

/** Where an agent stands: its group and its index in it. */
interface Place {
  readonly group: number;
  readonly index: number;
  readonly role: RoleGroup;
  readonly layout: GroupLayout;
  readonly buffers: GroupBuffers;
}

/** One copy of a kernel as a ParallelEnv. */
export class KernelEnv implements ParallelEnv {
  readonly metadata: EnvMetadata;
  readonly possibleAgents: readonly string[];
  readonly stateSpace?: Space;
  readonly #spec: EnvironmentSpec;
  readonly #copies: KernelCopies;
  readonly #actions: readonly GroupActions[];
  readonly #places: ReadonlyMap<string, Place>;
  readonly #layouts: readonly GroupLayout[];
  /** Masked actions must be found out before the kernel sees them. */
  readonly #refusesMasked: boolean;

  constructor(definition: KernelDefinition) {
    const { spec } = definition;
    const layouts = groupLayouts(spec);
    this.#spec = spec;
    this.#layouts = layouts;
    this.#refusesMasked = spec.illegalActions === "throw" && layouts.some(({ mask }) => mask > 0);
    this.#actions = layouts.map((layout) => emptyActions(layout, 1));
    this.#copies = new KernelCopies(definition, 1, this.#actions);
    this.#places = placesOf(spec, layouts, this.#copies.buffers.groups);
    this.possibleAgents = allAgents(spec);
    this.metadata = {
      name: spec.name,
      renderModes: [],
      illegalActions: spec.illegalActions,
      ...(spec.maxCycles === 0 ? {} : { maxCycles: spec.maxCycles }),
      ...(spec.deterministic === true ? { deterministic: true } : {}),
    };
    if (spec.stateSpace !== undefined) this.stateSpace = spec.stateSpace;
  }

  get agents(): readonly string[] {
    return this.possibleAgents.filter((agent) => this.#lives(agent));
  }

  /** The kernel's world, for tests that set a state or read it in float64. */
  get copies(): KernelCopies {
    return this.#copies;
  }

  observationSpace(agent: string): Space {
    return this.#place(agent).role.observationSpace;
  }

  actionSpace(agent: string): Space {
    return this.#place(agent).role.actionSpace;
  }

  reset(options: ResetOptions = {}): ResetResult {
    refuseOptions(options.options ?? {});
    if (options.seed !== undefined) this.#copies.seed(0, parseSeed(options.seed));
    this.#copies.reset(0);
    const { agents } = this;
    return { observations: this.#look(agents), infos: record(agents, (): Info => ({})) };
  }

  step(actions: PerAgent<string, Action>): StepResult {
    const before = this.agents;
    if (before.length === 0) {
      throw environmentError("ENV_ORDER", {
        path: "step",
        expected: "a running episode",
        hint: "Call reset() before the first step and after the last agent has ended.",
      });
    }
    this.#accept(actions, before);
    this.#copies.clear(0, 1);
    this.#copies.advance(0, 1);
    const appeared = this.agents.filter((agent) => !before.includes(agent));
    const concerned = [...before, ...appeared];
    const was = (agent: string, flags: (group: GroupBuffers) => Uint8Array): boolean => {
      const { buffers, index } = this.#place(agent);
      return before.includes(agent) && flags(buffers)[index] === 1;
    };
    const result: StepResult = {
      observations: this.#look(concerned),
      rewards: record(concerned, (agent) => (before.includes(agent) ? this.#reward(agent) : 0)),
      terminations: record(concerned, (agent) => was(agent, (group) => group.terminated)),
      truncations: record(concerned, (agent) => was(agent, (group) => group.truncated)),
      infos: record(concerned, (agent): Info =>
        was(agent, (g) => g.illegal) ? { illegalAction: true } : {},
      ),
    };
    for (const agent of before) {
      if (result.terminations[agent] !== true && result.truncations[agent] !== true) continue;
      const { buffers, index } = this.#place(agent);
      buffers.alive[index] = 0;
    }
    return result;
  }

  state(): TypedArray {
    const out = new Float32Array(stateSize(this.#spec));
    if (this.#spec.joinedState === true) this.#copies.kernel.observe(0, 0, 1, out, 0);
    else this.#copies.kernel.state?.(0, 1, out, 0);
    return out;
  }

  snapshot(): Uint8Array {
    return packStates(this.#spec.name, [this.#copies.save()]);
  }

  restore(snapshot: Uint8Array): void {
    this.#copies.load(unpackState(this.#spec.name, snapshot, { first: 0, copies: 1, total: 1 }));
  }

  close(): void {
    this.#copies.kernel.close?.();
  }

  /** Checks the actions of all live agents, then writes them where the kernel reads. */
  #accept(actions: PerAgent<string, Action>, live: readonly string[]): void {
    for (const agent of Object.keys(actions)) {
      if (live.includes(agent)) continue;
      throw environmentError("ENV_AGENT_UNKNOWN", {
        path: `actions.${agent}`,
        value: this.#places.has(agent) ? "an agent that is not alive" : "an agent that does not exist",
        expected: `actions of ${live.join(", ")} only`,
        hint: "Send an action for each name in `agents`, and for no other.",
      });
    }
    // Observations are only needed for their masks.
    const seen = this.#refusesMasked ? this.#look(live) : {};
    for (const agent of live) this.#check(agent, actions[agent], seen[agent]);
    for (const agent of live) {
      const { role, layout, buffers, index } = this.#place(agent);
      const { discrete, continuous } = buffers;
      const at = { discrete, continuous, d: index * layout.heads.length, c: index * layout.continuous };
      writeAction(role.actionSpace, actions[agent] ?? 0, at);
    }
  }

  #check(agent: string, action: Action | undefined, seen: Observation | undefined): void {
    const { role, layout, buffers, index } = this.#place(agent);
    if (action === undefined) {
      throw environmentError("ENV_ACTION_MISSING", {
        path: `actions.${agent}`,
        expected: `a member of ${describeSpace(role.actionSpace)}`,
        hint: "Send an action for each live agent.",
      });
    }
    const reason = explainOutside(role.actionSpace, action);
    if (reason !== undefined) throw illegalAction(agent, reason, role.actionSpace);
    if (layout.mask === 0 || seen === undefined) return;
    const choices = new Int32Array(buffers.discrete.length);
    const at = index * layout.heads.length;
    writeAction(role.actionSpace, action, {
      discrete: choices,
      continuous: new Float32Array(buffers.continuous.length),
      d: at,
      c: index * layout.continuous,
    });
    const mask = maskOf(role.observationSpace, seen);
    let offset = 0;
    layout.heads.forEach((head, h) => {
      const choice = choices[at + h] ?? 0;
      if (mask?.[offset + choice] === 0) {
        throw illegalAction(agent, `choice ${choice} is masked`, role.actionSpace);
      }
      offset += head;
    });
  }

  #look(agents: readonly string[]): PerAgent<string, Observation> {
    const { kernel } = this.#copies;
    const rows = this.#layouts.map(({ agents: count, features, mask }, g) => {
      const seen = { features: new Float32Array(count * features), mask: new Int8Array(count * mask) };
      kernel.observe(g, 0, 1, seen.features, 0);
      if (mask > 0) kernel.mask?.(g, 0, 1, seen.mask, 0);
      return seen;
    });
    return record(agents, (agent) => {
      const { group, index, role, layout } = this.#place(agent);
      const { features, mask } = rows[group] ?? { features: new Float32Array(0), mask: new Int8Array(0) };
      return readObservation(
        role.observationSpace,
        features,
        index * layout.features,
        mask,
        index * layout.mask,
      );
    });
  }

  #reward(agent: string): number {
    const { buffers, index } = this.#place(agent);
    return buffers.rewards[index] ?? 0;
  }

  #lives(agent: string): boolean {
    const { buffers, index } = this.#place(agent);
    return buffers.alive[index] === 1;
  }

  #place(agent: string): Place {
    const place = this.#places.get(agent);
    if (place !== undefined) return place;
    throw environmentError("ENV_AGENT_UNKNOWN", {
      path: "agent",
      value: agent,
      expected: `one of ${this.possibleAgents.join(", ")}`,
      hint: "Use a name of `possibleAgents`.",
    });
  }
}

function placesOf(
  spec: EnvironmentSpec,
  layouts: readonly GroupLayout[],
  buffers: readonly GroupBuffers[],
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  spec.groups.forEach((role, group) => {
    const layout = layouts[group];
    const columns = buffers[group];
    if (layout === undefined || columns === undefined) return;
    role.agents.forEach((agent, index) => {
      places.set(agent, { group, index, role, layout, buffers: columns });
    });
  });
  return places;
}

function record<V>(agents: readonly string[], value: (agent: string) => V): { [agent: string]: V } {
  const values: { [agent: string]: V } = {};
  for (const agent of agents) values[agent] = value(agent);
  return values;
}

function refuseOptions(options: { readonly [key: string]: Json }): void {
  const [unknown] = Object.keys(options).sort();
  if (unknown === undefined) return;
  throw environmentError("ENV_OPTION_UNKNOWN", {
    path: `options.${unknown}`,
    expected: "no options: this environment has none",
    hint: "Call reset({ seed }) without options.",
  });
}

function illegalAction(agent: string, reason: string, space: Space): Error {
  return environmentError("ENV_ACTION_ILLEGAL", {
    path: `actions.${agent}`,
    value: reason,
    expected: `a legal member of ${describeSpace(space)}`,
    hint: "Draw actions with sample(space, generator, mask), or look at the observation's action_mask.",
  });
}
