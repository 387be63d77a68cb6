/** @file C1 to C4 and C10: the same inputs give the same episode, whatever else runs and in whatever order keys stand. */
import type { ParallelEnv } from "../../env.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions, firstDifference, textOf, trajectory } from "../play.ts";
import { type Outcome, PASSED, failed, notApplicable } from "../report.ts";

/** C1. */
export function fullEpisodeDeterminism(suite: Suite): Outcome {
  const play = { episodes: suite.episodes, maxSteps: suite.maxSteps, seed: 11 };
  const difference = firstDifference(trajectory(suite.create(), play), trajectory(suite.create(), play));
  if (difference === undefined) return PASSED;
  return failed(
    `two instances with seed 11 and the same actions: ${difference}`,
    "Draw only from the generator that reset({ seed }) seeds: no Math.random, clock, or state left over from earlier objects.",
  );
}

/** C2. */
export function reseeding(suite: Suite): Outcome {
  const play = { episodes: 2, maxSteps: suite.maxSteps, seed: 11 };
  const env = suite.create();
  const first = trajectory(env, play);
  const again = firstDifference(first, trajectory(env, play));
  if (again !== undefined) {
    return failed(
      `reset({ seed: 11 }) twice on one object: ${again}`,
      "Let reset({ seed }) start everything anew: generator, counters, caches.",
    );
  }
  if (env.metadata.deterministic === true) return PASSED;
  const { seed: _seed, ...unseeded } = play;
  const others = Array.from({ length: 5 }, () => trajectory(env, unseeded));
  if (others.some((other) => firstDifference(first, other) !== undefined)) return PASSED;
  return failed(
    "five unseeded resets repeat the seeded episode",
    "Let reset() without a seed continue the generator; declare metadata.deterministic where nothing is drawn.",
  );
}

/** C3. */
export function seedsDiffer(suite: Suite): Outcome {
  const env = suite.create();
  if (env.metadata.deterministic === true) return notApplicable("metadata.deterministic: nothing is drawn");
  const play = { episodes: 1, maxSteps: suite.maxSteps };
  const seen = new Set(
    Array.from({ length: 10 }, (_, seed) => trajectory(env, { ...play, seed: seed + 1 }).join("\n")),
  );
  if (seen.size > 1) return PASSED;
  return failed(
    "ten seeds give one and the same trajectory",
    "Seed the generator from reset({ seed }); declare metadata.deterministic where nothing is drawn.",
  );
}

/** C4. */
export function noSharedRandomness(suite: Suite): Outcome {
  const alone = [21, 22].map((seed) =>
    trajectory(suite.create(), { episodes: 1, maxSteps: suite.maxSteps, seed }),
  );
  const woven = interleaved([suite.create(), suite.create()], suite.maxSteps);
  for (let i = 0; i < 2; i += 1) {
    const difference = firstDifference(alone[i] ?? [], woven[i] ?? []);
    if (difference === undefined) continue;
    return failed(
      `instance ${i} stepped in turn with another one: ${difference}`,
      "Keep generator and state in the object: no module-level generator, no static fields.",
    );
  }
  return PASSED;
}

/** C10. */
export function orderIndependence(suite: Suite): Outcome {
  if (suite.create().possibleAgents.length < 2) return notApplicable("one agent has no order");
  const lines = [false, true].map((reversed) => {
    const env = suite.create();
    const generator = actionStream(1);
    const out: string[] = [];
    let { observations } = env.reset({ seed: 31 });
    for (let step = 0; step < suite.maxSteps && env.agents.length > 0; step += 1) {
      const entries = Object.entries(drawActions(env, observations, generator));
      const result = env.step(Object.fromEntries(reversed ? entries.reverse() : entries));
      out.push(textOf(result));
      observations = result.observations;
    }
    return out;
  });
  const difference = firstDifference(lines[0] ?? [], lines[1] ?? []);
  if (difference === undefined) return PASSED;
  return failed(
    `the same actions with their keys reversed: ${difference}`,
    "Read actions by agent name in the order of possibleAgents, never in the order of Object.keys(actions).",
  );
}

/** Steps two instances in turn, each with the action stream that it would have alone. */
function interleaved(envs: readonly [ParallelEnv, ParallelEnv], maxSteps: number): readonly string[][] {
  const runs = envs.map((env, i) => {
    const reset = env.reset({ seed: 21 + i });
    const lines = [textOf({ ...reset, agents: [...env.agents] })];
    return { env, generator: actionStream(1), lines, observations: reset.observations };
  });
  for (let step = 0; step < maxSteps; step += 1) {
    for (const run of runs) {
      if (run.env.agents.length === 0) continue;
      const result = run.env.step(drawActions(run.env, run.observations, run.generator));
      run.observations = result.observations;
      run.lines.push(textOf({ ...result, agents: [...run.env.agents] }));
    }
  }
  return runs.map((run) => run.lines);
}
