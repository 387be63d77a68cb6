/** @file Exported stage models: they come back as they went, ONNX decides as the policy does, damage is refused by name. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { fileNames, manifestSchema } from "../../../src/pipeline/models/manifest.ts";
import type { ExportFacts } from "../../../src/pipeline/models/model-files.ts";
import { exportModelTo, loadLatest, loadModel, promote } from "../../../src/pipeline/models/store.adapter.ts";
import { readModelCard } from "../../../src/nn/weights/policy-file.ts";
import type { StageModel } from "../../../src/stages/model.ts";
import type { AgentOpinion } from "../../../src/stages/policy.ts";
import { strategicPolicy } from "../../../src/stages/strategic/decide.ts";
import { strategicColumns } from "../../../src/stages/strategic/networks/observation.ts";
import { tacticalPolicy } from "../../../src/stages/tactical/network-policy.ts";
import { tacticalColumns } from "../../../src/stages/tactical/networks/observation.ts";
import { randomRows, type RowForm } from "../../stages/random-rows.ts";
import { strategicSample, tacticalSample } from "../../stages/sample-models.ts";

const root = mkdtempSync(join(tmpdir(), "grandmodel-models-"));
afterAll(() => rmSync(root, { recursive: true }));

const facts: ExportFacts = {
  version: "v1",
  createdAt: Date.UTC(2026, 0, 5),
  codeVersion: "test",
  status: "validated",
  metrics: { sharpe: { value: 0.1, low: -0.4, high: 0.6 } },
};

const strategicForm: RowForm = {
  width: 656,
  agents: 4,
  shared: [strategicColumns.matrix],
  role: strategicColumns.role,
  legal: strategicColumns.legal,
};
const tacticalForm: RowForm = {
  width: 472,
  agents: 3,
  shared: [tacticalColumns.matrix, tacticalColumns.context],
  role: tacticalColumns.role,
  legal: tacticalColumns.legal,
};
const models: readonly (readonly [string, StageModel, RowForm])[] = [
  ["strategic", strategicSample({ preset: "default", sharpness: 1.5 }), strategicForm],
  ["strategic compact", strategicSample({ sharpness: 2 }), strategicForm],
  ["strategic plain", strategicSample({ states: 1, sharpness: 2 }), strategicForm],
  ["tactical", tacticalSample({ preset: "default", sharpness: 1.5 }), tacticalForm],
  ["tactical compact", tacticalSample({ sharpness: 2 }), tacticalForm],
];

type Decide = (rows: Float32Array, id: string) => Promise<readonly AgentOpinion[]>;

/** One plain forward per bar through the policy of the model. */
async function withPolicy(model: StageModel, use: (decide: Decide) => Promise<void>): Promise<void> {
  if (model.kind === "strategic") {
    await using policy = await strategicPolicy(model, { mcPasses: 0 });
    await use(async (rows, id) => (await policy.decide(rows, 0, id)).agents);
  } else {
    await using policy = await tacticalPolicy(model, { mcPasses: 0 });
    await use(async (rows, id) => (await policy.decide(rows, id)).agents);
  }
}

describe.each(models)("%s", (name, model, form) => {
  const folder = exportModelTo(join(root, name), model, facts);

  test("comes back as it went, with a sound manifest and no leftovers", () => {
    const { manifest, model: found } = loadModel(folder);
    expect(found).toEqual(model);
    expect(Object.keys(manifest.files).sort()).toEqual(Object.values(fileNames).sort());
    expect(readdirSync(join(root, name))).toEqual(["v1"]);
    expect(manifest).toMatchObject({
      kind: model.kind,
      paramCount: model.parameters.length,
      dataSource: "synthetic",
    });
    const card = readModelCard(readFileSync(join(folder, fileNames.model)));
    expect(card.features["observations"]?.length).toBe(form.width);
  });

  test("its ONNX file reproduces 1,000 decisions: 1e-5, and the same actions", async () => {
    const bars = 1000;
    const rows = randomRows(form, bars, 21);
    const session = await ort.InferenceSession.create(join(folder, fileNames.model), {
      intraOpNumThreads: 1,
    });
    const input = new ort.Tensor("float32", rows, [bars, form.agents, form.width]);
    const policy = (await session.run({ observations: input }))["policy"]!.data as Float32Array;
    await session.release();
    let worst = 0;
    let others = 0;
    await withPolicy(model, async (decide) => {
      const size = form.agents * form.width;
      for (let bar = 0; bar < bars; bar += 1) {
        const agents = await decide(rows.subarray(bar * size, (bar + 1) * size), `bar-${bar}`);
        agents.forEach(({ probabilities }, agent) => {
          const at = (bar * form.agents + agent) * 5;
          const stored = policy.subarray(at, at + 5);
          probabilities.forEach((p, a) => (worst = Math.max(worst, Math.abs(p - stored[a]!))));
          const ranked = probabilities.toSorted();
          const tie = ranked[4]! - ranked[3]! < 1e-5;
          if (!tie && stored.indexOf(Math.max(...stored)) !== probabilities.indexOf(ranked[4]!)) others += 1;
        });
      }
    });
    expect(worst).toBeLessThanOrEqual(1e-5);
    expect(others).toBe(0);
  });
});

test("the gradient file gives the slope of a probability with respect to the observations", async () => {
  const folder = join(root, "tactical compact", "v1");
  const [gradient, plain] = await Promise.all(
    [fileNames.gradient, fileNames.model].map(async (file) =>
      ort.InferenceSession.create(join(folder, file)),
    ),
  );
  const rows = randomRows(tacticalForm, 1, 33);
  const shape = [1, 3, 472];
  const direction = new ort.Tensor(
    "float32",
    Float32Array.from({ length: 15 }, (_, i) => (i === 7 ? 1 : 0)),
    [1, 3, 5],
  );
  const slope = (await gradient!.run({ observations: new ort.Tensor("float32", rows, shape), direction }))[
    "slope"
  ]!.data as Float32Array;
  const at = async (place: number, h: number): Promise<number> => {
    const moved = rows.slice();
    moved[place] = moved[place]! + h;
    const { policy } = await plain!.run({ observations: new ort.Tensor("float32", moved, shape) });
    return (policy!.data as Float32Array)[7]!;
  };
  // Numbers of the risk agent's own row, and of the matrix, which is read from the first row.
  for (const place of [0, 200, 472 + 450, 472 + 460]) {
    const expected = ((await at(place, 1e-2)) - (await at(place, -1e-2))) / 2e-2;
    expect(Math.abs(slope[place]! - expected)).toBeLessThan(1e-3 * Math.max(1, Math.abs(expected)));
  }
  expect(slope.some((value) => value !== 0)).toBe(true);
});

describe("damage", () => {
  const fresh = (name: string): string => exportModelTo(join(root, name), strategicSample(), facts);
  const corrupt = expect.objectContaining({ code: "MODEL_CORRUPT" });

  test.each(Object.values(fileNames))("one changed byte of %s is refused", (file) => {
    const folder = fresh(`byte-${file}`);
    const bytes = readFileSync(join(folder, file));
    bytes[bytes.length >> 1] = bytes[bytes.length >> 1]! ^ 1;
    writeFileSync(join(folder, file), bytes);
    expect(() => loadModel(folder)).toThrow(corrupt);
  });

  test("a shortened, a missing file, and a manifest that is none are refused", () => {
    const [short, missing, foreign] = ["short", "missing", "foreign"].map(fresh);
    truncateSync(join(short!, fileNames.weights), 100);
    expect(() => loadModel(short!)).toThrow(corrupt);
    rmSync(join(missing!, fileNames.config));
    expect(() => loadModel(missing!)).toThrow(corrupt);
    writeFileSync(join(foreign!, "manifest.json"), "{}");
    expect(() => loadModel(foreign!)).toThrow(corrupt);
  });

  test("features of another meaning are refused", () => {
    const folder = fresh("features");
    const file = join(folder, "manifest.json");
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, "utf8")));
    writeFileSync(file, JSON.stringify({ ...manifest, featureSchema: "strategic-13 0" }));
    expect(() => loadModel(folder)).toThrow(expect.objectContaining({ code: "MODEL_FOREIGN" }));
  });

  test("only a validated version becomes the latest, and an exchanged manifest is seen", () => {
    const place = join(root, "latest");
    exportModelTo(place, strategicSample(), { ...facts, version: "a", status: "candidate" });
    const second = exportModelTo(place, strategicSample({ states: 2 }), { ...facts, version: "b" });
    expect(() => promote(place, "a")).toThrow(expect.objectContaining({ code: "MODEL_FOREIGN" }));
    promote(place, "b");
    expect(loadLatest(place).model).toMatchObject({ states: 2 });
    writeFileSync(join(second, "manifest.json"), readFileSync(join(place, "a", "manifest.json")));
    expect(() => loadLatest(place)).toThrow(corrupt);
  });
});
