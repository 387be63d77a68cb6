/**
 * @file A strategy by name or path: a module that exports `strategy` (or `createStrategy(seed)`) and, beside it, the
 * `setup` it wants to be run with. A bare name is one of `examples/strategies/`.
 */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import type { RunSetup } from "../../trading/engine/setup.ts";
import type { Strategy } from "../../trading/engine/strategy.ts";
import { usageError } from "../issues.ts";

/** What a strategy module offers. */
export interface StrategyModule {
  /** Its file. */
  readonly path: string;
  readonly strategyOf: (seed: number) => Strategy<unknown>;
  /** True when the seed changes the strategy. */
  readonly seeded: boolean;
  readonly setup: RunSetup | undefined;
}

const isFunction = z.custom<(...args: readonly unknown[]) => unknown>((value) => typeof value === "function");
const strategySchema = z.looseObject({
  name: z.string().min(1),
  initial: isFunction,
  onBar: isFunction,
  features: isFunction.optional(),
});
const moduleSchema = z
  .looseObject({
    strategy: strategySchema.optional(),
    createStrategy: isFunction.optional(),
    setup: z.looseObject({ contract: z.looseObject({ symbol: z.string() }) }).optional(),
  })
  .refine((found) => found.strategy !== undefined || found.createStrategy !== undefined);

const exampleFolder = fileURLToPath(new URL("../../../examples/strategies/", import.meta.url));

/** @throws GrandModelError `USAGE_UNKNOWN_NAME` for a name that leads to no strategy, `USAGE_VALUE` for a wrong module. */
export async function loadStrategy(name: string): Promise<StrategyModule> {
  const path = strategyPath(name);
  const loaded = moduleSchema.safeParse(await importModule(name, path));
  if (!loaded.success) {
    throw usageError(
      "USAGE_VALUE",
      name,
      "a module that exports `strategy` with name, initial() and onBar(), or createStrategy(seed)",
      "See examples/strategies/breakout.ts for a short one.",
    );
  }
  const { strategy, createStrategy, setup } = loaded.data;
  return {
    path,
    strategyOf: (seed) =>
      (createStrategy === undefined ? strategy : createStrategy(seed)) as Strategy<unknown>,
    seeded: createStrategy !== undefined,
    setup: setup as unknown as RunSetup | undefined,
  };
}

async function importModule(name: string, path: string): Promise<unknown> {
  try {
    return (await import(pathToFileURL(path).href)) as unknown;
  } catch (cause) {
    const found = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw usageError(
      "USAGE_VALUE",
      name,
      `an ES module that loads (${found})`,
      'Name it .mts, or put it in a folder whose package.json says "type": "module".',
    );
  }
}

function strategyPath(name: string): string {
  if (/[\\/]|\.[cm]?[jt]s$/.test(name)) {
    const path = resolve(name);
    if (existsSync(path)) return path;
  } else {
    const path = `${exampleFolder}${name}.ts`;
    if (existsSync(path)) return path;
  }
  throw usageError(
    "USAGE_UNKNOWN_NAME",
    name,
    "a path to a strategy module, or the name of an example",
    `Examples: ${exampleNames().join(", ")}.`,
  );
}

/** Files of the folder that carry a strategy. */
function exampleNames(): readonly string[] {
  if (!existsSync(exampleFolder)) return ["none in this installation: give a path"];
  const helpers = new Set(["data", "expected", "nq-setup"]);
  return readdirSync(exampleFolder)
    .map((file) => file.replace(/\.ts$/, ""))
    .filter((file) => !helpers.has(file));
}
