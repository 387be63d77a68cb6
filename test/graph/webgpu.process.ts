/**
 * @file Runs in its own process, because the graphics driver is chosen by environment variables before ONNX Runtime is
 * loaded. Prints one JSON object: why there is no adapter, or the distance of every operator, and of 20 updates of
 * CartPole's networks, 4-64-64-2 and 4-64-64-1, between `webgpu` and `cpu`.
 */
import fc from "fast-check";
import { compile } from "../../src/graph/compile.ts";
import { add } from "../../src/graph/ops/arithmetic.ts";
import { spec } from "../../src/graph/spec.ts";
import { isGrandModelError } from "../../src/runtime/errors.ts";
import { operatorCases } from "./support/operators.ts";
import { evaluate, relativeError } from "./support/run.ts";
import { residentRun } from "./support/resident.ts";
import { training } from "./support/training.ts";

/** What this process prints. */
export type DeviceReport =
  | { readonly kind: "absent"; readonly reason: string }
  | {
      readonly kind: "measured";
      readonly operators: Readonly<Record<string, number>>;
      readonly training: number;
      readonly resident: number;
    };

async function adapterFault(): Promise<string | undefined> {
  try {
    await using probe = await compile(
      ({ x }) => ({ y: add(x, x) }),
      { x: spec("f32", [2]) },
      { device: "webgpu" },
    );
    await probe.call({ x: new Float32Array(2) });
    return undefined;
  } catch (error) {
    if (isGrandModelError(error) && error.code === "DEVICE_UNAVAILABLE") return error.message;
    throw error;
  }
}

async function operatorDistances(): Promise<Record<string, number>> {
  const distances: Record<string, number> = {};
  for (const { draw, name } of operatorCases) {
    distances[name] = 0;
    for (const { apply, dtypes = {}, inputs } of fc.sample(draw, { numRuns: 1, seed: 3 })) {
      const [gpu, cpu] = [
        await evaluate(apply, inputs, { dtypes, floating: "f32", device: "webgpu" }),
        await evaluate(apply, inputs, { dtypes, floating: "f32" }),
      ];
      distances[name] = Math.max(distances[name], relativeError(gpu.values, cpu.values));
    }
  }
  return distances;
}

async function trainingDistance(): Promise<number> {
  const size = { batch: 128, features: 4, hidden: 64, actions: 2 };
  const [gpu, cpu] = [await training(size, { device: "webgpu" }), await training(size)];
  await gpu.run(20);
  await cpu.run(20);
  return relativeError(gpu.parameters(), cpu.parameters());
}

/** Twenty updates of state that never leaves the device, read back at the end. */
async function residentDistance(): Promise<number> {
  const [gpu, cpu] = [await residentRun("webgpu"), await residentRun("cpu")];
  return relativeError(gpu, cpu);
}

const reason = await adapterFault();
const report: DeviceReport =
  reason === undefined
    ? {
        kind: "measured",
        operators: await operatorDistances(),
        training: await trainingDistance(),
        resident: await residentDistance(),
      }
    : { kind: "absent", reason };
process.stdout.write(JSON.stringify(report));
