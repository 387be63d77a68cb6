/**
 * @file The trainer: MAPPO (Yu et al. 2022) and PPO (Schulman et al. 2017) over role groups. An update is
 * rollout -> advantages -> epochs -> metrics, four functions with names from the papers.
 *
 * `step(state) -> { state, metrics }` is a function of the state alone: generators, environments in flight, statistics
 * and counters are in it. The state given is CONSUMED (its slabs are written, as a donated buffer in JAX), so that a
 * step copies nothing; using it again throws `TRAINER_STATE`. `saveTrainer` keeps one. One trainer serves many seeds:
 * their states share its compiled programs.
 */
import type { Clock } from "../../runtime/clock.ts";
import { systemClock } from "../../runtime/clock.adapter.ts";
import { foldIn, type Key, keyFromSeed, parseSeed } from "../../runtime/random/key.ts";
import type { Scalars } from "../logging/event.ts";
import { type Spans, type Stopwatch, stopwatch } from "../logging/spans.ts";
import type { EnvironmentDefinition, VectorEnv } from "../vector/contract.ts";
import { createVectorEnv } from "../vector/vector-env.ts";
import { advantages } from "./advantages.ts";
import type { Programs } from "./calls.ts";
import { type ResolvedConfig, resolveConfig, type TrainerConfig } from "./config.ts";
import { type DeviceChoice, type DeviceWish, programsFor } from "./device-choice.ts";
import { epochs } from "./epochs.ts";
import { learnerError } from "./issues.ts";
import { criticDimensions, learnerLayouts } from "./layout.ts";
import { createLearner, type Learner } from "./learner.ts";
import { endedEpisodes, type Episode, updateMetrics } from "./metrics.ts";
import { type Architecture, networksOf } from "./networks.ts";
import { planRun, type RunPlan } from "./plan.ts";
import type { Model } from "./programs.ts";
import { rollout } from "./rollout.ts";
import { writeNormaliser, observeRows } from "./running-moments.ts";

export interface TrainerOptions extends TrainerConfig {
  readonly environment: EnvironmentDefinition;
  /** Networks by role group, where the configured ones do not do. */
  readonly architectures?: { readonly [group: string]: Architecture };
  /** Where the update runs: `cpu` unless given; `auto` measures what is there. No part of the config: a run may move. */
  readonly device?: DeviceWish;
  /** For the spans and speeds; the machine's clock unless given. Never read by the algorithm. */
  readonly clock?: Clock;
}

/** Everything that decides the future of a run. */
export interface TrainerState {
  readonly kind: "trainer-state";
  /** Updates done. */
  readonly update: number;
  /** Environment steps done, all copies together. */
  readonly step: number;
  readonly env: VectorEnv;
  readonly learners: readonly Learner[];
}

/** What one update reports. */
export interface UpdateMetrics {
  readonly update: number;
  readonly step: number;
  /** By learner: a role group, or `<group>.<agent>` with separate parameters. */
  readonly learners: { readonly [name: string]: Scalars };
  readonly episodes: readonly Episode[];
  /** Milliseconds by kind of work. */
  readonly spans: Spans;
  /** Environment steps per second of this update. */
  readonly stepsPerSecond: number;
}

export interface StepResult {
  readonly state: TrainerState;
  readonly metrics: UpdateMetrics;
}

export interface Trainer {
  readonly environment: EnvironmentDefinition;
  readonly config: ResolvedConfig;
  readonly plan: RunPlan;
  /** What each learner's critic sees, part by part with its number of features (26). */
  readonly criticInputs: { readonly [learner: string]: readonly (readonly [string, number])[] };
  /** Where each learner's update runs, and why. */
  readonly devices: { readonly [learner: string]: DeviceChoice };
  /** The start of a run; the config's seed unless another is given. */
  initialise(seed?: number | string): TrainerState;
  /** One update. @throws GrandModelError `TRAINER_STATE`, `REWARD_NOT_FINITE`, `LEARNING_DIVERGED`. */
  step(state: TrainerState): Promise<StepResult>;
  /** Frees the compiled programs; states of this trainer cannot step afterwards. */
  release(): Promise<void>;
}

/**
 * Checks the config, plans the run and compiles its programs.
 * @throws GrandModelError `TRAINER_CONFIG`, `TRAINER_PLAN`, `DEVICE_UNAVAILABLE`
 * @example
 * const trainer = await createTrainer({ environment: environmentDefinition("CartPole-v1"), ...presets.cartpole });
 * let state = trainer.initialise(7);
 * while (state.update < trainer.plan.updates) ({ state } = await trainer.step(state));
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { environment, architectures = {}, clock = systemClock, device = "cpu", ...config } = options;
  const resolved = resolveConfig(
    config,
    environment.spec.groups.map(({ name }) => name),
  );
  const plan = planRun(resolved);
  const sizes = { copies: resolved.copies, horizon: resolved.horizon };
  const pattern = createVectorEnv(environment, sizes);
  const models = learnerLayouts(resolved, pattern).map((layout): Model => ({
    layout,
    networks: networksOf(layout, architectures[environment.spec.groups[layout.group]?.name ?? ""]),
  }));
  const programs: Programs[] = [];
  const devices: Record<string, DeviceChoice> = {};
  for (const model of models) {
    const chosen = await programsFor(model, pattern, device, clock);
    programs.push(chosen.programs);
    devices[model.layout.name] = chosen.choice;
  }
  const criticInputs = Object.fromEntries(
    models.map(({ layout }) => [layout.name, criticDimensions(layout, pattern)]),
  );
  pattern.close();
  const consumed = new WeakSet<TrainerState>();
  const initialise = (seed: number | string = resolved.seed): TrainerState => {
    const env = createVectorEnv(environment, sizes);
    env.reset({ seed: parseSeed(seed) });
    const key = foldIn(keyFromSeed(seed), "trainer");
    return {
      kind: "trainer-state",
      update: 0,
      step: 0,
      env,
      learners: createLearners(models, programs, env, key),
    };
  };
  return {
    environment,
    config: resolved,
    plan,
    criticInputs,
    devices,
    initialise,
    step: async (state) => {
      if (consumed.has(state)) throw consumedState();
      consumed.add(state);
      return update(state, resolved, plan, stopwatch(clock));
    },
    release: async () => {
      for (const program of programs.flatMap((each) => Object.values(each))) await program.release();
    },
  };
}

function createLearners(
  models: readonly Model[],
  programs: readonly Programs[],
  env: VectorEnv,
  key: Key,
): Learner[] {
  return models.flatMap((model, i) => {
    const own = programs[i];
    return own === undefined ? [] : [createLearner(model, own, env, key)];
  });
}

async function update(
  state: TrainerState,
  config: ResolvedConfig,
  plan: RunPlan,
  watch: Stopwatch,
): Promise<StepResult> {
  const { env, learners } = state;
  await rollout(env, learners, watch);
  const reports: [string, Scalars][] = [];
  for (const learner of learners) {
    watch.enter("forward");
    await advantages(env, learner, config.timeLimit);
    const result = await epochs(learner, { update: state.update, updates: plan.updates }, watch);
    reports.push([learner.layout.name, updateMetrics(learner, result)]);
    refreshNormalisers(learner);
  }
  watch.enter("other");
  const step = state.step + plan.stepsPerUpdate;
  const spans = watch.take();
  const seconds = Object.values(spans).reduce((sum, ms) => sum + ms, 0) / 1000;
  const next: TrainerState = { ...state, update: state.update + 1, step };
  const metrics: UpdateMetrics = {
    update: next.update,
    step,
    learners: Object.fromEntries(reports),
    episodes: endedEpisodes(env),
    spans,
    stepsPerSecond: plan.stepsPerUpdate / seconds,
  };
  return { state: next, metrics };
}

/** Observation statistics move between updates only, so rollout and update see the same maps (19). */
function refreshNormalisers({ layout, decisions, state }: Learner): void {
  if (!layout.settings.observationNormalisation) return;
  const rows = decisions.logProb.length;
  observeRows(
    state.actorMoments,
    decisions.observations.subarray(0, rows * layout.features),
    decisions.counted.subarray(0, rows),
  );
  const values = (decisions.rawValues.length / (decisions.capacity + 1)) * decisions.capacity;
  observeRows(state.criticMoments, decisions.criticInputs.subarray(0, values * layout.criticFeatures));
  writeNormaliser(state.actorMoments, state.actorNormaliser);
  writeNormaliser(state.criticMoments, state.criticNormaliser);
}

function consumedState(): Error {
  return learnerError("TRAINER_STATE", {
    expected: "a state that no step has consumed yet",
    hint: "Go on with the state that step returned; keep one with saveTrainer.",
  });
}
