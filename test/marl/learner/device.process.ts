/**
 * @file Runs in its own process, because the graphics driver is chosen by environment variables before ONNX Runtime is
 * loaded. Trains one task with the update on `cpu` and on `webgpu`, and prints one JSON object.
 */
import type { DeviceChoice } from "../../../src/marl/learner/device-choice.ts";
import { loadTrainer, saveTrainer } from "../../../src/marl/learner/save.ts";
import {
  createTrainer,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../../../src/marl/learner/trainer.ts";
import { environmentDefinition } from "../../../src/marl/environments/registry.ts";
import { isGrandModelError } from "../../../src/runtime/errors.ts";

/** What this process prints. */
export type TrainingReport =
  | { readonly kind: "absent"; readonly reason: string }
  | {
      readonly kind: "measured";
      /** Largest distance of a parameter after 20 optimiser steps, over the largest parameter. */
      readonly trained: number;
      /** The same after two further updates on the processor, from a checkpoint. */
      readonly moved: number;
      readonly auto: DeviceChoice;
    };

/** Small, because a software adapter takes milliseconds for a kernel; two minibatches, so that rows are picked on the device. */
const options: TrainerOptions = {
  environment: environmentDefinition("CartPole-v1"),
  copies: 4,
  horizon: 8,
  totalSteps: 640,
  seed: 3,
  group: { network: { kind: "mlp", hidden: [8] }, epochs: 1, minibatches: 2, observationNormalisation: true },
};

/** The state after `updates` further updates. */
async function go(trainer: Trainer, state: TrainerState, updates: number): Promise<TrainerState> {
  let next = state;
  for (let i = 0; i < updates; i += 1) ({ state: next } = await trainer.step(next));
  return next;
}

function parametersOf({ learners }: TrainerState): Float32Array {
  const { state } = learners[0]!;
  return state.parameters[state.current].slice();
}

function distance(a: Float32Array, b: Float32Array): number {
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / largest;
}

async function distances(): Promise<{ readonly trained: number; readonly moved: number }> {
  const gpu = await createTrainer({ ...options, device: "webgpu" });
  const cpu = await createTrainer(options);
  const onGpu = await go(gpu, gpu.initialise(), 10);
  const onCpu = await go(cpu, cpu.initialise(), 10);
  const trained = distance(parametersOf(onCpu), parametersOf(onGpu));
  const moved = parametersOf(await go(cpu, loadTrainer(cpu, saveTrainer(gpu, onGpu)), 2));
  const stayed = parametersOf(await go(cpu, onCpu, 2));
  await gpu.release();
  await cpu.release();
  return { trained, moved: distance(stayed, moved) };
}

async function autoChoice(): Promise<DeviceChoice> {
  const trainer = await createTrainer({ ...options, device: "auto" });
  const choice = Object.values(trainer.devices)[0]!;
  await trainer.release();
  return choice;
}

async function measure(): Promise<TrainingReport> {
  try {
    return { kind: "measured", ...(await distances()), auto: await autoChoice() };
  } catch (error) {
    if (isGrandModelError(error) && error.code === "DEVICE_UNAVAILABLE")
      return { kind: "absent", reason: error.message };
    throw error;
  }
}

process.stdout.write(JSON.stringify(await measure()));
