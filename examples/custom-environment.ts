/**
 * @file Your own environment in four steps: write it, check it, run many copies, look at the numbers.
 *
 * Two walkers on a line of nine cells see each other and must meet. Run it with
 *   npx tsx --conditions=grandmodel-source examples/custom-environment.ts
 * The text of the tutorial is docs/environments.md; the test of this file is test/marl/environments/custom-environment.test.ts.
 */
import {
  type Action,
  type EnvMetadata,
  Generator,
  type Observation,
  type ParallelEnv,
  type PerAgent,
  type ResetOptions,
  type ResetResult,
  type Space,
  type StepResult,
  type VectorEnv,
  box,
  checkParallelEnv,
  contains,
  createVectorEnv,
  discrete,
  environmentError,
  foldIn,
  keyFromSeed,
  packSnapshot,
  parallelDefinition,
  restoreArray,
  unpackSnapshot,
} from "grandmodel/marl";

const CELLS = 9;
const LIMIT = 30;
const AGENTS = ["walker_0", "walker_1"] as const;

/** Step 1: write it. Actions: 0 left, 1 stay, 2 right. Both get -1 per step until they stand on one cell. */
export class Meeting implements ParallelEnv {
  readonly metadata: EnvMetadata = { name: "meeting-v0", renderModes: [], maxCycles: LIMIT };
  readonly possibleAgents: readonly string[] = AGENTS;
  // Built once: observationSpace() must return the same object on every call.
  readonly #sees: Space = box({ low: 0, high: CELLS - 1, shape: [2] });
  readonly #acts: Space = discrete(3);
  // All that decides the future, in arrays that a snapshot can copy.
  readonly #cells: Int32Array = new Int32Array(2);
  readonly #clock: Int32Array = new Int32Array(1);
  readonly #generator: Generator = streamOf(0);
  #agents: readonly string[] = [];

  get agents(): readonly string[] {
    return this.#agents;
  }
  observationSpace(_agent: string): Space {
    return this.#sees;
  }
  actionSpace(_agent: string): Space {
    return this.#acts;
  }

  reset(options: ResetOptions = {}): ResetResult {
    const [unknown] = Object.keys(options.options ?? {}).sort();
    if (unknown !== undefined) throw refuse("ENV_OPTION_UNKNOWN", unknown, "no options");
    if (options.seed !== undefined) this.#generator.setState(streamOf(options.seed).getState());
    const first = this.#generator.below(CELLS);
    // Never on one cell at the start.
    this.#cells.set([first, (first + 1 + this.#generator.below(CELLS - 1)) % CELLS]);
    this.#clock[0] = 0;
    this.#agents = AGENTS;
    return { observations: this.#look(), infos: both({}) };
  }

  step(actions: PerAgent<string, Action>): StepResult {
    this.#check(actions);
    this.#clock[0] = (this.#clock[0] ?? 0) + 1;
    AGENTS.forEach((agent, i) => {
      const moved = (this.#cells[i] ?? 0) + Number(actions[agent]) - 1;
      this.#cells[i] = Math.min(CELLS - 1, Math.max(0, moved));
    });
    const met = this.#cells[0] === this.#cells[1];
    const late = !met && this.#clock[0] === LIMIT;
    if (met || late) this.#agents = [];
    return {
      observations: this.#look(),
      rewards: both(met ? 0 : -1),
      // The task ended: termination. Only the time ended: truncation.
      terminations: both(met),
      truncations: both(late),
      infos: both({}),
    };
  }

  snapshot(): Uint8Array {
    const live = Int32Array.of(this.#agents.length);
    const generator = Uint32Array.from(this.#generator.getState());
    return packSnapshot(this.metadata.name, [this.#cells, this.#clock, live, generator]);
  }

  restore(snapshot: Uint8Array): void {
    const [cells, clock, live, words] = unpackSnapshot(this.metadata.name, snapshot);
    const lived = new Int32Array(1);
    const generator = new Uint32Array(4);
    restoreArray(this.metadata.name, cells, this.#cells);
    restoreArray(this.metadata.name, clock, this.#clock);
    restoreArray(this.metadata.name, live, lived);
    restoreArray(this.metadata.name, words, generator);
    this.#agents = lived[0] === 0 ? [] : AGENTS;
    const [a = 0, b = 0, c = 0, d = 0] = generator;
    this.#generator.setState([a, b, c, d]);
  }

  close(): void {
    this.#agents = [];
  }

  #look(): { [agent: string]: Observation } {
    const [a = 0, b = 0] = this.#cells;
    // Fresh arrays: what was handed out is never written again.
    return { walker_0: Float32Array.of(a, b), walker_1: Float32Array.of(b, a) };
  }

  #check(actions: PerAgent<string, Action>): void {
    if (this.#agents.length === 0) throw refuse("ENV_ORDER", "step", "reset() before the first step");
    for (const agent of Object.keys(actions)) {
      if (!this.#agents.includes(agent)) throw refuse("ENV_AGENT_UNKNOWN", agent, AGENTS.join(", "));
    }
    for (const agent of this.#agents) {
      if (actions[agent] === undefined) throw refuse("ENV_ACTION_MISSING", agent, "an action");
      if (!contains(this.#acts, actions[agent])) throw refuse("ENV_ACTION_ILLEGAL", agent, "0, 1 or 2");
    }
  }
}

function both<V>(value: V): { [agent: string]: V } {
  return { walker_0: value, walker_1: value };
}

/** The environment's own named stream of a seed. */
function streamOf(seed: number | bigint | string): Generator {
  return Generator.fromKey(foldIn(keyFromSeed(seed), "meeting-v0"));
}

function refuse(code: Parameters<typeof environmentError>[0], path: string, expected: string): Error {
  return environmentError(code, { path, expected, hint: "See the head of examples/custom-environment.ts." });
}

/** Step 3: many copies at once, here under the policy "walk towards the other". Returns the mean episode return. */
export function meanReturn(copies: number, steps: number): number {
  const vector: VectorEnv = createVectorEnv(
    parallelDefinition(() => new Meeting()),
    { copies, horizon: steps },
  );
  vector.reset({ seed: 7 });
  const [walkers] = vector.slabs.groups;
  const [actions] = vector.actions;
  let sum = 0;
  let episodes = 0;
  for (let t = 0; t < steps; t += 1) {
    for (let i = 0; i < copies * 2; i += 1) {
      const at = (t * copies * 2 + i) * 2;
      const [own = 0, other = 0] = walkers?.observations.subarray(at, at + 2) ?? [];
      // The second walker waits one cell away, or the two would swap places for ever.
      const wait = i % 2 === 1 && Math.abs(own - other) === 1;
      if (actions !== undefined) actions.discrete[i] = wait ? 1 : 1 + Math.sign(other - own);
    }
    vector.step(t);
    for (let b = 0; b < copies; b += 1) {
      const row = t * copies + b;
      if (vector.slabs.episodeEnded[row] !== 1) continue;
      sum += vector.slabs.episodeReturns[row * 2] ?? 0;
      episodes += 1;
    }
  }
  vector.close();
  return sum / episodes;
}

/** Step 4: what this example must print; the test compares. */
export const expected: { readonly passedRows: number; readonly meanReturn: number } = {
  passedRows: 16,
  meanReturn: -0.9388911371914205,
};

/** Step 2: check it. Throws with what to change while a promise is broken. */
export function main(): { passedRows: number; meanReturn: number } {
  const report = checkParallelEnv(() => new Meeting(), { soakSteps: 20_000 });
  const passedRows = report.rows.filter((row) => row.outcome.kind === "passed").length;
  return { passedRows, meanReturn: meanReturn(16, 300) };
}
