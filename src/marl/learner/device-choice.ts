/**
 * @file Which device runs the update. `auto` opens what is there, times a few optimiser steps on each, keeps the fastest
 * and says what it measured; the rollout stays on the processor in any case. A run may move between devices: its state is
 * the same arrays, but results are equal to rounding only, so that `cpu`, not `auto`, is the default.
 */
import type { Device } from "../../graph/ort.adapter.ts";
import type { Clock } from "../../runtime/clock.ts";
import { isGrandModelError } from "../../runtime/errors.ts";
import { keyFromSeed } from "../../runtime/random/key.ts";
import type { VectorEnv } from "../vector/contract.ts";
import type { Programs } from "./calls.ts";
import { createLearner, programsOf } from "./learner.ts";
import type { Model } from "./programs.ts";

/** A device by name, or the fastest that is there. */
export type DeviceWish = Device | "auto";

/** Where the update of a learner runs, and what that was decided on. */
export interface DeviceChoice {
  readonly device: Device;
  /** Milliseconds of one optimiser step by device; empty where nothing was measured. */
  readonly measuredMs: { readonly [device: string]: number };
  /** Why a device was left out: the message of its fault. */
  readonly absent: { readonly [device: string]: string };
}

interface ChosenPrograms {
  readonly programs: Programs;
  readonly choice: DeviceChoice;
}

const TIMED_STEPS = 3;

/**
 * The programs of a learner on the wished device.
 * @throws GrandModelError `DEVICE_UNAVAILABLE` and `TRAINER_CONFIG` where a device was wished by name
 */
export async function programsFor(
  model: Model,
  env: VectorEnv,
  wish: DeviceWish,
  clock: Clock,
): Promise<ChosenPrograms> {
  if (wish !== "auto")
    return {
      programs: await programsOf(model, env, wish),
      choice: { device: wish, measuredMs: {}, absent: {} },
    };
  const absent: Record<string, string> = {};
  const measuredMs: Record<string, number> = {};
  let best: { device: Device; programs: Programs; ms: number } | undefined;
  for (const device of ["cpu", "webgpu", "cuda"] as const) {
    const programs = await openIfThere(model, env, device, absent);
    if (programs === undefined) continue;
    const ms = await stepMs(model, programs, env, clock);
    measuredMs[device] = ms;
    const slower = best === undefined || ms < best.ms ? best?.programs : programs;
    if (slower !== programs) best = { device, programs, ms };
    for (const program of Object.values(slower ?? {})) await program.release();
  }
  if (best === undefined) throw new Error("internal: the processor can always be opened");
  return { programs: best.programs, choice: { device: best.device, measuredMs, absent } };
}

async function openIfThere(
  model: Model,
  env: VectorEnv,
  device: Device,
  absent: Record<string, string>,
): Promise<Programs | undefined> {
  try {
    return await programsOf(model, env, device);
  } catch (error) {
    if (device === "cpu" || !isGrandModelError(error)) throw error;
    absent[device] = error.message;
    return undefined;
  }
}

/** Median over a few optimiser steps of a learner that is thrown away, the bus included; its rollout is all zeros. */
async function stepMs(model: Model, programs: Programs, env: VectorEnv, clock: Clock): Promise<number> {
  const { calls } = createLearner(model, programs, env, keyFromSeed(0));
  const times: number[] = [];
  await calls.update.begin(0);
  let slot = await calls.update.run(0);
  for (let step = 0; step < TIMED_STEPS; step += 1) {
    const start = clock.elapsedMs();
    slot = await calls.update.run(slot);
    times.push(clock.elapsedMs() - start);
  }
  await calls.update.end(slot);
  return times.sort((a, b) => a - b)[Math.floor(TIMED_STEPS / 2)] ?? Infinity;
}
