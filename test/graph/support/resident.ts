/** @file A small recurrence whose state stays on the device: all that it computed, step by step. */
import { add, mul } from "../../../src/graph/ops/arithmetic.ts";
import { sum } from "../../../src/graph/ops/broadcast.ts";
import { tanh } from "../../../src/graph/ops/elementwise.ts";
import type { Device } from "../../../src/graph/ort.adapter.ts";
import { compileResident } from "../../../src/graph/resident.ts";
import { spec } from "../../../src/graph/spec.ts";
import type { Tensor } from "../../../src/graph/tensor.ts";

/** `state' = tanh(slope * state + x)`, whose sum leaves the device at every step. */
function recurrence({
  state,
  slope,
  x,
}: {
  readonly state: Tensor;
  readonly slope: Tensor;
  readonly x: Tensor;
}): {
  readonly state: Tensor;
  readonly total: Tensor;
} {
  const next = tanh(add(mul(state, slope), x));
  return { state: next, total: sum(next) };
}

/** Specifications of `recurrence`. */
const recurrenceSpecs = {
  state: spec("f32", [3]),
  slope: spec("f32", [1]),
  x: spec("f32", [3]),
} as const;

/** The totals of 20 steps with an input that changes, and the state after the tenth and the last. */
export async function residentRun(device: Device): Promise<number[]> {
  const inputs = {
    state: Float32Array.of(1, 2, 3),
    slope: Float32Array.of(0.5),
    x: Float32Array.of(0.1, 0.2, 0.3),
  };
  const outputs = { state: new Float32Array(3), total: new Float32Array(1) };
  await using program = await compileResident(recurrence, recurrenceSpecs, {
    carry: ["state"],
    hold: ["slope"],
    device,
  });
  const run = program.bind(inputs, outputs);
  await run.begin();
  const found: number[] = [];
  for (let step = 1; step <= 20; step += 1) {
    inputs.x[0] = 0.1 * step;
    await run.run();
    found.push(outputs.total[0]!);
    if (step % 10 !== 0) continue;
    await run.read();
    found.push(...outputs.state);
  }
  return found;
}
