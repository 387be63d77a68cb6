/**
 * @file A turn-based environment as a ParallelEnv, for environments whose world moves once per round: every live agent
 * acts once, in the order that the environment chooses. The inverse of `parallelToAec` on trajectories.
 */
import type {
  Action,
  AecEnv,
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
import type { Space, TypedArray } from "../spaces/space.ts";

/** The simultaneous view of a turn-based environment. */
export function aecToParallel(env: AecEnv): ParallelEnv {
  return new RoundView(env);
}

class RoundView implements ParallelEnv {
  readonly #env: AecEnv;

  constructor(env: AecEnv) {
    this.#env = env;
  }

  get metadata(): EnvMetadata {
    return this.#env.metadata;
  }
  get possibleAgents(): readonly string[] {
    return this.#env.possibleAgents;
  }
  get agents(): readonly string[] {
    return this.#env.agents;
  }
  get stateSpace(): Space | undefined {
    return this.#env.stateSpace;
  }

  observationSpace(agent: string): Space {
    return this.#env.observationSpace(agent);
  }

  actionSpace(agent: string): Space {
    return this.#env.actionSpace(agent);
  }

  reset(options?: ResetOptions): ResetResult {
    this.#env.reset(options);
    return { observations: this.#look(this.agents), infos: this.#env.infos };
  }

  step(actions: PerAgent<string, Action>): StepResult {
    const before = this.agents;
    if (before.length === 0) throw orderError("a running episode: call reset() first");
    this.#refuseStrangers(actions, before);
    const earned: { [agent: string]: number } = {};
    for (let turn = 0; turn < before.length; turn += 1) {
      const agent = this.#env.agentSelection;
      const action = actions[agent];
      if (action === undefined) throw missing(agent);
      this.#env.step(action);
      for (const other of this.#env.agents)
        earned[other] = (earned[other] ?? 0) + (this.#env.rewards[other] ?? 0);
    }
    const concerned = this.#env.agents;
    const { terminations, truncations, infos } = this.#env;
    const result: StepResult = {
      observations: this.#look(concerned),
      rewards: earned,
      terminations,
      truncations,
      infos: fromAgents(concerned, (agent): Info => infos[agent] ?? {}),
    };
    this.#buryEnded();
    return result;
  }

  state(): TypedArray {
    const state = this.#env.state?.();
    if (state === undefined) throw orderError("an environment with a global state");
    return state;
  }

  render(): unknown {
    return this.#env.render?.();
  }

  close(): void {
    this.#env.close();
  }

  snapshot(): Uint8Array {
    return this.#env.snapshot();
  }

  restore(snapshot: Uint8Array): void {
    this.#env.restore(snapshot);
  }

  #look(agents: readonly string[]): PerAgent<string, Observation> {
    return fromAgents(agents, (agent) => this.#env.observe(agent));
  }

  /** Gives every ended agent its null step. */
  #buryEnded(): void {
    while (this.#env.agents.length > 0) {
      const agent = this.#env.agentSelection;
      if (this.#env.terminations[agent] !== true && this.#env.truncations[agent] !== true) return;
      this.#env.step(null);
    }
  }

  #refuseStrangers(actions: PerAgent<string, Action>, live: readonly string[]): void {
    const stranger = Object.keys(actions).find((agent) => !live.includes(agent));
    if (stranger === undefined) return;
    throw environmentError("ENV_AGENT_UNKNOWN", {
      path: `actions.${stranger}`,
      expected: `actions of ${live.join(", ")} only`,
      hint: "Send an action for each name in `agents`, and for no other.",
    });
  }
}

function fromAgents<V>(agents: readonly string[], value: (agent: string) => V): { [agent: string]: V } {
  return Object.fromEntries(agents.map((agent) => [agent, value(agent)]));
}

function missing(agent: string): Error {
  return environmentError("ENV_ACTION_MISSING", {
    path: `actions.${agent}`,
    expected: "an action for each live agent",
    hint: "Send an action for each name in `agents`.",
  });
}

function orderError(expected: string): Error {
  return environmentError("ENV_ORDER", {
    path: "step",
    expected,
    hint: "Call reset() before the first step and after the last agent has ended.",
  });
}
