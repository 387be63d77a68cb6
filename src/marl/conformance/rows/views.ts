/** @file C18 and C19: the turn-based view and the vector environment tell the same story as the environment itself. */
import { parallelToAec } from "../../adapters/parallel-to-aec.ts";
import type { AecEnv, Observation, ParallelEnv, PerAgent, Seed } from "../../env.ts";
import type { AutoresetMode, EnvironmentDefinition, VectorEnv } from "../../vector/contract.ts";
import { readAction, writeAction } from "../../spaces/heads.ts";
import { writeObservation } from "../../vector/layout.ts";
import { parallelDefinition } from "../../vector/parallel-kernel.ts";
import { createVectorEnv } from "../../vector/vector-env.ts";
import type { Suite } from "../options.ts";
import { actionStream, drawActions, firstDifference, textOf, usableMask } from "../play.ts";
import { sample } from "../../spaces/sample.ts";
import { type Outcome, PASSED, failed } from "../report.ts";

/** C18. */
export function conversion(suite: Suite): Outcome {
  const aec = suite.options.aec?.() ?? parallelToAec(suite.create());
  for (const seed of [121, 122, 123]) {
    const rounds = roundsOf(suite.create(), seed, suite.maxSteps);
    const turns = turnsOf(aec, seed, suite.maxSteps);
    const difference = firstDifference(rounds, turns);
    if (difference === undefined) continue;
    return failed(
      `seed ${seed}, parallel against turn-based: ${difference}`,
      "Move the world once per round, when the last live agent has acted; last().reward is what came in since the agent's turn.",
    );
  }
  return PASSED;
}

/** What each agent of each round is told: observation, reward, flags. */
function roundsOf(env: ParallelEnv, seed: Seed, maxSteps: number): readonly string[] {
  const generator = actionStream(121);
  const lines: string[] = [];
  let { observations } = env.reset({ seed });
  for (let step = 0; step < maxSteps && env.agents.length > 0; step += 1) {
    const actions = drawActions(env, observations, generator);
    const result = env.step(actions);
    for (const agent of env.possibleAgents) {
      if (result.observations[agent] === undefined) continue;
      const { rewards, terminations, truncations } = result;
      lines.push(
        told(agent, result.observations[agent], rewards[agent], terminations[agent], truncations[agent]),
      );
    }
    observations = result.observations;
  }
  return lines;
}

function turnsOf(env: AecEnv, seed: Seed, maxSteps: number): readonly string[] {
  const generator = actionStream(121);
  const lines: string[] = [];
  env.reset({ seed });
  for (let step = 0; step < maxSteps && env.agents.length > 0; step += 1) {
    for (let left = env.agents.length; left > 0; left -= 1) {
      const agent = env.agentSelection;
      const mask = usableMask(env, agent, env.last().observation);
      env.step(sample(env.actionSpace(agent), generator, mask));
    }
    for (const agent of env.possibleAgents) {
      if (!env.agents.includes(agent)) continue;
      const { cumulativeRewards, terminations, truncations } = env;
      lines.push(
        told(agent, env.observe(agent), cumulativeRewards[agent], terminations[agent], truncations[agent]),
      );
    }
    while (env.agents.length > 0 && hasEnded(env, env.agentSelection)) env.step(null);
  }
  return lines;
}

function hasEnded(env: AecEnv, agent: string): boolean {
  return env.terminations[agent] === true || env.truncations[agent] === true;
}

function told(agent: string, ...values: readonly unknown[]): string {
  return `${agent} ${values.map(textOf).join(" ")}`;
}

const COPIES = 3;

/** C19: each row of a vector environment equals a single environment seeded s + i, over resets, in all three modes. */
export function vectorEqualsSingle(suite: Suite): Outcome {
  const definition = suite.options.definition ?? parallelDefinition(suite.create);
  for (const mode of ["same-step", "next-step", "disabled"] as const) {
    const fault = compareRows(suite, definition, mode);
    if (fault === undefined) continue;
    return failed(
      `${mode}: ${fault}`,
      "Keep every copy's state and generator apart; reset({ seed: s }) seeds copy i with s + i; reset() continues it.",
    );
  }
  return PASSED;
}

function compareRows(
  suite: Suite,
  definition: EnvironmentDefinition,
  mode: AutoresetMode,
): string | undefined {
  const horizon = Math.min(suite.maxSteps, 120);
  const vector = createVectorEnv(definition, { copies: COPIES, horizon, autoreset: mode });
  const singles = Array.from({ length: COPIES }, () => suite.create());
  const generator = actionStream(131);
  const seen = singles.map((env, i) => env.reset({ seed: 131 + i }).observations);
  vector.reset({ seed: 131 });
  for (let t = 0; t < horizon; t += 1) {
    for (let b = 0; b < COPIES; b += 1) drawRow(vector, b, singles[b], seen[b], generator);
    const parked = singles.map((env) => env.agents.length === 0);
    if (mode === "disabled" && parked.includes(true)) {
      const resetMask = Uint8Array.from(parked, (waits) => (waits ? 1 : 0));
      vector.reset({ resetMask });
      singles.forEach((env, b) => {
        if (parked[b] === true) seen[b] = env.reset().observations;
      });
      for (let b = 0; b < COPIES; b += 1) drawRow(vector, b, singles[b], seen[b], generator);
    }
    vector.step(t);
    for (let b = 0; b < COPIES; b += 1) {
      const env = singles[b];
      if (env === undefined) continue;
      if (mode === "next-step" && parked[b] === true) {
        seen[b] = env.reset().observations;
      } else {
        const result = env.step(actionsOf(vector, b, env));
        const fault = transitionFault(vector, t, b, env, result);
        if (fault !== undefined) return fault;
        const over = env.agents.length === 0 && mode === "same-step";
        seen[b] = over ? env.reset().observations : result.observations;
      }
      const fault = observationFault(vector, t + 1, b, env, seen[b] ?? {});
      if (fault !== undefined) return fault;
    }
  }
  vector.close();
  return undefined;
}

/** Draws actions for the live agents of one single environment and writes them into the vector's row. */
function drawRow(
  vector: VectorEnv,
  b: number,
  env: ParallelEnv | undefined,
  observations: PerAgent<string, Observation> | undefined,
  generator: ReturnType<typeof actionStream>,
): void {
  if (env === undefined || observations === undefined) return;
  const actions = drawActions(env, observations, generator);
  eachAgent(vector, b, (agent, row, g) => {
    const layout = vector.layouts[g];
    const columns = vector.actions[g];
    const action = actions[agent];
    if (layout === undefined || columns === undefined || action === undefined) return;
    const at = { ...columns, d: row * layout.heads.length, c: row * layout.continuous };
    writeAction(env.actionSpace(agent), action, at);
  });
}

/** The actions that stand in the vector's row, for the live agents of the single environment. */
function actionsOf(
  vector: VectorEnv,
  b: number,
  env: ParallelEnv,
): { [agent: string]: ReturnType<typeof readAction> } {
  const actions: { [agent: string]: ReturnType<typeof readAction> } = {};
  eachAgent(vector, b, (agent, row, g) => {
    const layout = vector.layouts[g];
    const columns = vector.actions[g];
    if (layout === undefined || columns === undefined || !env.agents.includes(agent)) return;
    const at = { ...columns, d: row * layout.heads.length, c: row * layout.continuous };
    actions[agent] = readAction(env.actionSpace(agent), at);
  });
  return actions;
}

function transitionFault(
  vector: VectorEnv,
  t: number,
  b: number,
  env: ParallelEnv,
  result: ReturnType<ParallelEnv["step"]>,
): string | undefined {
  let fault: string | undefined;
  eachAgent(vector, b, (agent, row, g) => {
    const slabs = vector.slabs.groups[g];
    const layout = vector.layouts[g];
    if (slabs === undefined || layout === undefined) return;
    const at = t * vector.copies * layout.agents + row;
    const found = [slabs.rewards[at], slabs.terminated[at], slabs.truncated[at]];
    const terminated = result.terminations[agent] === true;
    const truncated = result.truncations[agent] === true;
    const expected = [Math.fround(result.rewards[agent] ?? 0), terminated ? 1 : 0, truncated ? 1 : 0];
    if (textOf(found) !== textOf(expected)) {
      fault ??= `${agent} of copy ${b}, step ${t}: reward and flags ${textOf(found)} against ${textOf(expected)}`;
    }
    const final = result.observations[agent];
    if ((!terminated && !truncated) || final === undefined) return;
    const width = layout.features;
    const row32 = slabs.finalObservations.subarray(at * width, (at + 1) * width);
    if (textOf(row32) !== textOf(rowOf(env, agent, final, width))) {
      fault ??= `${agent} of copy ${b}, step ${t}: final observation differs`;
    }
  });
  return fault;
}

function observationFault(
  vector: VectorEnv,
  t: number,
  b: number,
  env: ParallelEnv,
  observations: PerAgent<string, Observation>,
): string | undefined {
  let fault: string | undefined;
  eachAgent(vector, b, (agent, row, g) => {
    const slabs = vector.slabs.groups[g];
    const layout = vector.layouts[g];
    if (slabs === undefined || layout === undefined) return;
    const at = t * vector.copies * layout.agents + row;
    const lives = env.agents.includes(agent);
    if (slabs.alive[at] !== (lives ? 1 : 0))
      fault ??= `${agent} of copy ${b}, row ${t}: alive is ${slabs.alive[at]}`;
    const own = observations[agent];
    if (!lives || own === undefined) return;
    const found = slabs.observations.subarray(at * layout.features, (at + 1) * layout.features);
    const expected = rowOf(env, agent, own, layout.features);
    if (textOf(found) !== textOf(expected)) fault ??= `${agent} of copy ${b}, row ${t}: observation differs`;
  });
  return fault;
}

function rowOf(env: ParallelEnv, agent: string, observation: Observation, width: number): Float32Array {
  const row = new Float32Array(width);
  const space = env.observationSpace(agent);
  writeObservation(space, observation, row, 0, new Int8Array(4096), 0);
  return row;
}

/** Calls back with each agent of copy b, its row [B, A], and its group. */
function eachAgent(
  vector: VectorEnv,
  b: number,
  visit: (agent: string, row: number, group: number) => void,
): void {
  vector.spec.groups.forEach((group, g) => {
    group.agents.forEach((agent, a) => visit(agent, b * group.agents.length + a, g));
  });
}
