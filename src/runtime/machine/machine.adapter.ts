/** @file What this machine is: the facts that stand beside every measured number and in every run. */
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, totalmem } from "node:os";

/** Facts that change speed or bits of a result. */
export interface MachineFacts {
  readonly cpu: string;
  /** Logical processors that this process may use. */
  readonly cores: number;
  /** Whole gibibytes. */
  readonly memoryGiB: number;
  /** `linux x64`. */
  readonly platform: string;
  /** Vector instruction sets of interest that the processor reports, sorted; empty where the system does not say. */
  readonly instructions: readonly string[];
  readonly node: string;
  /** Version of onnxruntime-node, or `absent`. */
  readonly onnxRuntime: string;
}

const vectorSets = ["avx", "avx2", "avx512f", "avx512_vnni", "amx_tile", "fma", "sse4_2", "neon", "asimd"];

/** Reads the facts of the machine that runs this process; no network, no child process. */
export function describeMachine(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    instructions: vectorInstructions(),
    node: process.versions.node,
    onnxRuntime: packageVersion("onnxruntime-node"),
  };
}

function vectorInstructions(): string[] {
  const flags = readOrUndefined("/proc/cpuinfo")?.match(/^(?:flags|Features)\s*:\s*(.*)$/m)?.[1];
  const present = new Set(flags?.split(" "));
  return vectorSets.filter((name) => present.has(name)).sort();
}

/** The version of this package. */
export function productVersion(): string {
  return versionIn(new URL("../../../package.json", import.meta.url));
}

/** Version in the package.json of an installed dependency; `absent` where there is none. */
export function packageVersion(name: string): string {
  try {
    return versionIn(new URL("package.json", packageFolder(name)));
  } catch {
    return "absent";
  }
}

function versionIn(manifest: URL): string {
  const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  return isVersioned(parsed) ? parsed.version : "absent";
}

/** Folder of a dependency as seen from here; found by path so that nothing of it is loaded. */
function packageFolder(name: string): URL {
  const entry = import.meta.resolve(name);
  const at = entry.lastIndexOf(`/node_modules/${name}/`);
  return new URL(`${entry.slice(0, at)}/node_modules/${name}/`);
}

function isVersioned(value: unknown): value is { readonly version: string } {
  return (
    typeof value === "object" && value !== null && "version" in value && typeof value.version === "string"
  );
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
