/**
 * @file The update on a device: the trainer gives the CPU's results to 1e-4 after 20 optimiser steps, moves between devices by a
 * checkpoint, and measures what is there when asked to. Without an adapter (a card, or Debian's chromium) it says so.
 */
import { expect, test } from "vitest";
import { createTrainer } from "../../../src/marl/learner/trainer.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import { runWithAdapter } from "../../graph/support/adapter.ts";
import type { TrainingReport } from "./device.process.ts";

const script = new URL("device.process.ts", import.meta.url);

test("training on webgpu agrees with the CPU to 1e-4, and may move", async (context) => {
  const report = await runWithAdapter<TrainingReport>(script);
  if (report.kind === "absent") {
    context.skip(`no WebGPU adapter (apt-get install chromium brings one): ${report.reason}`);
    return;
  }
  expect(report.trained).toBeLessThan(1e-4);
  expect(report.moved).toBeLessThan(1e-4);
  expect(Object.keys(report.auto.measuredMs)).toEqual(["cpu", "webgpu"]);
  const fastest = Object.entries(report.auto.measuredMs).sort(([, a], [, b]) => a - b)[0]![0];
  expect(report.auto.device).toBe(fastest);
});

const cartPole = { environment: environmentDefinition("CartPole-v1"), copies: 4, horizon: 8, totalSteps: 64 };

test("auto leaves out what is absent, with the reason", async () => {
  const trainer = await createTrainer({ ...cartPole, device: "auto" });
  const [choice] = Object.values(trainer.devices);
  expect(Object.keys({ ...choice!.measuredMs, ...choice!.absent }).sort()).toEqual(["cpu", "cuda", "webgpu"]);
  expect(choice!.measuredMs["cpu"]).toBeGreaterThan(0);
  for (const reason of Object.values(choice!.absent)) expect(reason).toMatch(/^DEVICE_UNAVAILABLE/);
  await trainer.release();
});

test("PopArt, which writes the critic between steps, is refused on a device", async () => {
  const group = { valueNormalisation: "popart" } as const;
  const made = createTrainer({ ...cartPole, group, device: "webgpu" });
  await expect(made).rejects.toThrow(/TRAINER_CONFIG.*valueNormalisation.*PopArt/s);
});
