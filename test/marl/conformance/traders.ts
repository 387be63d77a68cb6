/**
 * A sound environment with everything that the conformance suite looks at (masks, deaths, data, money, state), and one
 * deliberate defect per row. Two traders see a price and hold, buy or sell one lot, at most three lots either way.
 */
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";
import { parallelToAec } from "../../../src/marl/adapters/parallel-to-aec.ts";
import type {
  Action,
  AecEnv,
  EnvMetadata,
  Observation,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  Seed,
  StepResult,
} from "../../../src/marl/env.ts";
import type { DataChange } from "../../../src/marl/conformance/options.ts";
import type { RowId } from "../../../src/marl/conformance/report.ts";
import { environmentError } from "../../../src/marl/issues.ts";
import { contains } from "../../../src/marl/spaces/contains.ts";
import { type Space, box, dict, discrete } from "../../../src/marl/spaces/space.ts";
import { packSnapshot, restoreArray, unpackSnapshot } from "../../../src/marl/vector/snapshot.ts";

const AGENTS = ["trader_0", "trader_1"] as const;
const LIMIT = 12;
const MOST_LOTS = 3;
const FEE = 1;
const NAME = "traders-v0";
const BUY = 1;
const SELL = 2;

/** Prices in ticks; one more than steps, because the last step moves to the last price. */
const PRICES: readonly number[] = [100, 103, 99, 101, 104, 108, 107, 103, 102, 106, 110, 109, 111];

const stateSpace = box({ low: 0, high: 1000, shape: [1] });
const observationSpace = dict({
  action_mask: box({ low: 0, high: 1, shape: [3], dtype: "int8" }),
  observation: box({ low: -10, high: 1000, shape: [3] }),
});
const actionSpace = discrete(3);

let made = 0;
let sharedGenerator = Generator.fromKey(keyFromSeed(0));

export interface TraderOptions {
  readonly prices?: readonly number[];
  /** Row that this instance breaks. */
  readonly defect?: RowId;
}

export class Traders implements ParallelEnv {
  readonly metadata: EnvMetadata = {
    name: NAME,
    renderModes: [],
    illegalActions: "no-op",
    maxCycles: LIMIT,
  };
  readonly possibleAgents: readonly string[] = AGENTS;
  readonly stateSpace: Space = stateSpace;
  readonly #prices: readonly number[];
  readonly #defect: RowId | undefined;
  readonly #serial: number;
  #generator: Generator = Generator.fromKey(foldIn(keyFromSeed(0), NAME));
  #episodes = 0;
  /** step, then per agent: alive, lots, cash, fees, profit, noise. */
  #numbers: Float64Array = new Float64Array(1 + 6 * AGENTS.length);
  readonly #reused: Float32Array = new Float32Array(3);
  readonly #leak: Float64Array[] = [];

  constructor(options: TraderOptions = {}) {
    this.#prices = options.prices ?? PRICES;
    this.#defect = options.defect;
    this.#serial = made;
    made += 1;
  }

  get agents(): readonly string[] {
    return AGENTS.filter((agent) => this.#get(agent, 0) === 1);
  }

  observationSpace(_agent: string): Space {
    return this.#defect === "C7" ? dict({ ...observationSpace.spaces }) : observationSpace;
  }

  actionSpace(_agent: string): Space {
    return actionSpace;
  }

  reset(options: ResetOptions = {}): ResetResult {
    if (Object.keys(options.options ?? {}).length > 0) throw refusal("ENV_OPTION_UNKNOWN", "options");
    if (options.seed !== undefined) this.#seed(options.seed);
    this.#episodes += 1;
    this.#numbers = new Float64Array(1 + 6 * AGENTS.length);
    for (const agent of AGENTS) {
      this.#set(agent, 0, 1);
      this.#set(agent, 2, 1000);
      this.#set(agent, 5, this.#draw());
    }
    return {
      observations: this.#look(AGENTS),
      infos: Object.fromEntries(AGENTS.map((agent) => [agent, {}])),
    };
  }

  step(actions: PerAgent<string, Action>): StepResult {
    const before = this.agents;
    if (before.length === 0 && this.#defect === "C13") return nothing;
    this.#refuse(actions, before);
    const t = this.#numbers[0]!;
    this.#numbers[0] = t + 1;
    const illegal = new Set<string>();
    for (const agent of before) if (!this.#trade(agent, actions[agent], this.#prices[t]!)) illegal.add(agent);
    const drawn = this.#defect === "C10" ? Object.keys(actions) : before;
    for (const agent of drawn) this.#set(agent, 5, this.#draw());
    if (this.#defect === "C17") this.#leak.push(new Float64Array(64));
    const over = t + 1 === LIMIT;
    const rewards: { [agent: string]: number } = {};
    const terminations: { [agent: string]: boolean } = {};
    const truncations: { [agent: string]: boolean } = {};
    for (const agent of before) {
      const profit = this.#get(agent, 1) * (this.#prices[t + 1]! - this.#prices[t]!);
      this.#set(agent, 4, this.#get(agent, 4) + profit);
      rewards[agent] = this.#defect === "C6" && over ? Number.NaN : profit;
      const died = this.#get(agent, 5) < 0.02;
      terminations[agent] = died || (this.#defect === "C9" && over);
      truncations[agent] = over && !terminations[agent];
      if (terminations[agent] || truncations[agent]) this.#leave(agent, this.#prices[t + 1]!);
    }
    const live = this.agents;
    const informed = this.#defect === "C8" ? live : before;
    return {
      observations: this.#look(before),
      rewards,
      terminations,
      truncations,
      infos: Object.fromEntries(
        informed.map((agent) => [agent, illegal.has(agent) ? { illegalAction: true } : {}]),
      ),
    };
  }

  state(): Float32Array {
    return Float32Array.of(this.#prices[this.#numbers[0]!]!);
  }

  close(): void {
    this.#leak.length = 0;
  }

  snapshot(): Uint8Array {
    const state = this.#defect === "C11" ? [1, 2, 3, 4] : this.#source().getState();
    return packSnapshot(NAME, [this.#numbers, Uint32Array.from(state), Float64Array.of(this.#episodes)]);
  }

  restore(snapshot: Uint8Array): void {
    const [numbers, words, episodes] = unpackSnapshot(NAME, snapshot);
    const state = new Uint32Array(4);
    const counted = new Float64Array(1);
    restoreArray(NAME, numbers, this.#numbers);
    restoreArray(NAME, words, state);
    restoreArray(NAME, episodes, counted);
    this.#source().setState([state[0]!, state[1]!, state[2]!, state[3]!]);
    this.#episodes = counted[0]!;
  }

  /** cash + position value + fees - initial cash - traded profit, summed over agents. */
  residual(): number {
    const price = this.#prices[this.#numbers[0]!]!;
    return AGENTS.reduce((sum, agent) => {
      const value = this.#get(agent, 2) + this.#get(agent, 1) * price;
      return sum + value + this.#get(agent, 3) - 1000 - this.#get(agent, 4);
    }, 0);
  }

  /** False when the action was illegal and nothing was traded. */
  #trade(agent: string, action: Action | undefined, price: number): boolean {
    if (action !== BUY && action !== SELL) return true;
    const lots = this.#get(agent, 1) + (action === BUY ? 1 : -1);
    if (Math.abs(lots) > MOST_LOTS) return this.#defect === "C12";
    this.#set(agent, 1, lots);
    this.#set(agent, 2, this.#get(agent, 2) - (action === BUY ? price : -price) - FEE);
    if (this.#defect !== "C16") this.#set(agent, 3, this.#get(agent, 3) + FEE);
    return true;
  }

  /** Ends an agent and closes its position at the price of the step, so that its books stand still. */
  #leave(agent: string, price: number): void {
    this.#set(agent, 0, 0);
    this.#set(agent, 2, this.#get(agent, 2) + this.#get(agent, 1) * price);
    this.#set(agent, 1, 0);
  }

  #look(agents: readonly string[]): { [agent: string]: Observation } {
    const t = this.#numbers[0]!;
    const price = this.#prices[this.#defect === "C15" ? Math.min(t + 1, LIMIT) : t]!;
    return Object.fromEntries(
      agents.map((agent) => {
        const lots = this.#get(agent, 1);
        const row = [price, lots, this.#get(agent, 5)];
        const mask = Int8Array.of(1, lots < MOST_LOTS ? 1 : 0, lots > -MOST_LOTS ? 1 : 0);
        return [agent, { action_mask: mask, observation: this.#asArray(row) }];
      }),
    );
  }

  #asArray(row: readonly number[]): Float32Array | Float64Array {
    if (this.#defect === "C5") return Float64Array.from(row);
    if (this.#defect !== "C14") return Float32Array.from(row);
    this.#reused.set(row);
    return this.#reused;
  }

  #refuse(actions: PerAgent<string, Action>, live: readonly string[]): void {
    if (live.length === 0) throw refusal("ENV_ORDER", "step");
    for (const agent of Object.keys(actions)) {
      if (!live.includes(agent)) throw refusal("ENV_AGENT_UNKNOWN", agent);
    }
    for (const agent of live) {
      if (actions[agent] === undefined) throw refusal("ENV_ACTION_MISSING", agent);
      if (!contains(actionSpace, actions[agent])) throw refusal("ENV_ACTION_ILLEGAL", agent);
    }
  }

  #draw(): number {
    const u = this.#source().nextFloat32();
    if (this.#defect === "C1") return (u + this.#serial * 0.01) % 1;
    if (this.#defect === "C2") return (u + this.#episodes * 0.01) % 1;
    return u;
  }

  #source(): Generator {
    return this.#defect === "C4" ? sharedGenerator : this.#generator;
  }

  #seed(seed: Seed): void {
    const generator = Generator.fromKey(foldIn(keyFromSeed(this.#defect === "C3" ? 7 : seed), NAME));
    if (this.#defect === "C4") sharedGenerator = generator;
    else this.#generator = generator;
  }

  #get(agent: string, field: number): number {
    return this.#numbers[1 + 6 * AGENTS.indexOf(agent as (typeof AGENTS)[number]) + field] ?? 0;
  }

  #set(agent: string, field: number, value: number): void {
    this.#numbers[1 + 6 * AGENTS.indexOf(agent as (typeof AGENTS)[number]) + field] = value;
  }
}

const nothing: StepResult = { observations: {}, rewards: {}, terminations: {}, truncations: {}, infos: {} };

function refusal(code: Parameters<typeof environmentError>[0], path: string): Error {
  return environmentError(code, { path, expected: "a legal call", hint: "See the contract." });
}

/** Prices with everything behind step `after` changed. */
export function changedPrices({ kind, after }: DataChange): readonly number[] {
  return PRICES.map((price, t) => (t <= after ? price : kind === "perturb" ? price + 7 : PRICES[after]!));
}

/** A turn-based form whose rewards are told twice over. */
export function doubledTurns(create: () => ParallelEnv): AecEnv {
  const aec = parallelToAec(create());
  return new Proxy(aec, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (key === "cumulativeRewards") {
        return Object.fromEntries(
          Object.entries(target.cumulativeRewards).map(([a, r]) => [a, 2 * (r ?? 0)]),
        );
      }
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
