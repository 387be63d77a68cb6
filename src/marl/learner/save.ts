/**
 * @file A trainer's state as named typed arrays and one JSON value: what a checkpoint writer stores and a resumed run
 * needs. `n steps` equals `k steps, save, load, n - k steps` bit for bit, for any k at an update border.
 *
 * Held: parameters, Adam's moments and step, value, observation and reward statistics, both generators of each
 * learner, the environments in flight (worlds, generators, episode accumulators), recurrent and open-decision state,
 * counters, the resolved config and the hash of config and environment. Schedules are functions of the update number
 * and need nothing.
 */
import { hashJson } from "../../runtime/hash.adapter.ts";
import type { Json } from "../../runtime/json.ts";
import type { GeneratorState } from "../../runtime/random/generator.ts";
import type { ValueStatistics } from "../../nn/value-normalisation.ts";
import { learnerError } from "./issues.ts";
import type { Learner } from "./learner.ts";
import type { Trainer, TrainerState } from "./trainer.ts";

/** Arrays that a save holds. */
export type SavedArray = Float32Array | Float64Array | Uint8Array | Int32Array;

/** The two parts that `src/runtime/checkpoint` stores. */
export interface SavedTrainer {
  /** Environment steps, to name and order checkpoints. */
  readonly step: number;
  /** `<learner>/parameters`, `<learner>/firstMoment`, ..., `environment`. Copies: later steps do not change them. */
  readonly arrays: { readonly [name: string]: SavedArray };
  readonly state: Json;
}

const SAVE_VERSION = 1;

/** Copies everything that decides the future of the run. */
export function saveTrainer(trainer: Trainer, state: TrainerState): SavedTrainer {
  const arrays: Record<string, SavedArray> = { environment: state.env.snapshot() };
  for (const learner of state.learners) {
    for (const [name, array] of learnerArrays(learner))
      arrays[`${learner.layout.name}/${name}`] = array.slice();
  }
  return {
    step: state.step,
    arrays,
    state: {
      version: SAVE_VERSION,
      update: state.update,
      step: state.step,
      environment: trainer.environment.spec.name,
      config: trainer.config as unknown as Json,
      identity: identityOf(trainer),
      learners: Object.fromEntries(
        state.learners.map((learner) => [learner.layout.name, countersOf(learner)]),
      ),
    },
  };
}

/**
 * The state that was saved, ready to step under a trainer of the same environment and config.
 * @throws GrandModelError `TRAINER_SAVE_MISMATCH` naming what differs.
 */
export function loadTrainer(trainer: Trainer, saved: Pick<SavedTrainer, "arrays" | "state">): TrainerState {
  const header = readHeader(saved.state);
  if (header.version !== SAVE_VERSION) throw mismatch("version", header.version, String(SAVE_VERSION));
  if (header.identity !== identityOf(trainer)) {
    throw mismatch(
      "config",
      header.environment,
      `a save of ${trainer.environment.spec.name} with this config`,
    );
  }
  const state = trainer.initialise();
  const snapshot = saved.arrays["environment"];
  if (!(snapshot instanceof Uint8Array))
    throw mismatch("environment", "absent", "the environments' snapshot");
  state.env.restore(snapshot);
  for (const learner of state.learners) {
    const { name } = learner.layout;
    for (const [field, array] of learnerArrays(learner)) {
      const stored = saved.arrays[`${name}/${field}`];
      if (stored?.length !== array.length || stored.constructor !== array.constructor) {
        throw mismatch(`${name}/${field}`, stored?.length ?? "absent", `${array.length} numbers`);
      }
      array.set(stored);
    }
    const counters = header.learners[name];
    if (counters === undefined) throw mismatch(name, "absent", "the learner's counters");
    restoreCounters(learner, counters);
  }
  return { ...state, update: header.update, step: header.step };
}

/** Every array of a learner that decides its future, with the name it is stored under. */
function learnerArrays({ state }: Learner): readonly (readonly [string, SavedArray])[] {
  const now = state.current;
  return [
    ["parameters", state.parameters[now]],
    ["firstMoment", state.firstMoment[now]],
    ["secondMoment", state.secondMoment[now]],
    ["recurrent", state.recurrent],
    ["fresh", state.fresh],
    ["actorMoments", state.actorMoments],
    ["criticMoments", state.criticMoments],
    ["actorNormaliser", state.actorNormaliser],
    ["criticNormaliser", state.criticNormaliser],
    ["rewardMoments", state.rewardScaling.moments],
    ["rewardReturns", state.rewardScaling.returns],
    ...Object.entries(state.waiting).map(
      ([name, array]: [string, SavedArray]) => [`open/${name}`, array] as const,
    ),
  ];
}

interface Counters {
  readonly optimiserSteps: number;
  readonly valueStatistics: ValueStatistics;
  readonly sampling: GeneratorState;
  readonly shuffling: GeneratorState;
}

function countersOf({ state }: Learner): Json {
  return {
    optimiserSteps: state.optimiserSteps,
    valueStatistics: { ...state.valueStatistics },
    sampling: state.sampling.getState(),
    shuffling: state.shuffling.getState(),
  };
}

function restoreCounters({ state }: Learner, counters: Counters): void {
  state.optimiserSteps = counters.optimiserSteps;
  state.valueStatistics = counters.valueStatistics;
  state.sampling.setState(counters.sampling);
  state.shuffling.setState(counters.shuffling);
}

interface Header {
  readonly version: number;
  readonly update: number;
  readonly step: number;
  readonly environment: string;
  readonly identity: string;
  readonly learners: { readonly [name: string]: Counters };
}

/** The checkpoint store has verified the bytes; what is checked here is that they are a trainer's. */
function readHeader(state: Json): Header {
  const header = state as unknown as Header;
  if (typeof header === "object" && header !== null && typeof header.identity === "string") return header;
  throw mismatch("state", typeof state, "the JSON that saveTrainer made");
}

/** Hash of what must be equal for a save to be continued: environment, spaces, config (the seed aside). */
function identityOf({ environment, config }: Trainer): string {
  const { seed: _, ...rest } = config;
  // Through JSON text, because bounds may be infinite, which canonical JSON refuses; they become null.
  const plain: Json = JSON.parse(JSON.stringify({ spec: environment.spec, config: rest }));
  return hashJson(plain);
}

function mismatch(path: string, value: string | number, expected: string): Error {
  return learnerError("TRAINER_SAVE_MISMATCH", {
    path,
    value,
    expected,
    hint: "Resume with the environment and config of the run's folder; only the seed may differ.",
  });
}
