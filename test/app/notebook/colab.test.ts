/**
 * @file The Colab editions: committed bytes are those that the notebooks give; all run on a real Python kernel with a
 * stand-in for `google.colab`, to the same checks; a killed session goes on elsewhere from its mounted folder. Without
 * Debian's ipykernel the runs are skipped, visibly.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { run } from "../command-line.ts";
import { codeCells } from "../../../src/app/notebook/document/notebook.ts";
import { readNotebook } from "../../../src/app/notebook/document/read-notebook.ts";
import { checksIn } from "../../../src/app/notebook/run/record.ts";
import { writeNotebook } from "../../../src/app/notebook/document/write-notebook.ts";
import { checkout, notebookOf, scratch } from "./notebook-of.ts";

const hasPythonKernel =
  spawnSync("/usr/bin/python3", ["-c", "import ipykernel"]).status === 0 &&
  existsSync("/usr/share/jupyter/kernels/python3/kernel.json");

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the Colab editions", () => {
  test("are what the committed notebooks give, byte for byte", async () => {
    const done = await run("notebook", "colab", join(checkout, "notebooks"), "--check");
    expect(done.err).toBe("");
    expect(done.code).toBe(0);
  });

  test("are stale when a cell of the notebook changes, not when it is run", async () => {
    using folder = scratch();
    const file = join(folder.path, "x.ipynb");
    writeNotebook(file, notebookOf(["1"]));
    expect((await run("notebook", "colab", file)).code).toBe(0);
    writeFileSync(
      file,
      readFileSync(file, "utf8").replace('"execution_count": null', '"execution_count": 1'),
    );
    expect((await run("notebook", "colab", file, "--check")).code).toBe(0);
    writeNotebook(file, notebookOf(["2"]));
    const stale = await run("notebook", "colab", file, "--check");
    expect(stale.code).toBe(2);
    expect(stale.err).toContain("NOTEBOOK_COLAB");
  });
});

const skipped = hasPythonKernel
  ? ""
  : " (skipped: /usr/bin/python3 has no ipykernel; apt-get install python3-ipykernel jupyter-client)";

/** What the editions read of their surroundings: a folder stands in for Drive, and no market data is there. */
function surroundings(root: string): Readonly<Record<string, string>> {
  mkdirSync(join(root, "prefix"), { recursive: true });
  return {
    PYTHONPATH: join(checkout, "test", "app", "notebook", "colab-stub"),
    GRANDMODEL_SPEC: checkout,
    GRANDMODEL_PREFIX: join(root, "prefix"),
    GRANDMODEL_DRIVE: join(root, "drive"),
    GRANDMODEL_DATA: join(root, "no-data"),
  };
}

const editionOf = (name: string): string => join(checkout, "notebooks", "colab", `${name}.ipynb`);
const keptOf = (root: string, name: string): string => join(root, "notebooks", name, `${name}.ipynb`);

/** `cell: check`, in order. */
function checkNames(file: string): readonly string[] {
  return codeCells(readNotebook(file)).flatMap(({ id, outputs }) =>
    checksIn(outputs).map(({ name }) => `${id}: ${name}`),
  );
}

/** Checks that fail for another reason than a busy machine. */
function failedChecks(file: string): readonly string[] {
  return codeCells(readNotebook(file))
    .flatMap(({ outputs }) => checksIn(outputs))
    .filter(({ pass, threshold }) => !pass && !threshold.endsWith(" ms"))
    .map(({ name, measured }) => `${name}: ${measured}`)
    .filter((text) => !text.startsWith("performance targets met"));
}

/** Pictures and tables of a cell, without the text that carries times. */
function picturesOf(file: string, cell: string): readonly unknown[] {
  const outputs = codeCells(readNotebook(file)).find(({ id }) => id === cell)?.outputs ?? [];
  return outputs.flatMap((output) =>
    "data" in output ? [output.data["image/svg+xml"] ?? output.data["text/html"] ?? []].flat() : [],
  );
}

describe.runIf(hasPythonKernel)(`on a Python kernel, every edition${skipped}`, () => {
  const whole = scratch();
  afterAll(() => {
    whole[Symbol.dispose]();
  });

  test.each(["cart_pole", "strategic_mappo_training", "tactical_mappo_training"])(
    "%s runs every cell to the checks of its notebook",
    { timeout: 900_000 },
    async (name) => {
      for (const [key, value] of Object.entries(surroundings(whole.path))) vi.stubEnv(key, value);
      await run("notebook", "run", editionOf(name), "--run-dir", whole.path);
      const kept = keptOf(whole.path, name);
      expect(
        codeCells(readNotebook(kept)).filter(({ execution_count: count }) => count === null),
      ).toStrictEqual([]);
      expect(readFileSync(kept, "utf8")).toContain("flushed and unmounted");
      expect(failedChecks(kept)).toStrictEqual([]);
      expect(checkNames(kept)).toStrictEqual(checkNames(join(checkout, "notebooks", `${name}.ipynb`)));
    },
  );

  test(
    "a session killed in its training goes on from the mounted folder in another one, to the same numbers",
    { timeout: 900_000 },
    async () => {
      const name = "strategic_mappo_training";
      using first = scratch();
      using second = scratch();
      const edition = upTo(editionOf(name), "training", join(first.path, `${name}.ipynb`));
      const session = spawn(
        process.execPath,
        [join(checkout, "bin", "grandmodel.js"), "notebook", "run", edition, "--run-dir", first.path],
        { env: { ...process.env, ...surroundings(first.path) }, stdio: "ignore", detached: true },
      );
      const drive = join(first.path, "drive");
      const ended = once(session, "exit").then(() => "ended");
      const saved = async (): Promise<string> => {
        while (!hasCheckpoint(drive)) await wait(20);
        return "saved";
      };
      expect(await Promise.race([ended, saved()])).toBe("saved");
      // The kernel of the cells was started by an earlier command and is nobody's child by now.
      const held = join(first.path, "prefix", "runs", name, "kernel.json");
      const { pid } = JSON.parse(readFileSync(held, "utf8")) as { readonly pid: number };
      killAll([session.pid ?? 0, pid]);
      cpSync(drive, join(second.path, "drive"), { recursive: true });
      for (const [key, value] of Object.entries(surroundings(second.path))) vi.stubEnv(key, value);
      await run("notebook", "run", edition, "--run-dir", second.path);
      const again = keptOf(second.path, name);
      expect(readFileSync(again, "utf8")).toContain("resumed at update");
      expect(picturesOf(again, "training").length).toBeGreaterThan(2);
      expect(picturesOf(again, "training")).toStrictEqual(picturesOf(keptOf(whole.path, name), "training"));
    },
  );
});

/** The edition without the cells behind `last`. */
function upTo(file: string, last: string, target: string): string {
  const notebook = readNotebook(file);
  const at = notebook.cells.findIndex(({ id }) => id === last);
  writeNotebook(target, { ...notebook, cells: notebook.cells.slice(0, at + 1) });
  return target;
}

/** A manifest is written last: with it the copy is whole. */
function hasCheckpoint(folder: string): boolean {
  if (!existsSync(folder)) return false;
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).some((path) => /step-\d+$/.test(path));
}

/** SIGKILL to a process, its children and theirs: what the end of a virtual machine does to a session. */
function killAll(roots: readonly number[]): void {
  const { stdout } = spawnSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" });
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/));
  const doomed = [...roots];
  for (const parent of doomed)
    doomed.push(...rows.filter(([, ppid]) => Number(ppid) === parent).map(([pid]) => Number(pid)));
  for (const pid of doomed) process.kill(pid, "SIGKILL");
}
