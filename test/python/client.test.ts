/** @file The Python framing client against a real server process: needs python3 with numpy, nothing else. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { pythonWith } from "./interpreter.ts";

const python = pythonWith("numpy");
const absent = python === undefined ? " (skipped: no python3 with numpy; apt-get install python3-numpy)" : "";

test.skipIf(python === undefined)(`python/tests/test_client.py passes${absent}`, () => {
  const run = spawnSync(python ?? "", ["-m", "unittest", "-v", "test_client"], {
    cwd: new URL("../../python/tests/", import.meta.url),
    encoding: "utf8",
  });
  expect(run.stderr).toMatch(/Ran 11 tests[\s\S]*OK/);
  expect(run.status).toBe(0);
});
