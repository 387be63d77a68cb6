/** @file A kernel killed or stopped in the middle of a training cell: the same notebook run again goes on, to the same numbers. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { codeCells } from "../../../src/app/notebook/document/notebook.ts";
import { runCells, scratch } from "./notebook-of.ts";

const program = fileURLToPath(new URL("run.process.ts", import.meta.url));
const tsx = ["--import", import.meta.resolve("tsx"), "--conditions=grandmodel-source"];

const training = `
import { contractSpec, generateMarket, prepareBars } from "grandmodel/market";
import { strategicMarket } from "grandmodel/stages";
import { quickDefaults, strategicStage } from "grandmodel/pipeline";
import { show, trainResumable } from "grandmodel/notebook";
const spec = contractSpec("NQ");
const sketch = { symbol: "NQ", intervalMs: 1_800_000, from: 20_220_103, startPrice: 15_000, sigma: 0.0012 };
const { bars } = prepareBars(generateMarket({ ...sketch, seed: 1, sessions: 60 }).bars);
const stage = strategicStage({
  bars, spec, market: strategicMarket(bars, spec, { warmUp: 500 }), preset: "compact", states: 2,
  interference: { kind: "householder", reflections: 1 },
});
const settings = { ...quickDefaults, updates: 8, copies: 4, horizon: 32, validateEvery: 4, saveEvery: 1 };
const parts = { train: { from: 0, to: 1800 }, validation: { from: 2000, to: 2400 } };
const { final, history, resumedFrom } = await trainResumable("killed", { stage, ...parts, seed: 3, settings });
await show("resumed " + (resumedFrom > 0));
await show(final.reduce((sum, w, i) => sum + w * (1 + (i % 97)), 0) + " " + history.updates.map(({ reward }) => reward).join(" "));
`;

/** Checkpoints on disk. */
function saved(folder: string): number {
  const root = join(folder, "killed", "checkpoints");
  if (!existsSync(root)) return 0;
  return readdirSync(root)
    .flatMap((name) => readdirSync(join(root, name)))
    .filter((name) => /^step-\d+$/.test(name)).length;
}

async function untilSaved(folder: string, checkpoints: number): Promise<void> {
  while (saved(folder) < checkpoints) await wait(5);
}

/** Texts that the cell showed, the progress line aside. */
async function shown(checkpoints: string): Promise<readonly unknown[]> {
  const outcome = await runCells([training], { env: { GRANDMODEL_CHECKPOINT_DIR: checkpoints } });
  expect(outcome.records[0]?.error).toBeUndefined();
  const [cell] = codeCells(outcome.notebook);
  return (cell?.outputs ?? [])
    .flatMap((output) => ("data" in output ? [output.data["text/plain"]] : []))
    .slice(1);
}

describe("kill -9 in a training cell", () => {
  test("costs no bit of the result", { timeout: 120_000 }, async () => {
    using folder = scratch();
    const source = join(folder.path, "cell.ts");
    writeFileSync(source, training);
    const checkpoints = join(folder.path, "killed");
    const child = spawn(process.execPath, [...tsx, program, source], {
      env: { ...process.env, GRANDMODEL_CHECKPOINT_DIR: checkpoints },
      stdio: "ignore",
    });
    await Promise.race([once(child, "exit"), untilSaved(checkpoints, 2)]);
    child.kill("SIGKILL");
    const before = saved(checkpoints);
    // The kernel sees that its runner is gone and ends; until then it may save once more.
    await wait(1500);
    expect(before).toBeGreaterThan(0);
    const whole = await shown(join(folder.path, "whole"));
    const again = await shown(checkpoints);
    expect(whole[0]).toBe("resumed false");
    expect(again[0]).toBe("resumed true");
    expect(again[1]).toBe(whole[1]);
  });
});

test(
  "Stop in a training cell keeps the update in progress, the kernel and the numbers",
  { timeout: 120_000 },
  async () => {
    using folder = scratch();
    const checkpoints = join(folder.path, "stopped");
    const stop = new AbortController();
    const stopped = runCells(["let alive = 41;", training], {
      env: { GRANDMODEL_CHECKPOINT_DIR: checkpoints },
      stop: stop.signal,
    });
    await Promise.race([stopped, untilSaved(checkpoints, 1)]);
    stop.abort();
    const { notebook, records } = await stopped;
    expect(records[1]?.error).toBe("Interrupted: cell c2 was stopped");
    const texts = JSON.stringify(codeCells(notebook)[1]?.outputs);
    expect(texts).toContain("stopping: the update in progress ends and is saved");
    expect(texts).toContain("NOTEBOOK_STOPPED");
    expect(texts).not.toContain("KERNEL_DEAD");
    const whole = await shown(join(folder.path, "whole"));
    const again = await shown(checkpoints);
    expect(again[0]).toBe("resumed true");
    expect(again[1]).toBe(whole[1]);
  },
);
