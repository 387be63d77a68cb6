/** @file PettingZoo's own conformance suite through the bridge, where a Python with pettingzoo and gymnasium is found. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { pythonWith } from "./interpreter.ts";

const python = pythonWith("numpy", "pettingzoo", "gymnasium");
const absent =
  python === undefined ? " (skipped: no Python with pettingzoo; pip install pettingzoo gymnasium)" : "";

test.skipIf(python === undefined)(
  `python/tests/test_pettingzoo.py passes${absent}`,
  { timeout: 400_000 },
  () => {
    const run = spawnSync(python ?? "", ["-m", "unittest", "-v", "test_pettingzoo"], {
      cwd: new URL("../../python/tests/", import.meta.url),
      encoding: "utf8",
    });
    expect(run.stderr).toMatch(/Ran 10 tests[\s\S]*OK/);
    expect(run.status).toBe(0);
  },
);
