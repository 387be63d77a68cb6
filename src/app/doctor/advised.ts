/** @file Checks of what makes work faster or more pleasant, and of what single features need. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describeMachine } from "../../runtime/machine/machine.adapter.ts";
import type { Examination, Finding } from "./check.ts";
import { firstThatAnswers } from "./program.ts";
import { doublesOn } from "./required.ts";

/** In the order of the table. */
export function advisedExaminations(runDir: string): readonly Examination[] {
  return [
    {
      name: "processor",
      importance: "advised",
      needed: "2 cores and AVX2 (or NEON)",
      remedy: "training works, more slowly",
      look: processor,
    },
    {
      name: "terminal",
      importance: "advised",
      needed: "80 columns and colours for the live window",
      remedy: "widen the window; without a terminal progress comes as lines",
      look: terminal,
    },
    {
      name: "stale locks",
      importance: "advised",
      needed: "no run folder locked by a dead process",
      remedy: "nothing to do: the next resume takes them over",
      look: () => staleLocks(runDir),
    },
    accelerator("webgpu"),
    accelerator("cuda"),
    python("python numpy", "numpy", "for the Python client: apt-get install python3-numpy"),
    python(
      "python pettingzoo",
      "pettingzoo, gymnasium",
      "for PettingZoo environments: pip install pettingzoo gymnasium",
    ),
    {
      name: "chromium",
      importance: "optional",
      needed: "chromium for browser tests",
      remedy: "apt-get install chromium",
      look: () =>
        firstThatAnswers([
          ["chromium", "--version"],
          ["google-chrome", "--version"],
        ]),
    },
  ];
}

function processor(): Finding {
  const { cpu, cores, instructions } = describeMachine();
  const vector =
    instructions.includes("avx2") || instructions.includes("neon") || instructions.includes("asimd");
  return {
    state: cores >= 2 && vector ? "ok" : "warn",
    found: `${cpu}, ${cores} cores, ${instructions.join(" ")}`,
  };
}

function terminal(): Finding {
  const { isTTY, columns } = process.stderr;
  if (!isTTY) return { state: "absent", found: "standard error is not a terminal" };
  return {
    state: columns >= 80 ? "ok" : "warn",
    found: `${columns} columns, TERM=${process.env["TERM"] ?? ""}`,
  };
}

function staleLocks(runDir: string): Finding {
  const locks = existsSync(runDir) ? readdirSync(runDir).map((run) => join(runDir, run, "lock.json")) : [];
  const stale = locks.filter((lock) => existsSync(lock) && isDead(lock));
  return { state: stale.length === 0 ? "ok" : "warn", found: stale.length === 0 ? "none" : stale.join(", ") };
}

function isDead(lock: string): boolean {
  const { pid, host }: { readonly pid: number; readonly host: string } = JSON.parse(
    readFileSync(lock, "utf8"),
  );
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

function accelerator(device: "webgpu" | "cuda"): Examination {
  return {
    name: `onnxruntime ${device}`,
    importance: "optional",
    needed: `an adapter for ${device}`,
    remedy: "the CPU is used; docs/engine.md tells what each device needs",
    look: async () => {
      const { listSupportedBackends } = await import("onnxruntime-node");
      const backend = listSupportedBackends().find(({ name }) => name === device);
      if (backend?.bundled !== true)
        return { state: "absent", found: "not part of this build of ONNX Runtime" };
      const doubled = await doublesOn(device);
      return { state: doubled === "2 4 6" ? "ok" : "warn", found: `2 * (1 2 3) = ${doubled}` };
    },
  };
}

function python(name: string, packages: string, remedy: string): Examination {
  return {
    name,
    importance: "optional",
    needed: `Python with ${packages}`,
    remedy,
    look: () => {
      const script = `import sys, ${packages}; print(sys.version.split()[0])`;
      const candidates = [process.env["GRANDMODEL_PYTHON"] ?? "python3", "/usr/bin/python3"];
      return firstThatAnswers(candidates.map((command) => [command, "-c", script]));
    },
  };
}
