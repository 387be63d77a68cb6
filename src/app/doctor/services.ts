/** @file Checks of programs that single features use: the Jupyter kernels that are registered, Deno, Redis. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Examination, Finding } from "./check.ts";
import { firstThatAnswers } from "./program.ts";

/** In the order of the table. */
export function serviceExaminations(): readonly Examination[] {
  return [
    {
      name: "jupyter kernel",
      importance: "optional",
      needed: "a TypeScript kernel for the notebooks in Jupyter",
      remedy: "grandmodel notebook run needs none; docs/README.md tells how to register one",
      look: () => kernels(kernelFolders()),
    },
    {
      name: "deno",
      importance: "optional",
      needed: "Deno, whose kernel runs TypeScript cells in Jupyter",
      remedy: "grandmodel notebook run needs none",
      look: () =>
        firstThatAnswers([
          ["node_modules/.bin/deno", "--version"],
          ["deno", "--version"],
        ]),
    },
    {
      name: "redis",
      importance: "optional",
      needed: "Redis for distributed runs",
      remedy: "one machine needs none; apt-get install redis-server",
      look: () =>
        firstThatAnswers([
          ["redis-server", "--version"],
          ["redis-cli", "--version"],
        ]),
    },
  ];
}

/** The kernels that speak TypeScript among those registered in `folders`. */
export function kernels(folders: readonly string[]): Finding {
  const registered = folders.filter((folder) => existsSync(folder)).flatMap(kernelsIn);
  const fitting = registered.filter(({ language }) => /typescript|javascript/i.test(language));
  if (fitting.length > 0) return { state: "ok", found: fitting.map(({ name }) => name).join(", ") };
  const others = registered.map(({ name }) => name).join(", ");
  return { state: "absent", found: others === "" ? "no kernel is registered" : `only ${others}` };
}

function kernelsIn(folder: string): { readonly name: string; readonly language: string }[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "kernel.json")))
    .map((name) => {
      const spec = JSON.parse(readFileSync(join(folder, name, "kernel.json"), "utf8")) as {
        readonly language?: string;
      };
      return { name, language: spec.language ?? "" };
    });
}

/** Where Jupyter looks, without asking it: that would take seconds. */
function kernelFolders(): string[] {
  const own = process.env["JUPYTER_DATA_DIR"] ?? join(homedir(), ".local/share/jupyter");
  return [own, "/usr/local/share/jupyter", "/usr/share/jupyter"].map((root) => join(root, "kernels"));
}
