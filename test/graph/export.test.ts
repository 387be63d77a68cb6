/** @file Exported models: accepted by the ONNX checker, the same numbers in a fresh session, an open batch, metadata. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InferenceSession, Tensor as RuntimeTensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { exportModel } from "../../src/graph/onnx/export.ts";
import { add, mul } from "../../src/graph/ops/arithmetic.ts";
import { broadcastTo } from "../../src/graph/ops/broadcast.ts";
import { constant } from "../../src/graph/ops/constant.ts";
import { gelu, relu } from "../../src/graph/ops/elementwise.ts";
import { oneHot } from "../../src/graph/ops/indexing.ts";
import { concat } from "../../src/graph/ops/joining.ts";
import { linear } from "../../src/graph/ops/matmul.ts";
import { layerNorm } from "../../src/graph/ops/normalisation.ts";
import { argMax } from "../../src/graph/ops/reduction.ts";
import { reshape } from "../../src/graph/ops/shaping.ts";
import { logSoftmax, softmax } from "../../src/graph/ops/softmax.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { operatorCases } from "./support/operators.ts";
import fc from "fast-check";

const run = promisify(execFile);

const wave = (length: number, frequency: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin(frequency * i + 0.2));

/** A policy with everything that depends on the batch: reshape, broadcast row, one-hot, arg max. */
function policy({
  observation,
  kind,
}: {
  readonly observation: Tensor;
  readonly kind: Tensor;
}): Record<string, Tensor> {
  const [batch = 0] = observation.shape;
  const flat = reshape(observation, [batch, 12]);
  const prior = broadcastTo(constant(wave(2, 3), { shape: [1, 2] }), [batch, 2]);
  const told = concat([flat, oneHot(kind, 3), prior], 1);
  const weight = (rows: number, columns: number): Tensor =>
    constant(wave(rows * columns, 0.7), { shape: [rows, columns] });
  const hidden = gelu(layerNorm(linear(told, weight(17, 8)), constant(wave(8, 1)), constant(wave(8, 2))));
  const logits = add(linear(relu(hidden), weight(8, 5)), mul(constant(wave(5, 4)), 0.1));
  return {
    logits,
    probabilities: softmax(logits),
    logProbs: logSoftmax(logits),
    action: argMax(logits, { axis: 1 }),
  };
}

const specsFor = (batch: number) => ({ observation: spec("f32", [batch, 3, 4]), kind: spec("i32", [batch]) });

/** A Python that has the `onnx` package: the first on the path may be one without packages. */
async function pythonWithOnnx(): Promise<string | undefined> {
  for (const python of ["python3", "/usr/bin/python3"]) {
    const found = await run(python, ["-c", "import onnx"]).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return undefined;
}

describe("a policy with an open batch", () => {
  const file = exportModel(policy, specsFor(-1), { metadata: { features: '["a","b"]', schema: "3" } });

  test.each([1, 2, 7])(
    "gives in a fresh session what the compiled function gives at batch %i",
    async (batch) => {
      const observation = Float32Array.from(wave(batch * 12, 1.3));
      const kind = Int32Array.from({ length: batch }, (_, i) => i % 3);
      await using compiled = await compile((inputs) => {
        const { logits, probabilities, logProbs } = policy(inputs);
        return { logits: logits!, probabilities: probabilities!, logProbs: logProbs! };
      }, specsFor(batch));
      const expected = await compiled.call({ observation, kind });
      const session = await InferenceSession.create(file);
      const found = await session.run({
        observation: new RuntimeTensor("float32", observation, [batch, 3, 4]),
        kind: new RuntimeTensor("int32", kind, [batch]),
      });
      await session.release();
      for (const [name, values] of Object.entries(expected)) {
        const other = found[name]?.data as Float32Array;
        expect(other).toHaveLength(values.length);
        const distance = Math.max(...Array.from(values, (value, i) => Math.abs(value - other[i]!)));
        expect(distance, name).toBeLessThanOrEqual(1e-6);
      }
    },
  );

  test("names its open dimension and carries the metadata", async () => {
    const session = await InferenceSession.create(file);
    expect(session.inputMetadata).toMatchObject([
      { name: "kind", shape: ["batch"] },
      { name: "observation", shape: ["batch", 3, 4] },
    ]);
    expect(session.outputNames).toEqual(["action", "logProbs", "logits", "probabilities"]);
    await session.release();
    expect(Buffer.from(file).includes("features")).toBe(true);
    expect(Buffer.from(file).includes('["a","b"]')).toBe(true);
  });

  test("is the same file every time", () => {
    expect(exportModel(policy, specsFor(-1), { metadata: { schema: "3", features: '["a","b"]' } })).toEqual(
      file,
    );
  });
});

test("the ONNX checker accepts every operator and the policy", async (context) => {
  const python = await pythonWithOnnx();
  if (python === undefined) context.skip("no Python with the onnx package (apt-get install python3-onnx)");
  const folder = await mkdtemp(join(tmpdir(), "grandmodel-onnx-"));
  await writeFile(
    join(folder, "policy.onnx"),
    exportModel(policy, specsFor(-1), { metadata: { schema: "1" } }),
  );
  for (const [i, { name, draw }] of operatorCases.entries()) {
    const [application] = fc.sample(draw, { numRuns: 1, seed: 11 });
    const { apply, dtypes = {}, inputs } = application!;
    const specs = Object.fromEntries(
      Object.entries(inputs).map(([input, { shape }]) => [input, spec(dtypes[input] ?? "f32", shape)]),
    );
    const model = exportModel((tensors) => ({ y: apply(tensors as Record<string, Tensor>) }), specs);
    await writeFile(join(folder, `${i}-${name.replaceAll(/\W/g, "_")}.onnx`), model);
  }
  const script = `
import glob, onnx, sys
for path in sorted(glob.glob(sys.argv[1] + "/*.onnx")):
    model = onnx.load(path)
    try:
        onnx.checker.check_model(model, full_check=True)
    except Exception as error:
        print(path, error)
print("checked", len(glob.glob(sys.argv[1] + "/*.onnx")))
`;
  const { stdout } = await run(python ?? "", ["-c", script, folder]);
  await rm(folder, { recursive: true });
  expect(stdout.trim()).toBe(`checked ${operatorCases.length + 1}`);
});
