/** @file The `bridge` suite: environment steps per second from Python, where a Python with numpy is found. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BenchContext, Figure } from "./figures.ts";

const script = fileURLToPath(new URL("../python/benchmarks/bridge_speed.py", import.meta.url));
/** The promise of the bridge, steps per second on simple-spread. */
const promised = 3_000;

const clients = [
  { name: "bridge.spread.framing.steps_per_s", words: [], imports: "numpy" },
  {
    name: "bridge.spread.pettingzoo.steps_per_s",
    words: ["--pettingzoo"],
    imports: "numpy, pettingzoo, gymnasium",
  },
] as const;

/** One figure per client that the machine's Python can run. */
export async function bridgeSuite({ step, quick }: BenchContext): Promise<readonly Figure[]> {
  return clients.flatMap(({ name, words, imports }): Figure[] => {
    const python = [process.env["GRANDMODEL_PYTHON"], "python3", "/usr/bin/python3"].find(
      (candidate) =>
        candidate !== undefined && spawnSync(candidate, ["-c", `import ${imports}`]).status === 0,
    );
    if (python === undefined) {
      step(`${name}: left out, no Python with ${imports}`);
      return [];
    }
    step(`${name}: stepping simple-spread through ${python}`);
    const run = spawnSync(python, [script, ...words, "--steps", quick ? "2000" : "30000"], {
      encoding: "utf8",
    });
    const said: { readonly steps_per_s: number; readonly python: string; readonly numpy: string } =
      JSON.parse(run.stdout);
    return [
      {
        name,
        value: said.steps_per_s,
        unit: "env-steps/s",
        reference: promised,
        ratio: said.steps_per_s / promised,
        note: `3 agents, random actions, resets included; Python ${said.python}, numpy ${said.numpy}; reference: the promise`,
      },
    ];
  });
}
