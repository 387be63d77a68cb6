/** @file Where a worker thread finds an environment: functions cannot cross threads, names of modules can. */
import { environmentDefinition } from "../environments/registry.ts";
import { environmentError } from "../issues.ts";
import type { EnvironmentDefinition } from "./contract.ts";

/** An id of the registry, or an export of a module (an `EnvironmentDefinition`, or a function that makes one). */
export type EnvironmentSource =
  | { readonly kind: "registry"; readonly id: string }
  | { readonly kind: "module"; readonly url: string; readonly name: string };

/** @throws GrandModelError `ENV_UNKNOWN` when the registry or the module has no such environment. */
export async function loadDefinition(source: EnvironmentSource): Promise<EnvironmentDefinition> {
  if (source.kind === "registry") return environmentDefinition(source.id);
  const module: { readonly [name: string]: unknown } = await import(source.url);
  const exported = module[source.name];
  const made: unknown = typeof exported === "function" ? exported() : exported;
  if (isDefinition(made)) return made;
  throw environmentError("ENV_UNKNOWN", {
    path: source.url,
    value: source.name,
    expected: "an export that is an EnvironmentDefinition or a function that returns one",
    hint: "Export kernel definitions as they are; wrap a ParallelEnv with parallelDefinition(() => new MyEnv()).",
  });
}

function isDefinition(value: unknown): value is EnvironmentDefinition {
  return (
    typeof value === "object" && value !== null && "kind" in value && "spec" in value && "create" in value
  );
}
