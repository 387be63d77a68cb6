/**
 * @file Exported policies: what a fresh ONNX Runtime session computes, what the official checker says, what the card
 * holds. The checker runs where a Python has the `onnx` package (Debian: python3-onnx) and is skipped where none has.
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compile } from "../../src/graph/compile.ts";
import { transpose } from "../../src/graph/ops/shaping.ts";
import { spec } from "../../src/graph/spec.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import { categoricalOf } from "../../src/nn/distributions/categorical.ts";
import { attentionPooling, multiHeadAttention } from "../../src/nn/layers/attention.ts";
import { conv1d } from "../../src/nn/layers/conv1d.ts";
import { gru } from "../../src/nn/layers/gru.ts";
import { initialise, parameterLayout } from "../../src/nn/layers/layer.ts";
import { mlp } from "../../src/nn/layers/mlp.ts";
import { type ModelCard, exportPolicy, readModelCard } from "../../src/nn/weights/policy-file.ts";
import { Generator } from "../../src/runtime/random/generator.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import { scratchFolder } from "../scratch.ts";

const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import onnx"]).status === 0,
);
const card: ModelCard = {
  features: { observation: ["x", "v", "angle", "spin"] },
  schemaVersion: "1",
  hashes: { config: "c".repeat(64) },
};
const numbers = (size: number): Float32Array => {
  const random = Generator.fromKey(keyFromSeed(9));
  return Float32Array.from({ length: size }, () => random.normal());
};

function maskedActor() {
  const actor = mlp({
    sizes: [4, 32, 32],
    head: { size: 3, gain: 1 },
    activation: "gelu",
    normaliseInput: true,
  });
  const layout = parameterLayout({ actor: actor.parameters });
  const slab = initialise({ actor: actor.parameters }, keyFromSeed(1));
  const logProbs = (parameters: Tensor, observation: Tensor, mask: Tensor): Tensor =>
    categoricalOf(actor.apply(layout.unpack(parameters).actor, observation), mask).logProbs;
  const file = exportPolicy({
    inputs: { observation: spec("f32", [-1, 4]), mask: spec("u8", [-1, 3]) },
    layout,
    slab,
    apply: (parameters, { observation, mask }) => ({
      logProbs: categoricalOf(actor.apply(parameters.actor, observation), mask).logProbs,
    }),
    card,
  });
  return { layout, slab, logProbs, file };
}

test("a fresh session gives the numbers of the training graph at any batch size, within 1e-6", async () => {
  const { layout, slab, logProbs, file } = maskedActor();
  const session = await ort.InferenceSession.create(file);
  for (const batch of [1, 7, 64]) {
    await using compiled = await compile(
      ({ flat, observation, mask }) => ({ logProbs: logProbs(flat, observation, mask) }),
      {
        flat: spec("f32", [layout.size]),
        observation: spec("f32", [batch, 4]),
        mask: spec("u8", [batch, 3]),
      },
    );
    const observation = numbers(batch * 4);
    const mask = Uint8Array.from({ length: batch * 3 }, (_, i) => (i % 4 === 1 ? 0 : 1));
    const expected = (await compiled.call({ flat: slab, observation, mask })).logProbs;
    const found = await session.run({
      observation: new ort.Tensor("float32", observation, [batch, 4]),
      mask: new ort.Tensor("uint8", mask, [batch, 3]),
    });
    const values = found["logProbs"]!.data as Float32Array;
    expect(values.length).toBe(batch * 3);
    values.forEach((x, i) => {
      if (mask[i] === 1) expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(1e-6);
      else expect(Math.exp(x)).toBe(0);
    });
  }
  await session.release();
});

/** Convolution, recurrence, attention and pooling in one network, batch open. */
function sequenceModel(): Uint8Array {
  const [T, C, W] = [6, 3, 8];
  const features = conv1d({ inputs: C, outputs: W, kernel: 3, padding: "causal" });
  const attention = multiHeadAttention(W, 2);
  const pooling = attentionPooling(W);
  const memory = gru(W, W);
  const network = {
    features: features.parameters,
    attention: attention.parameters,
    pooling: pooling.parameters,
    memory: memory.parameters,
  };
  const layout = parameterLayout(network);
  return exportPolicy({
    inputs: { rows: spec("f32", [-1, C, T]), state: spec("f32", [-1, W]) },
    layout,
    slab: initialise(network, keyFromSeed(2)),
    apply(parameters, { rows, state }) {
      const filtered = transpose(features.apply(parameters.features, rows), [0, 2, 1]);
      const attended = attention.apply(parameters.attention, { query: filtered });
      const pooled = pooling.apply(parameters.pooling, { sequence: attended });
      return { h: memory.apply(parameters.memory, { input: pooled, state: { h: state } }).h };
    },
    card: { ...card, features: {} },
  });
}

test("a sequence model keeps its batch open too", async () => {
  const session = await ort.InferenceSession.create(sequenceModel());
  const run = async (batch: number): Promise<Float32Array> => {
    const found = await session.run({
      rows: new ort.Tensor("float32", numbers(batch * 18), [batch, 3, 6]),
      state: new ort.Tensor("float32", new Float32Array(batch * 8), [batch, 8]),
    });
    return found["h"]!.data as Float32Array;
  };
  const [one, many] = [await run(1), await run(5)];
  expect(many.length).toBe(40);
  one.forEach((x, i) => expect(Math.abs(x - many[i]!)).toBeLessThanOrEqual(1e-6));
  await session.release();
});

test.runIf(python !== undefined)(
  "the official ONNX checker accepts the files (skipped without python3-onnx)",
  () => {
    for (const model of [maskedActor().file, sequenceModel()]) {
      const file = join(scratchFolder(), "model.onnx");
      writeFileSync(file, model);
      const script =
        "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True); print('ok')";
      const { stdout, stderr } = spawnSync(python!, ["-c", script, file], { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(stdout.trim()).toBe("ok");
    }
  },
);

describe("the card", () => {
  test("comes back from the file with the hash of the weights", () => {
    const { file } = maskedActor();
    const stored = readModelCard(file);
    expect(stored).toMatchObject(card);
    expect(stored.weights).toMatch(/^[0-9a-f]{64}$/);
    expect(readModelCard(maskedActor().file).weights).toBe(stored.weights);
  });

  test("is missed in a file without one, by name", () => {
    expect(() => readModelCard(new Uint8Array(0), "other.onnx")).toThrowError(
      /MODEL_CARD_INVALID other\.onnx/,
    );
    expect(() => readModelCard(Uint8Array.of(255, 255, 255))).toThrowError(/MODEL_CARD_INVALID/);
  });

  test("must name every feature of an input", () => {
    const layout = parameterLayout({});
    const options = {
      inputs: { observation: spec("f32", [-1, 5]) },
      layout,
      slab: new Float32Array(0),
      card,
    };
    expect(() =>
      exportPolicy({ ...options, apply: (_, { observation }) => ({ y: observation }) }),
    ).toThrowError(/LAYER_OPTION card\.features\.observation: expected 5 names, one per feature, got 4/);
  });
});
