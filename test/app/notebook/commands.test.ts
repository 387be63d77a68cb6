/** @file `grandmodel notebook ...` as people type it: exit codes, what is written, what is refused. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { writeNotebook } from "../../../src/app/notebook/document/write-notebook.ts";
import { run } from "../command-line.ts";
import { checkout, notebookOf, scratch } from "./notebook-of.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("notebook install", () => {
  test("writes a kernelspec that survives SIGINT and finds the sources", async () => {
    using folder = scratch();
    vi.stubEnv("JUPYTER_DATA_DIR", folder.path);
    const file = join(folder.path, "kernels", "grandmodel", "kernel.json");
    expect((await run("notebook", "install", "--dry-run")).out).toContain(file);
    expect(existsSync(file)).toBe(false);
    expect((await run("notebook", "install")).code).toBe(0);
    const spec: unknown = JSON.parse(readFileSync(file, "utf8"));
    expect(spec).toMatchObject({
      argv: [
        "/bin/sh",
        "-c",
        expect.stringContaining("trap '' INT"),
        expect.stringMatching(/deno$/),
        "jupyter",
        "--kernel",
        "--conn",
        "{connection_file}",
      ],
      language: "typescript",
      interrupt_mode: "signal",
      env: { DENO_CONDITIONS: "grandmodel-source" },
    });
  });
});

describe("notebook run", () => {
  test("leaves outputs and a record in the run folder and says both rates", async () => {
    using folder = scratch();
    const file = join(folder.path, "small.ipynb");
    writeNotebook(file, notebookOf(["const one: number = 1;\nconsole.log(one)", "one + 1"]));
    const before = readFileSync(file, "utf8");
    const done = await run("notebook", "run", file, "--run-dir", folder.path, "--json");
    expect(done.code).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(before);
    const kept = join(folder.path, "notebooks", "small");
    expect(readFileSync(join(kept, "small.ipynb"), "utf8")).toContain('"text/plain"');
    expect(JSON.parse(readFileSync(join(kept, "run.json"), "utf8"))).toMatchObject({
      cells: [
        { id: "c1", status: "passed" },
        { id: "c2", status: "passed" },
      ],
      cellRate: { passed: 2, total: 2 },
    });
    const last: unknown = JSON.parse(done.out.trimEnd().split("\n").at(-1) ?? "");
    expect(last).toMatchObject({ kind: "result", document: "notebooks", passed: true });
  });

  test(
    "with --update leaves no diff the second time, with --check finds what has changed",
    { timeout: 60_000 },
    async () => {
      using folder = scratch();
      const file = join(folder.path, "timed.ipynb");
      writeNotebook(file, notebookOf(["console.log(`took ${performance.now().toFixed(3)} ms`)"]));
      const words = ["notebook", "run", file, "--run-dir", folder.path];
      expect((await run(...words, "--update")).code).toBe(0);
      const first = readFileSync(file, "utf8");
      expect(first).toContain("took");
      expect((await run(...words, "--update")).code).toBe(0);
      expect(readFileSync(file, "utf8")).toBe(first);
      expect((await run(...words, "--check")).code).toBe(0);
      writeFileSync(file, first.replace("took", "lasted").replace("lasted ${", "took ${"));
      const differing = await run(...words, "--check");
      expect(differing.code).toBe(1);
      expect(differing.err).toContain("differs: cell 1");
    },
  );

  test("ends with 1 and names the cell and the reason when a cell fails", async () => {
    using folder = scratch();
    const file = join(folder.path, "failing.ipynb");
    writeNotebook(file, notebookOf(["1", 'throw new Error("planted")', "3"]));
    const done = await run("notebook", "run", file, "--run-dir", folder.path);
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/\[2\/3\] failed {2}c2: .*\n +Error: planted/);
    expect(done.err).toContain("skipped (cell 2 failed)");
    expect(done.out).toContain("cells 1/3");
  });

  test("ends with 1 and names the check when a check does not hold", async () => {
    using folder = scratch();
    const file = join(checkout, "test", "app", "notebook", "checked.ipynb");
    try {
      writeNotebook(
        file,
        notebookOf([
          'import { check } from "grandmodel/notebook";\nawait check("pulse", 130, { atMost: 100 })',
        ]),
      );
      const done = await run("notebook", "run", file, "--run-dir", folder.path);
      expect(done.code).toBe(1);
      expect(done.err).toContain("check failed: pulse: 130 (<= 100)");
    } finally {
      rmSync(file);
    }
  });

  test("runs nothing when types do not fit, and names kernels that are not there", async () => {
    using folder = scratch();
    const file = join(folder.path, "wrong.ipynb");
    writeNotebook(file, notebookOf(["const n: number = 'x'"]));
    const typed = await run("notebook", "run", file, "--run-dir", folder.path);
    expect(typed.code).toBe(2);
    expect(typed.err).toContain("NOTEBOOK_TYPES");
    writeNotebook(file, {
      ...notebookOf(["1"], "no-such-kernel"),
      metadata: { kernelspec: { name: "no-such-kernel", language: "none" } },
    });
    const unknown = await run("notebook", "run", file, "--run-dir", folder.path);
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain("KERNEL_UNKNOWN");
  });

  test("says what --html needs where it is missing", async () => {
    using folder = scratch();
    const file = join(folder.path, "page.ipynb");
    writeNotebook(file, notebookOf(["1"]));
    mkdirSync(join(folder.path, "empty"));
    vi.stubEnv("PATH", join(folder.path, "empty"));
    const done = await run("notebook", "run", file, "--run-dir", folder.path, "--html");
    expect(done.err).toContain("NOTEBOOK_RUNTIME_MISSING");
  });
});

describe("notebook stage", () => {
  test(
    "keeps one kernel from command to command, runs each cell once, and ends it after the last",
    { timeout: 60_000 },
    async () => {
      using folder = scratch();
      const file = join(folder.path, "staged.ipynb");
      writeNotebook(file, notebookOf(["let runs = 1;", "runs += 1;\nconsole.log(runs)", "runs"]));
      const stage = (cell: string): ReturnType<typeof run> =>
        run("notebook", "stage", file, cell, "--run", join(folder.path, "run"));
      expect((await stage("c2")).code).toBe(0);
      expect(readFileSync(join(folder.path, "run", "cells", "c2", "01.txt"), "utf8")).toBe("2\n");
      expect((await stage("c2")).code).toBe(0);
      expect(readFileSync(join(folder.path, "run", "cells", "c2", "01.txt"), "utf8")).toBe("3\n");
      expect(existsSync(join(folder.path, "run", "kernel.json"))).toBe(true);
      expect((await stage("c3")).code).toBe(0);
      expect(readFileSync(join(folder.path, "run", "cells", "c3", "01.txt"), "utf8")).toBe("3");
      expect(existsSync(join(folder.path, "run", "kernel.json"))).toBe(false);
    },
  );

  test("refuses a cell that is not there and lists those that are", async () => {
    using folder = scratch();
    const done = await run("notebook", "stage", "cart_pole", "no-such-cell", "--run", folder.path);
    expect(done.code).toBe(2);
    expect(done.err).toContain("NOTEBOOK_STAGE");
    expect(done.err).toContain("imports, train, curve, play");
  });
});
