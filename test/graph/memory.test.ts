/** @file Memory does not grow with steps, and a released function gives its memory back. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("memory.process.ts", import.meta.url));

test("10^5 steps and 100 compilations leave no memory behind", async () => {
  const flags = ["--expose-gc", "--import", "tsx", "--conditions=grandmodel-source", script];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  const { beforeSteps, afterSteps, beforeCompilations, afterCompilations } = JSON.parse(stdout) as Record<
    string,
    number
  >;
  // 80,000 further steps: a leak of 100 bytes a step would be 8 MB.
  expect(afterSteps! - beforeSteps!).toBeLessThan(8);
  // 60 further sessions of 66,000 parameters (0.26 MB each, and a multiple of that while running): unreleased they
  // would hold over 100 MB.
  expect(afterCompilations! - beforeCompilations!).toBeLessThan(25);
});
