/** @file Runs the command line for a test: in this process (fast) or as a child process (real signals, real streams). */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../../src/app/cli.ts";

const program = fileURLToPath(new URL("../../bin/grandmodel.js", import.meta.url));

/** What a command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `grandmodel ...words` inside this process and catches both streams. */
export async function run(...words: readonly string[]): Promise<Finished> {
  const caught = { out: "", err: "" };
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    caught.out += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    caught.err += String(text);
    return true;
  });
  const before = process.exitCode;
  process.exitCode = undefined;
  const argv = process.argv;
  process.argv = ["node", "grandmodel", ...words];
  try {
    await main(process.argv);
    return { code: exitCodeNow(), ...caught };
  } finally {
    process.argv = argv;
    process.exitCode = before;
    out.mockRestore();
    err.mockRestore();
  }
}

function exitCodeNow(): number {
  return Number(process.exitCode ?? 0);
}

/** Runs `grandmodel ...words` as a child process to its end. */
export function spawnRun(words: readonly string[], env: Readonly<Record<string, string>> = {}): Finished {
  const done = spawnSync(process.execPath, [program, ...words], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** Starts `grandmodel ...words` as a child process; `lines` grows as standard output comes. */
export function start(words: readonly string[]): {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
} {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const caught = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    caught.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    caught.err += text;
  });
  const ended = new Promise<Finished>((resolve) => {
    child.on("close", (code) => resolve({ code, ...caught }));
  });
  return { child, ended };
}
