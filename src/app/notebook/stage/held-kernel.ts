/**
 * @file A kernel that lives from one command to the next: its connection and what has run on it lie in `kernel.json` of
 * the run folder (mode 0600: the key is in it). So a Python notebook, each cell of which is a process, still runs one
 * TypeScript notebook with one memory.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashJson } from "../../../runtime/hash.adapter.ts";
import { codeCells, type Notebook } from "../document/notebook.ts";
import { attachKernel, type Kernel, type KernelOptions, startKernel } from "../kernel/kernel.ts";
import type { Connection } from "../protocol/connection-file.ts";

interface Held {
  readonly pid: number;
  readonly connection: Connection;
  /** Of the sources of the notebook's cells: another notebook gets another kernel. */
  readonly sources: string;
  /** Ids of the cells that have run, in order. */
  readonly ran: readonly string[];
}

export interface HeldKernel {
  readonly kernel: Kernel;
  readonly ran: readonly string[];
  /** Leaves the kernel running for the next command. */
  readonly keep: (ran: readonly string[]) => void;
  /** Ends it. */
  readonly end: () => Promise<void>;
}

/** The run folder's kernel where it lives and has seen these sources, else a new one. */
export async function holdKernel(
  run: string,
  notebook: Notebook,
  options: KernelOptions,
): Promise<HeldKernel> {
  mkdirSync(run, { recursive: true });
  const file = join(run, "kernel.json");
  const sources = hashJson(codeCells(notebook).map(({ source }) => source));
  const before = readHeld(file);
  const isOurs = before?.sources === sources;
  const found = isOurs ? await attachKernel(before.connection, before.pid, options) : undefined;
  const kernel = found ?? (await startKernel({ ...options, outlives: true, log: join(run, "kernel.log") }));
  return {
    kernel,
    ran: found === undefined ? [] : (before?.ran ?? []),
    keep: (ran) => {
      const held: Held = { pid: kernel.pid ?? 0, connection: kernel.connection, sources, ran };
      writeFileSync(file, JSON.stringify(held), { mode: 0o600 });
      kernel.detach();
    },
    end: async () => {
      rmSync(file, { force: true });
      await kernel.shutdown();
    },
  };
}

function readHeld(file: string): Held | undefined {
  if (!existsSync(file)) return undefined;
  try {
    // Written above and by nobody else; a torn file is one without a kernel.
    return JSON.parse(readFileSync(file, "utf8")) as Held;
  } catch {
    return undefined;
  }
}
