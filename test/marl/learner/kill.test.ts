/** @file kill -9 at three points of a run: what resumes ends with the hash of the run that was never stopped. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../../src/runtime/random/key.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "grandmodel-kill-"));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** Runs until it ends, or until it has saved `killAfter` times; returns what it printed. */
function train(where: string, killAfter = Infinity): Promise<string> {
  const script = new URL("train.process.ts", import.meta.url).pathname;
  const tsx = new URL("../../../node_modules/tsx/dist/cli.mjs", import.meta.url).pathname;
  const args = [tsx, "--conditions=grandmodel-source", script, where, killAfter === Infinity ? "0" : "20"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
  let printed = "";
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      // The negative id reaches the process behind tsx too.
      if (printed.split("saved").length - 1 >= killAfter && child.pid !== undefined)
        process.kill(-child.pid, "SIGKILL");
    });
    child.on("close", () => resolve(printed));
  });
}

const hashOf = (printed: string): string | undefined => /hash (\w+)/.exec(printed)?.[1];

it(
  "a run killed with SIGKILL at three random points ends with the same bytes",
  { timeout: 120_000 },
  async () => {
    const whole = hashOf(await train(folder()));
    expect(whole).toMatch(/^[0-9a-f]{64}$/);
    const generator = Generator.fromKey(keyFromSeed(20261124));
    const broken = folder();
    for (let i = 0; i < 3; i += 1) {
      const printed = await train(broken, 1 + generator.below(3));
      expect(hashOf(printed)).toBeUndefined();
    }
    expect(hashOf(await train(broken))).toBe(whole);
  },
);
