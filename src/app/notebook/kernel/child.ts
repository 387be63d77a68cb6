/** @file The kernel's process: its log, its exit, and its end by degrees. */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import type { Kernelspec } from "./kernelspec.ts";

export interface KernelChild {
  readonly pid: number | undefined;
  /** Settles when the process has ended. */
  readonly exit: Promise<string>;
  readonly hasEnded: () => boolean;
  readonly signal: (name: NodeJS.Signals) => void;
  /** The last 50 lines that it printed. */
  readonly lastWords: () => string;
}

export interface ChildOptions {
  readonly spec: Kernelspec;
  readonly connectionFile: string;
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
  /** Where standard output and error go; nowhere unless given. */
  readonly log?: string;
}

/** Starts it in a process group of its own: Ctrl-C is the runner's to handle. */
export function spawnKernel({ spec, connectionFile, folder, env, log }: ChildOptions): KernelChild {
  const [command = "", ...words] = spec.argv.map((word) => word.replace("{connection_file}", connectionFile));
  const child = spawn(command, words, {
    cwd: folder,
    env: { ...process.env, ...spec.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const file = log === undefined ? undefined : createWriteStream(log);
  let tail = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      file?.write(bytes);
      tail = (tail + bytes.toString()).slice(-16_384);
    });
  }
  const exit = new Promise<string>((resolve) => {
    const end = (how: string): void => {
      ended = true;
      file?.end();
      resolve(how);
    };
    child.once("error", (error) => end(error.message));
    child.once("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return {
    pid: child.pid,
    exit,
    hasEnded: () => ended,
    signal: (name) => {
      if (!ended) child.kill(name);
    },
    lastWords: () => tail.trimEnd().split("\n").slice(-50).join("\n"),
  };
}
