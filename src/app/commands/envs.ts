/** @file `grandmodel envs` lists the environments; `grandmodel env serve <id>` offers one to another process. */
import type { Command } from "commander";
import { z } from "zod";
import type { EnvironmentEntry } from "../../marl/environments/entry.ts";
import type { Json } from "../../runtime/json.ts";
import { addCommand, addGroup } from "../command.ts";
import { renderColumns } from "../columns.ts";

/** Adds `envs` and `env serve`. */
export function addEnvs(program: Command): void {
  addCommand(program, {
    usage: "envs",
    summary: "List the environments that can be trained, evaluated and served",
    examples: [
      { line: "envs", does: "one line per environment: agents, spaces, time limit, preset" },
      { line: "envs --json", does: "the same with full space specifications" },
    ],
    schema: z.strictObject({}),
    run: async (_, { output }) => {
      const { environmentEntries } = await import("../synthetic-environments.ts");
      const { spaceToJson } = await import("../../marl/spaces/space-json.ts");
      const entries = environmentEntries();
      const documents = entries.map((entry) => describe(entry, spaceToJson));
      output.result({ kind: "environments", environments: documents }, renderColumns(entries.map(row)));
    },
  });
  const env = addGroup(program, "env", "Offer an environment to another process");
  addCommand(env, {
    usage: "serve <env>",
    summary: "Serve one environment over binary frames on standard input and output (python/README.md)",
    examples: [
      { line: "env serve simple-spread-c-v0", does: "what python/grandmodel_env starts for you" },
      { line: "env serve CartPole-v1 --max-cycles 50", does: "with a time limit of 50 steps" },
    ],
    options: [{ flags: "--max-cycles <n>", help: "time limit in steps in place of the environment's own" }],
    schema: z.strictObject({ env: z.string(), maxCycles: z.int().min(1).optional() }),
    run: async ({ env: id, maxCycles }) => {
      const { environmentEntry } = await import("../synthetic-environments.ts");
      const { createEnv } = await import("../../marl/adapters/kernel-env.ts");
      const { serveEnvironment } = await import("../bridge/server.ts");
      const { definition } = environmentEntry(id);
      const spec = maxCycles === undefined ? definition.spec : { ...definition.spec, maxCycles };
      serveEnvironment(createEnv({ ...definition, spec }), 0, 1);
    },
  });
}

function row({ id, description, definition, preset }: EnvironmentEntry): readonly string[] {
  const { groups, maxCycles } = definition.spec;
  const agents = groups.reduce((sum, group) => sum + group.agents.length, 0);
  const limit = maxCycles === 0 ? "no limit" : `${maxCycles} steps`;
  return [id, `${agents} agent${agents === 1 ? "" : "s"}`, limit, preset, description];
}

function describe(
  entry: EnvironmentEntry,
  spaceToJson: (space: EnvironmentEntry["definition"]["spec"]["groups"][number]["actionSpace"]) => Json,
): Json {
  const { spec } = entry.definition;
  return {
    id: entry.id,
    description: entry.description,
    preset: entry.preset,
    maxCycles: spec.maxCycles,
    groups: spec.groups.map((group) => ({
      name: group.name,
      agents: group.agents,
      observation: spaceToJson(group.observationSpace),
      action: spaceToJson(group.actionSpace),
      every: group.every,
    })),
    state: spec.stateSpace === undefined ? null : spaceToJson(spec.stateSpace),
  };
}
