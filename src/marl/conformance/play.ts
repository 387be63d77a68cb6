/** @file Plays episodes with seeded actions and keeps copies of everything seen, as text that can be compared. */
import { Generator } from "../../runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../runtime/random/key.ts";
import type { Action, Observation, ParallelEnv, PerAgent, ResetResult, Seed, StepResult } from "../env.ts";
import { sample } from "../spaces/sample.ts";
import { actionHeads } from "../spaces/heads.ts";
import { maskOf } from "../vector/layout.ts";

/** The stream of actions number `n` of the suite. */
export function actionStream(n: number): Generator {
  return Generator.fromKey(foldIn(keyFromSeed(n), "conformance actions"));
}

/** A random action for each live agent; masks are heeded where every head has a legal choice. */
export function drawActions(
  env: ParallelEnv,
  observations: PerAgent<string, Observation>,
  generator: Generator,
): { [agent: string]: Action } {
  return Object.fromEntries(
    env.agents.map((agent) => {
      const space = env.actionSpace(agent);
      return [agent, sample(space, generator, usableMask(env, agent, observations[agent]))];
    }),
  );
}

/** The mask in an observation, undefined when there is none or a head has no legal choice. */
export function usableMask(
  env: Pick<ParallelEnv, "observationSpace" | "actionSpace">,
  agent: string,
  observation: Observation | undefined,
): Int8Array | undefined {
  if (observation === undefined) return undefined;
  const mask = maskOf(env.observationSpace(agent), observation);
  if (mask === undefined) return undefined;
  let at = 0;
  for (const head of actionHeads(env.actionSpace(agent)).heads) {
    if (!mask.subarray(at, at + head).includes(1)) return undefined;
    at += head;
  }
  return mask;
}

/** One reset or step as seen from outside. */
export interface Moment {
  readonly env: ParallelEnv;
  /** Live agents before the call (empty for a reset) and after it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Steps since the reset; 0 for the reset itself. */
  readonly step: number;
  readonly reset?: ResetResult;
  readonly result?: StepResult;
}

/** How to play. */
export interface PlayOptions {
  readonly episodes: number;
  readonly maxSteps: number;
  /** Seed of the first reset; later episodes continue the generator. */
  readonly seed?: Seed;
  /** Number of the action stream. */
  readonly actions?: number;
}

/** Plays and shows every moment to `visit`; `true` from `visit` stops. */
export function play(
  env: ParallelEnv,
  options: PlayOptions,
  visit: (moment: Moment) => boolean | void,
): void {
  const generator = actionStream(options.actions ?? 1);
  for (let episode = 0; episode < options.episodes; episode += 1) {
    const seeded = episode === 0 && options.seed !== undefined;
    const reset = seeded ? env.reset({ seed: options.seed ?? 0 }) : env.reset();
    if (visit({ env, before: [], after: [...env.agents], step: 0, reset }) === true) return;
    let { observations } = reset;
    for (let step = 1; step <= options.maxSteps && env.agents.length > 0; step += 1) {
      const before = [...env.agents];
      const result = env.step(drawActions(env, observations, generator));
      if (visit({ env, before, after: [...env.agents], step, result }) === true) return;
      observations = result.observations;
    }
  }
}

/** The whole trajectory as lines of text, one per reset and step. */
export function trajectory(env: ParallelEnv, options: PlayOptions): readonly string[] {
  const lines: string[] = [];
  play(env, options, (moment) => {
    lines.push(textOf({ ...moment.reset, ...moment.result, agents: moment.after }));
  });
  return lines;
}

/** The first line in which two trajectories differ, undefined when they are equal. */
export function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  const at = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).find((i) => a[i] !== b[i]);
  if (at === undefined) return undefined;
  return `record ${at} differs: ${shorten(a[at])} against ${shorten(b[at])}`;
}

/** One text per value: object keys sorted, typed arrays with their type, -0 and NaN told apart. */
export function textOf(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? String(value);
  if (ArrayBuffer.isView(value))
    return `${value.constructor.name}[${Array.from(elementsOf(value), textOf).join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${key}:${textOf(field)}`);
  return `{${fields.join(",")}}`;
}

function elementsOf(view: ArrayBufferView): Iterable<unknown> {
  return Symbol.iterator in view ? (view as ArrayBufferView & Iterable<unknown>) : [];
}

function shorten(line: string | undefined): string {
  if (line === undefined) return "nothing";
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
