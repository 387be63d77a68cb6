/**
 * @file An environment with every kind of space whose observations echo the actions, so that one round trip through a
 * bridge proves both directions. Agent `short_0` ends after two steps, `tuple_0` appears at step one.
 */
import type {
  Action,
  ParallelEnv,
  PerAgent,
  ResetOptions,
  ResetResult,
  StepResult,
} from "../../../src/marl/env.ts";
import {
  type Space,
  type SpaceValue,
  box,
  dict,
  discrete,
  multiBinary,
  multiDiscrete,
  tuple,
} from "../../../src/marl/spaces/space.ts";
import { GrandModelError } from "../../../src/runtime/errors.ts";

const actionSpaces: Readonly<Record<string, Space>> = {
  short_0: discrete(5, -2),
  multi_0: multiDiscrete([3, 4, 5]),
  bits_0: multiBinary(7),
  box_0: box({ low: -1e6, high: 1e6, shape: [2, 3], dtype: "float64" }),
  dict_0: dict({
    z: box({ low: -1, high: 1, shape: [3] }),
    a: box({ low: 0, high: 1, shape: [2], dtype: "bool" }),
    m: box({ low: -128, high: 127, shape: [1, 2], dtype: "int8" }),
  }),
  tuple_0: tuple([
    discrete(3),
    box({ low: 0, high: 255, shape: [4], dtype: "uint8" }),
    box({ low: -9, high: 9, shape: [2], dtype: "int32" }),
  ]),
};
const agentNames = Object.keys(actionSpaces);
const observationSpaces = Object.fromEntries(
  agentNames.map((agent) => [
    agent,
    dict({ echo: spaceOf(agent), step: box({ low: 0, high: 1e9, shape: [1] }) }),
  ]),
);
const neutral: Readonly<Record<string, SpaceValue>> = {
  short_0: -2,
  multi_0: new Int32Array(3),
  bits_0: new Int8Array(7),
  box_0: new Float64Array(6),
  dict_0: { z: new Float32Array(3), a: new Uint8Array(2), m: new Int8Array(2) },
  tuple_0: [0, new Uint8Array(4), new Int32Array(2)],
};

function spaceOf(agent: string): Space {
  const space = actionSpaces[agent];
  if (space === undefined) throw new Error(`no agent ${agent}`);
  return space;
}

/** Agents that end in this step, or are not there yet. */
const endsAfter = 2;
const appearsAt = 1;

export function createEchoEnv(): ParallelEnv {
  let steps = 0;
  let seed = "none";
  let agents: string[] = [];
  const observe = (echo: SpaceValue): SpaceValue => ({
    echo,
    step: new Float32Array([steps]),
  });
  const env: ParallelEnv = {
    metadata: { name: "echo-v0", renderModes: [], maxCycles: 6 },
    possibleAgents: agentNames,
    get agents() {
      return agents;
    },
    stateSpace: box({ low: 0, high: 1e9, shape: [1], dtype: "float64" }),
    observationSpace: (agent) => observationSpaces[agent] ?? spaceOf(agent),
    actionSpace: spaceOf,
    reset: (options: ResetOptions = {}): ResetResult => {
      const unknown = Object.keys(options.options ?? {}).find((key) => key !== "known");
      if (unknown !== undefined) {
        throw new GrandModelError({
          code: "ENV_OPTION_UNKNOWN",
          path: `options.${unknown}`,
          expected: "known",
          hint: "Leave it out.",
        });
      }
      steps = 0;
      seed = String(options.seed ?? seed);
      agents = agentNames.filter((agent) => agent !== "tuple_0");
      const info = { seed, ...options.options };
      return {
        observations: Object.fromEntries(agents.map((agent) => [agent, observe(neutral[agent] ?? 0)])),
        infos: Object.fromEntries(agents.map((agent) => [agent, info])),
      };
    },
    step: (actions: PerAgent<string, Action>): StepResult => {
      const missing = agents.find((agent) => actions[agent] === undefined);
      if (missing !== undefined) {
        throw new GrandModelError({
          code: "ENV_ACTION_MISSING",
          path: missing,
          expected: "an action",
          hint: "Pass one.",
        });
      }
      steps += 1;
      const record = steps === appearsAt ? [...agents, "tuple_0"] : agents;
      const over = steps === 6;
      agents = record.filter((agent) => !over && !(agent === "short_0" && steps === endsAfter));
      const each = <V>(value: (agent: string) => V): Record<string, V> =>
        Object.fromEntries(record.map((agent) => [agent, value(agent)]));
      return {
        observations: each((agent) => observe(actions[agent] ?? neutral[agent] ?? 0)),
        rewards: each((agent) => steps + agentNames.indexOf(agent) / 10),
        terminations: each((agent) => agent === "short_0" && steps === endsAfter),
        truncations: each(() => over),
        infos: each((agent): { readonly text?: string } => (agent === "bits_0" ? { text: "Grüße" } : {})),
      };
    },
    state: () => new Float64Array([steps]),
    close: () => undefined,
    snapshot: () => new Uint8Array([steps, ...agentNames.map((agent) => (agents.includes(agent) ? 1 : 0))]),
    restore: (snapshot) => {
      steps = snapshot[0] ?? 0;
      agents = agentNames.filter((_, i) => snapshot[i + 1] === 1);
    },
  };
  return env;
}
