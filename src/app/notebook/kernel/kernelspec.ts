/**
 * @file Kernelspecs: our own for the Deno kernel, made from what is installed beside the product, and those of others,
 * found where Jupyter looks. `deno jupyter --install` is not used: SIGINT kills its kernel (denoland/deno #24491), and its
 * answer to an interrupt by message ends a busy loop but never a pending `await`. Ours starts with SIGINT ignored; then
 * `grandmodel/notebook` listens, and Stop reaches the training that a cell awaits.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { notebookError } from "../issues.ts";

/** How a kernel is started: the content of a `kernel.json`. */
export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message" | "signal";
  readonly env: { readonly [name: string]: string };
}

/** Name under which ours is installed and which our notebooks ask for. */
export const ownKernel = "grandmodel";

const schema = z.object({
  argv: z.array(z.string()).min(1),
  display_name: z.string(),
  language: z.string(),
  interrupt_mode: z.enum(["message", "signal"]).default("signal"),
  env: z.record(z.string(), z.string()).default({}),
});

/**
 * The spec of a kernel by name; ours needs no installation.
 * @throws GrandModelError `KERNEL_UNKNOWN`, `NOTEBOOK_RUNTIME_MISSING`
 */
export function findKernelspec(name: string): Kernelspec {
  if (name === ownKernel) return ownKernelspec();
  const folders = searchPath().map((root) => join(root, "kernels", name));
  const folder = folders.find((candidate) => existsSync(join(candidate, "kernel.json")));
  if (folder === undefined) {
    throw notebookError("KERNEL_UNKNOWN", {
      value: name,
      expected: `${ownKernel}, or a kernel installed in ${folders.map(dirname).join(", ")}`,
      hint: "Choose the kernel in the notebook's metadata.kernelspec.name, or install it.",
    });
  }
  return schema.parse(JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")));
}

/** Our spec; sources are read in a checkout, the built package elsewhere. */
export function ownKernelspec(): Kernelspec {
  const deno = [denoBinary(), "jupyter", "--kernel", "--conn", "{connection_file}"];
  const hasShell = process.platform !== "win32";
  return {
    argv: hasShell ? ["/bin/sh", "-c", `trap '' INT; exec "$0" "$@"`, ...deno] : deno,
    display_name: "GrandModel (TypeScript)",
    language: "typescript",
    interrupt_mode: hasShell ? "signal" : "message",
    env: {
      ...(isCheckout() ? { DENO_CONDITIONS: "grandmodel-source" } : {}),
      DENO_NO_UPDATE_CHECK: "1",
    },
  };
}

/** Where the user's kernelspecs belong: `$JUPYTER_DATA_DIR`, else `~/.local/share/jupyter`. */
export function jupyterDataFolder(): string {
  return process.env["JUPYTER_DATA_DIR"] ?? join(homedir(), ".local", "share", "jupyter");
}

function searchPath(): readonly string[] {
  const extra = process.env["JUPYTER_PATH"]?.split(":").filter((path) => path !== "") ?? [];
  return [...extra, jupyterDataFolder(), "/usr/local/share/jupyter", "/usr/share/jupyter"];
}

function isCheckout(): boolean {
  return existsSync(new URL("../../../../tsconfig.json", import.meta.url));
}

/** Deno's own binary, inside the package for this platform: its npm launcher would be one process more to kill. */
function denoBinary(): string {
  const platform = `${process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`;
  try {
    const near = createRequire(import.meta.url);
    const deno = createRequire(near.resolve("deno/package.json"));
    const folder = dirname(deno.resolve(`@deno/${platform}/package.json`));
    return join(folder, process.platform === "win32" ? "deno.exe" : "deno");
  } catch (cause) {
    throw notebookError(
      "NOTEBOOK_RUNTIME_MISSING",
      {
        value: "deno",
        expected: `deno 2.9.6 for ${platform} beside grandmodel`,
        hint: "npm install deno@2.9.6 zeromq@6.8.0",
      },
      cause,
    );
  }
}
