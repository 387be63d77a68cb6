/** @file The kernel's process: its log, its exit, signals; our own child, or one that an earlier process started. */
import { spawn } from "node:child_process";
import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import type { Kernelspec } from "./kernelspec.ts";

export interface KernelChild {
  readonly pid: number | undefined;
  /** Settles when the process has ended. */
  readonly exit: Promise<string>;
  readonly hasEnded: () => boolean;
  readonly signal: (name: NodeJS.Signals) => void;
  /** The last 50 lines that it printed. */
  readonly lastWords: () => string;
  /** Lets this process end before it. */
  readonly release: () => void;
}

export interface ChildOptions {
  readonly spec: Kernelspec;
  readonly connectionFile: string;
  readonly folder: string;
  readonly env: { readonly [name: string]: string };
  /** Where standard output and error go; nowhere unless given. */
  readonly log?: string;
  /** It may outlive this process: it prints into its log itself. */
  readonly outlives: boolean;
}

/** Starts it in a process group of its own: Ctrl-C is the runner's to handle. */
export function spawnKernel({ spec, connectionFile, folder, env, log, outlives }: ChildOptions): KernelChild {
  const [command = "", ...words] = spec.argv.map((word) => word.replace("{connection_file}", connectionFile));
  const out = outlives ? openSync(log ?? "/dev/null", "w") : undefined;
  const child = spawn(command, words, {
    cwd: folder,
    env: { ...process.env, ...spec.env, NO_COLOR: "1", ...env },
    stdio: ["ignore", out ?? "pipe", out ?? "pipe"],
    detached: true,
  });
  if (out !== undefined) closeSync(out);
  const file = log === undefined || outlives ? undefined : createWriteStream(log);
  let tail = "";
  let ended = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (bytes: Buffer) => {
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
    lastWords: () => lastLines(outlives && log !== undefined ? readFileSync(log, "utf8") : tail),
    release: () => child.unref(),
  };
}

const lookEveryMs = 200;

/** A kernel that is not our child: its end is seen by looking. */
export function adoptKernel(pid: number): KernelChild {
  const hasEnded = (): boolean => !isAlive(pid);
  let look: NodeJS.Timeout | undefined;
  const exit = new Promise<string>((resolve) => {
    look = setInterval(() => {
      if (hasEnded()) resolve("it is gone");
    }, lookEveryMs);
    look.unref();
  });
  return {
    pid,
    exit,
    hasEnded,
    signal: (name) => {
      if (!hasEnded()) process.kill(pid, name);
    },
    lastWords: () => "",
    release: () => clearInterval(look),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-50).join("\n");
}
