/**
 * @file The Colab editions: committed bytes are those that the notebooks give, and the smallest one runs on a real Python
 * kernel with a stand-in for `google.colab`, to the same checks. Without Debian's ipykernel the run is skipped, visibly.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
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

  test.runIf(hasPythonKernel)(
    `run on a Python kernel${hasPythonKernel ? "" : " (skipped: /usr/bin/python3 has no ipykernel; apt-get install python3-ipykernel jupyter-client)"}`,
    { timeout: 120_000 },
    async () => {
      using folder = scratch();
      vi.stubEnv("PYTHONPATH", join(checkout, "test", "app", "notebook", "colab-stub"));
      vi.stubEnv("GRANDMODEL_SPEC", checkout);
      vi.stubEnv("GRANDMODEL_PREFIX", join(folder.path, "prefix"));
      vi.stubEnv("GRANDMODEL_DRIVE", join(folder.path, "drive"));
      mkdirSync(join(folder.path, "prefix"));
      const edition = join(checkout, "notebooks", "colab", "cart_pole.ipynb");
      const done = await run("notebook", "run", edition, "--run-dir", folder.path);
      expect(done.err).not.toContain("failed");
      expect(done.code).toBe(0);
      const kept = join(folder.path, "notebooks", "cart_pole", "cart_pole.ipynb");
      expect(readFileSync(kept, "utf8")).toContain("flushed and unmounted");
      const source = join(checkout, "notebooks", "cart_pole.ipynb");
      const verdicts = (file: string): readonly string[] =>
        codeCells(readNotebook(file)).flatMap(({ id, outputs }) =>
          checksIn(outputs).map(({ name, pass, threshold }) => `${id} ${name} ${threshold} ${pass}`),
        );
      expect(verdicts(kept)).toHaveLength(1);
      expect(verdicts(kept)).toStrictEqual(verdicts(source));
    },
  );
});
