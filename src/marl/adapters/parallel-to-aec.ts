/**
 * @file A ParallelEnv turn by turn: agents act in index order on the same observations, and the world moves when the last
 * one of the round has acted. Semantics of PettingZoo's `parallel_to_aec`. `aecToParallel` is its inverse on trajectories.
 */
import type { Json } from "../../runtime/json.ts";
import type {
  Action,
  AecEnv,
  EnvMetadata,
  Info,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  Turn,
} from "../env.ts";
import { environmentError } from "../issues.ts";
import { describeSpace, explainOutside } from "../spaces/contains.ts";
import type { Space, TypedArray } from "../spaces/space.ts";
import { packSnapshot, unpackSnapshot } from "../vector/snapshot.ts";
import { packValues, unpackValues } from "./value-rows.ts";

/** The turn-based view of an environment. */
export function parallelToAec(env: ParallelEnv): AecEnv {
  return new TurnView(env);
}

/** What the view adds to the inner environment: it is replaced, never changed, so that results can be handed out. */
interface Round {
  readonly agents: readonly string[];
  readonly selection: string | undefined;
  readonly observations: PerAgent<string, Observation>;
  readonly actions: PerAgent<string, Action>;
  readonly rewards: PerAgent<string, number>;
  readonly cumulativeRewards: PerAgent<string, number>;
  readonly terminations: PerAgent<string, boolean>;
  readonly truncations: PerAgent<string, boolean>;
  readonly infos: PerAgent<string, Info>;
}

const beforeReset: Round = {
  agents: [],
  selection: undefined,
  observations: {},
  actions: {},
  rewards: {},
  cumulativeRewards: {},
  terminations: {},
  truncations: {},
  infos: {},
};

class TurnView implements AecEnv {
  readonly #env: ParallelEnv;
  #round: Round = beforeReset;

  constructor(env: ParallelEnv) {
    this.#env = env;
  }

  get metadata(): EnvMetadata {
    return this.#env.metadata;
  }
  get possibleAgents(): readonly string[] {
    return this.#env.possibleAgents;
  }
  get agents(): readonly string[] {
    return this.#round.agents;
  }
  get rewards(): PerAgent<string, number> {
    return this.#round.rewards;
  }
  get cumulativeRewards(): PerAgent<string, number> {
    return this.#round.cumulativeRewards;
  }
  get terminations(): PerAgent<string, boolean> {
    return this.#round.terminations;
  }
  get truncations(): PerAgent<string, boolean> {
    return this.#round.truncations;
  }
  get infos(): PerAgent<string, Info> {
    return this.#round.infos;
  }
  get stateSpace(): Space | undefined {
    return this.#env.stateSpace;
  }
  get agentSelection(): string {
    const { selection } = this.#round;
    if (selection === undefined) throw noTurn();
    return selection;
  }

  observationSpace(agent: string): Space {
    return this.#env.observationSpace(agent);
  }

  actionSpace(agent: string): Space {
    return this.#env.actionSpace(agent);
  }

  reset(options?: ResetOptions): void {
    const { observations, infos } = this.#env.reset(options);
    const { agents } = this.#env;
    this.#round = {
      agents,
      selection: agents[0],
      observations,
      actions: {},
      rewards: fill(agents, 0),
      cumulativeRewards: fill(agents, 0),
      terminations: fill(agents, false),
      truncations: fill(agents, false),
      infos,
    };
  }

  step(action: Action | null): void {
    const agent = this.agentSelection;
    if (this.#hasEnded(agent)) this.#remove(agent, action);
    else this.#act(agent, action);
  }

  observe(agent: string): Observation {
    const observation = this.#round.observations[agent];
    if (observation !== undefined) return observation;
    throw environmentError("ENV_AGENT_UNKNOWN", {
      path: "observe",
      value: agent,
      expected: `one of the live agents: ${this.#round.agents.join(", ")}`,
      hint: "Observe agents of `agents` only.",
    });
  }

  last(): Turn {
    const agent = this.agentSelection;
    const { cumulativeRewards, terminations, truncations, infos } = this.#round;
    return {
      observation: this.observe(agent),
      reward: cumulativeRewards[agent] ?? 0,
      termination: terminations[agent] ?? false,
      truncation: truncations[agent] ?? false,
      info: infos[agent] ?? {},
    };
  }

  *agentIter(max: number = Number.POSITIVE_INFINITY): IterableIterator<string> {
    for (let turn = 0; turn < max && this.#round.selection !== undefined; turn += 1)
      yield this.#round.selection;
  }

  state(): TypedArray {
    const state = this.#env.state?.();
    if (state === undefined) throw noState();
    return state;
  }

  render(): unknown {
    return this.#env.render?.();
  }

  close(): void {
    this.#env.close();
  }

  snapshot(): Uint8Array {
    const { agents, selection, observations, actions, infos, ...numbers } = this.#round;
    const text = JSON.stringify({ agents, selection: selection ?? null, infos, ...numbers });
    return packSnapshot(`${this.metadata.name} turns`, [
      this.#env.snapshot(),
      new TextEncoder().encode(text),
      packValues(this.possibleAgents, observations, (agent) => this.observationSpace(agent)),
      packValues(this.possibleAgents, actions, (agent) => this.actionSpace(agent)),
    ]);
  }

  restore(snapshot: Uint8Array): void {
    const parts = unpackSnapshot(`${this.metadata.name} turns`, snapshot);
    const [inner, text, observations, actions] = parts;
    if (inner === undefined || text === undefined || observations === undefined || actions === undefined) {
      throw noTurn();
    }
    this.#env.restore(inner);
    const stored: Omit<Round, "selection" | "observations" | "actions"> & {
      readonly selection: string | null;
    } = JSON.parse(new TextDecoder().decode(text));
    this.#round = {
      ...stored,
      selection: stored.selection ?? undefined,
      observations: unpackValues(this.possibleAgents, observations, (agent) => this.observationSpace(agent)),
      actions: unpackValues(this.possibleAgents, actions, (agent) => this.actionSpace(agent)),
    };
  }

  #hasEnded(agent: string): boolean {
    return this.#round.terminations[agent] === true || this.#round.truncations[agent] === true;
  }

  /** The one `null` step of an ended agent. */
  #remove(agent: string, action: Action | null): void {
    if (action !== null) throw illegal(agent, "an action of an ended agent", "null");
    const agents = this.#round.agents.filter((other) => other !== agent);
    const ended = agents.filter((other) => this.#hasEnded(other));
    const keep = <V>(values: PerAgent<string, V>): PerAgent<string, V> => pick(values, agents);
    this.#round = {
      agents,
      selection: ended[0] ?? agents[0],
      observations: keep(this.#round.observations),
      actions: {},
      rewards: keep(this.#round.rewards),
      cumulativeRewards: keep(this.#round.cumulativeRewards),
      terminations: keep(this.#round.terminations),
      truncations: keep(this.#round.truncations),
      infos: keep(this.#round.infos),
    };
  }

  #act(agent: string, action: Action | null): void {
    const space = this.actionSpace(agent);
    const reason = action === null ? "null" : explainOutside(space, action);
    if (action === null || reason !== undefined) throw illegal(agent, reason ?? "null", describeSpace(space));
    const actions = { ...this.#round.actions, [agent]: action };
    const { agents } = this.#round;
    const next = agents[agents.indexOf(agent) + 1];
    if (next === undefined) {
      this.#moveWorld(actions);
      return;
    }
    this.#round = {
      ...this.#round,
      actions,
      selection: next,
      // Rewards of the last world step belong to the round before; the actor has collected its own.
      rewards: fill(agents, 0),
      cumulativeRewards: { ...this.#round.cumulativeRewards, [agent]: 0 },
    };
  }

  #moveWorld(actions: PerAgent<string, Action>): void {
    const { observations, rewards, terminations, truncations, infos } = this.#env.step(actions);
    // Ended agents stay for their null step, at the places of possibleAgents.
    const agents = this.possibleAgents.filter((agent) => observations[agent] !== undefined);
    const ended = agents.find((agent) => terminations[agent] === true || truncations[agent] === true);
    this.#round = {
      agents,
      selection: ended ?? agents[0],
      observations,
      actions: {},
      rewards,
      cumulativeRewards: rewards,
      terminations,
      truncations,
      infos,
    };
  }
}

function fill<V extends Json>(agents: readonly string[], value: V): { [agent: string]: V } {
  return Object.fromEntries(agents.map((agent) => [agent, value]));
}

function pick<V>(values: PerAgent<string, V>, agents: readonly string[]): { [agent: string]: V } {
  return Object.fromEntries(
    agents.flatMap((agent) => {
      const value = values[agent];
      return value === undefined ? [] : [[agent, value]];
    }),
  );
}

function illegal(agent: string, found: string, expected: string): Error {
  return environmentError("ENV_ACTION_ILLEGAL", {
    path: `actions.${agent}`,
    value: found,
    expected,
    hint: "Step a live agent with a member of its action space, an ended one with null.",
  });
}

function noTurn(): Error {
  return environmentError("ENV_ORDER", {
    path: "agentSelection",
    expected: "a running episode",
    hint: "Call reset() before the first turn and after the last agent has ended.",
  });
}

function noState(): Error {
  return environmentError("ENV_ORDER", {
    path: "state",
    expected: "an environment with a global state",
    hint: "Use the joined observations instead.",
  });
}
