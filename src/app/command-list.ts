/**
 * @file The list of command groups in the order of `--help`: the line that stands there, and the module that is loaded when
 * the command is used. A new command is one entry here and one file under `commands/`; a test holds both to each other.
 */
import type { Command } from "commander";

/** One line of `grandmodel --help`. */
export interface CommandEntry {
  /** As the module declares it: `train [env]`. */
  readonly usage: string;
  readonly summary: string;
  /** Has commands of its own, and no options. */
  readonly group?: true;
  /** Loads what adds the command to the program. */
  readonly load: () => Promise<(program: Command) => void>;
}

export const commandList: readonly CommandEntry[] = [
  {
    usage: "run",
    summary: "Train both stages and judge them",
    load: async () => (await import("./commands/run.ts")).addRun,
  },
  {
    usage: "train [env]",
    summary: "Train a policy on an environment; Ctrl-C saves and says how to go on",
    load: async () => (await import("./commands/train.ts")).addTrain,
  },
  {
    usage: "decide <bars>",
    summary: "Decide at the last close, and say why",
    load: async () => (await import("./commands/decide.ts")).addDecide,
  },
  {
    usage: "evaluate <run>",
    summary: "Evaluate the policies of a run on fresh episodes",
    load: async () => (await import("./commands/evaluate.ts")).addEvaluate,
  },
  {
    usage: "export <run>",
    summary: "Export the trained actors of a run as ONNX files",
    load: async () => (await import("./commands/export.ts")).addExport,
  },
  {
    usage: "exports",
    summary: "Exported versions of the stages: list, verify, promote",
    group: true,
    load: async () => (await import("./commands/exports.ts")).addExports,
  },
  {
    usage: "status",
    summary: "Progress of the two training processes, from evidence",
    group: true,
    load: async () => (await import("./commands/status.ts")).addStatus,
  },
  {
    usage: "backtest <strategy>",
    summary: "Run a strategy over bars, after costs",
    load: async () => (await import("./commands/backtest.ts")).addBacktest,
  },
  {
    usage: "check-lookahead <target>",
    summary: "Search strategy or policy for look-ahead",
    load: async () => (await import("./commands/check-lookahead.ts")).addCheckLookahead,
  },
  {
    usage: "envs",
    summary: "List the environments that can be trained, evaluated and served",
    load: async () => (await import("./commands/envs.ts")).addEnvs,
  },
  {
    usage: "env",
    summary: "Offer an environment to another process",
    group: true,
    load: async () => (await import("./commands/envs.ts")).addEnvs,
  },
  {
    usage: "data",
    summary: "Import, inspect, resample, generate and export bars",
    group: true,
    load: async () => (await import("./commands/data.ts")).addData,
  },
  {
    usage: "features",
    summary: "Compute and draw the features that the agents see",
    group: true,
    load: async () => (await import("./commands/features.ts")).addFeatures,
  },
  {
    usage: "notebook",
    summary: "Install the TypeScript kernel, run and check notebooks",
    group: true,
    load: async () => (await import("./commands/notebook.ts")).addNotebook,
  },
  {
    usage: "bench <suite>",
    summary: "Measure speeds beside their bounds",
    load: async () => (await import("./commands/bench.ts")).addBench,
  },
  {
    usage: "doctor",
    summary: "Check what this machine offers",
    load: async () => (await import("./commands/doctor.ts")).addDoctor,
  },
];
