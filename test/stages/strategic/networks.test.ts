/**
 * @file The strategic networks: widths, sizes, gradients, independence of samples, start, what the critic sees, equal counts for
 * ablations, and the exported file against the training graph.
 */
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../../src/graph/compile.ts";
import { reshape } from "../../../src/graph/ops/shaping.ts";
import { spec } from "../../../src/graph/spec.ts";
import { initialise, parameterLayout } from "../../../src/nn/layers/layer.ts";
import { rescaleHeadInPlace } from "../../../src/nn/value-normalisation.ts";
import { createMcDropout } from "../../../src/nn/uncertainty/mc-dropout.ts";
import { exportPolicy } from "../../../src/nn/weights/policy-file.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";
import {
  equalTrunkWidth,
  strategicActor,
  strategicActorSize,
  type StrategicActorOptions,
} from "../../../src/stages/strategic/networks/actor.ts";
import { criticBodyWidth, strategicCritic } from "../../../src/stages/strategic/networks/critic.ts";
import {
  STRATEGIC_OBSERVATION,
  STRATEGIC_STATE,
  strategicColumns,
  strategicStateColumns,
} from "../../../src/stages/strategic/networks/observation.ts";
import {
  type EmbedderOptions,
  STRUCTURE_WIDTH,
  structureEmbedder,
} from "../../../src/stages/strategic/networks/structure-embedder.ts";
import {
  companionEffect,
  directionalError,
  floatError,
  forward,
  gradientOf,
  type Network,
  operatorsOf,
} from "../network-run.ts";
import { randomRows } from "../random-rows.ts";

const AGENTS = 4;
const form = {
  width: STRATEGIC_OBSERVATION,
  agents: AGENTS,
  shared: [strategicColumns.matrix],
  role: strategicColumns.role,
  legal: strategicColumns.legal,
};
const stateForm = {
  width: STRATEGIC_STATE,
  agents: 1,
  shared: [],
  role: { start: 0, end: 0 },
  legal: strategicStateColumns.legal,
};
const matrixForm = { ...stateForm, width: 624, legal: { start: 0, end: 0 } };

function embedderNetwork(options: EmbedderOptions): Network {
  const layer = structureEmbedder(options);
  return { parameters: layer.parameters, apply: (p, x) => ({ ...layer.apply(p, x) }) };
}

function actorNetwork(options: StrategicActorOptions = {}): Network {
  const actor = strategicActor(options);
  return {
    parameters: actor.parameters,
    apply(p, rows) {
      const { logProbs, superposition } = actor.decide(p, actor.encode(p, rows), []);
      return superposition === undefined
        ? { logProbs }
        : { logProbs, weights: superposition.weights, features: superposition.features };
    },
  };
}

function criticNetwork(preset: "default" | "compact" = "default"): Network {
  const layer = strategicCritic({ preset });
  return { parameters: layer.parameters, apply: (p, x) => ({ ...layer.apply(p, x) }) };
}

/** Without what is unbounded on purpose: illegal log-probabilities of -1e8 drown any sum of squares. */
function probabilitiesOf(options: StrategicActorOptions): Network {
  const actor = strategicActor(options);
  return {
    parameters: actor.parameters,
    apply(p, rows) {
      const { superposition } = actor.decide(p, actor.encode(p, rows), []);
      return { weights: superposition!.weights, features: superposition!.features };
    },
  };
}

describe("StructureEmbedder", () => {
  test.each(["default", "wide", "compact"] as const)(
    "%s: 64 means and 64 deviations, finite gradients of every parameter",
    async (preset) => {
      const network = embedderNetwork({ preset, deviations: true });
      const rows = randomRows(matrixForm, 3, 2);
      const { mean, deviation } = await forward(network, rows, 3);
      expect([mean!.length, deviation!.length]).toEqual([3 * STRUCTURE_WIDTH, 3 * STRUCTURE_WIDTH]);
      expect(Math.min(...deviation!)).toBeGreaterThan(0);
      const slope = await gradientOf(network, rows, 3);
      expect(slope.every(Number.isFinite)).toBe(true);
      expect(slope.some((x) => x !== 0)).toBe(true);
    },
  );
});

describe("gradients in float64 against central differences, and of float32 against float64", () => {
  const cases: readonly (readonly [string, Network, Float32Array, number])[] = [
    ["embedder", embedderNetwork({ deviations: true }), randomRows(matrixForm, 1, 3), 1],
    ["actor", probabilitiesOf({}), randomRows(form, 1, 4), AGENTS],
    ["critic", criticNetwork(), randomRows(stateForm, 1, 5), 1],
  ];
  test.each(cases)("%s", async (_, network, rows, count) => {
    expect(await directionalError(network, rows, count)).toBeLessThan(1e-5);
    expect(await floatError(network, rows, count)).toBeLessThan(1e-2);
  });
});

describe("samples do not see each other", () => {
  const samples = 5;
  test.each([
    ["embedder", embedderNetwork({}), matrixForm, 1],
    ["actor", actorNetwork(), form, AGENTS],
    ["compact actor", actorNetwork({ preset: "compact" }), form, AGENTS],
    ["critic", criticNetwork(), stateForm, 1],
  ] as const)("%s", async (_, network, rowForm, agents) => {
    const [rows, others] = [6, 7].map((seed) => randomRows(rowForm, samples, seed));
    expect(await companionEffect(network, rows!, others!, { agents, samples })).toBeLessThanOrEqual(1e-6);
    const names = operatorsOf(network, rowForm.width, samples * agents);
    expect(names.has("layerNorm") || names.has("standardise")).toBe(true);
    expect([...names].filter((name) => /batch/i.test(name))).toEqual([]);
  });
});

/** How many elements differ; asserting on 275,000 elements one by one would take seconds. */
function differences(a: Float32Array, b: Float32Array): number {
  return a.reduce((count, value, i) => count + (value === b[i] ? 0 : 1), 0);
}

describe("the actor at its start", () => {
  test.each([{}, { preset: "compact" }, { states: 1 }, { interference: { kind: "identity" } }] as const)(
    "%o: nearly uniform over legal actions, illegal ones impossible, components in use",
    async (options) => {
      const samples = 50;
      const rows = randomRows(form, samples, 8);
      const { logProbs, weights } = await forward(actorNetwork(options), rows, samples * AGENTS);
      for (let row = 0; row < samples * AGENTS; row += 1) {
        const at = row * STRATEGIC_OBSERVATION + strategicColumns.legal.start;
        let entropy = 0;
        let legal = 0;
        let total = 0;
        for (let a = 0; a < 5; a += 1) {
          const p = Math.exp(logProbs![row * 5 + a]!);
          if (rows[at + a] === 0) expect(p).toBe(0);
          else legal += 1;
          if (p > 0) entropy -= p * Math.log(p);
          total += p;
        }
        expect(Math.abs(total - 1)).toBeLessThan(1e-6);
        expect(entropy).toBeGreaterThan(0.99 * Math.log(legal));
      }
      if (weights === undefined) return;
      for (let row = 0; row < samples * AGENTS; row += 1) {
        const purity = weights.subarray(row * 8, row * 8 + 8).reduce((total, p) => total + p * p, 0);
        expect(1 / purity).toBeGreaterThanOrEqual(0.9 * 8);
      }
    },
  );

  test("every parameter comes from the seed", () => {
    const { parameters } = strategicActor();
    const [first, again, other] = [1, 1, 2].map((seed) => initialise(parameters, keyFromSeed(seed)));
    expect(differences(first!, again!)).toBe(0);
    expect(differences(first!, other!)).toBeGreaterThan(first!.length / 2);
  });
});

describe("sizes", () => {
  test("every actor has at most 300 k parameters; with the wide embedder it has more", () => {
    expect(strategicActorSize({})).toBe(274369);
    expect(strategicActorSize({ preset: "compact" })).toBe(103408);
    expect(strategicActorSize({ preset: "wide" })).toBe(837745);
    expect(strategicActorSize({})).toBeLessThanOrEqual(300_000);
  });

  test.each([{ states: 1 }, { interference: { kind: "identity" } }] as const)(
    "an ablation %o of equal count is within 0.3 %",
    (ablated) => {
      const trunk = equalTrunkWidth({}, ablated);
      expect(trunk % 2).toBe(0);
      const ratio = strategicActorSize({ ...ablated, trunk }) / strategicActorSize({});
      expect(Math.abs(ratio - 1)).toBeLessThan(0.003);
    },
  );
});

describe("the critic", () => {
  test("reads 95 numbers: embedding 64, context 10, mask 5, account 4, Monte-Carlo features 12", () => {
    expect(criticBodyWidth()).toBe(95);
    expect(criticBodyWidth(656)).toBe(96);
    const widths = Object.entries(strategicStateColumns).map(([name, { start, end }]) => [name, end - start]);
    expect(widths).toEqual([
      ["matrix", 624],
      ["context", 10],
      ["legal", 5],
      ["account", 4],
      ["monteCarlo", 12],
    ]);
    expect(strategicStateColumns.monteCarlo.end).toBe(STRATEGIC_STATE);
  });

  test("gives one value per role, the mean of five heads; PopArt leaves denormalised values as they are", async () => {
    const network = criticNetwork();
    const layout = parameterLayout(network.parameters);
    const rows = randomRows(stateForm, 3, 9);
    await using compiled = await compile(
      ({ flat, x }) => ({ ...network.apply(layout.unpack(flat), x) }) as never,
      {
        flat: spec("f32", [layout.size]),
        x: spec("f32", [3, STRATEGIC_STATE]),
      },
    );
    const slab = initialise(network.parameters, keyFromSeed(1));
    const run = async () => (await compiled.call({ flat: slab, x: rows })) as Record<string, Float32Array>;
    const before = await run();
    expect([before["values"]!.length, before["members"]!.length]).toEqual([12, 60]);
    const scales = [
      { mean: 0.3, sd: 1.5 },
      { mean: -2, sd: 0.2 },
    ] as const;
    const { head } = layout.views(slab) as unknown as { head: { weight: Float32Array; bias: Float32Array } };
    rescaleHeadInPlace(head, scales[0], scales[1]);
    const after = await run();
    before["values"]!.forEach((value, i) => {
      const [was, is] = [value * 1.5 + 0.3, after["values"]![i]! * 0.2 - 2];
      expect(Math.abs(was - is)).toBeLessThan(1e-5);
    });
  });
});

describe("the exported file", () => {
  const bars = 2500;
  const rows = randomRows(form, bars, 10);
  const actor = strategicActor();
  const layout = parameterLayout(actor.parameters);
  const slab = initialise(actor.parameters, keyFromSeed(1));
  let session: ort.InferenceSession;

  beforeAll(async () => {
    const file = exportPolicy({
      inputs: { observations: spec("f32", [-1, AGENTS, STRATEGIC_OBSERVATION]) },
      layout: layout,
      slab,
      apply(parameters, { observations }) {
        const flat = reshape(observations, [-1, STRATEGIC_OBSERVATION]);
        const p = parameters as never;
        return { logProbs: actor.logProbs(p, actor.encode(p, flat), []) };
      },
      card: { features: {}, schemaVersion: "1", hashes: {} },
    });
    session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
    return async () => session.release();
  });

  test("gives the numbers of the unoptimised graph on 10,000 observations: 1e-5, and the same action", async () => {
    const count = bars * AGENTS;
    await using reference = await compile(
      ({ flat, x }) => {
        const parameters = layout.unpack(flat);
        return { logProbs: actor.logProbs(parameters, actor.encode(parameters, x), []) };
      },
      { flat: spec("f32", [layout.size]), x: spec("f32", [count, STRATEGIC_OBSERVATION]) },
      { optimise: false },
    );
    const expected = (await reference.call({ flat: slab, x: rows })).logProbs as Float32Array;
    const input = new ort.Tensor("float32", rows, [bars, AGENTS, STRATEGIC_OBSERVATION]);
    const found = (await session.run({ observations: input }))["logProbs"]!.data as Float32Array;
    expect(found.length).toBe(count * 5);
    let worst = 0;
    let otherAction = 0;
    for (let row = 0; row < count; row += 1) {
      const [mine, theirs] = [found, expected].map((all) => all.subarray(row * 5, row * 5 + 5));
      mine!.forEach((x, a) => {
        const distance = Math.abs(x - theirs![a]!);
        worst = Math.max(worst, x < -1e7 && theirs![a]! < -1e7 ? 0 : distance);
      });
      const sorted = theirs!.toSorted();
      const tie = sorted[4]! - sorted[3]! < 1e-5;
      if (!tie && mine!.indexOf(Math.max(...mine!)) !== theirs!.indexOf(sorted[4]!)) otherAction += 1;
    }
    expect(worst).toBeLessThanOrEqual(1e-5);
    expect(otherAction).toBe(0);
  });
});

test("dropout passes of the four agents: chunks change nothing, rate 0 knows everything", async () => {
  const actor = strategicActor();
  const slab = initialise(actor.parameters, keyFromSeed(1));
  const rows = randomRows(form, 1, 11);
  const sizes = { module: actor, rows: AGENTS, features: STRATEGIC_OBSERVATION, actions: 5 };
  const options = { numSamples: 120, decision: foldIn(keyFromSeed(3), "bar-9") };
  const found = [];
  for (const [chunk, rate] of [
    [120, 0.1],
    [50, 0.1],
    [120, 0],
  ] as const) {
    await using network = await createMcDropout({ ...sizes, chunk, rate });
    found.push(await network.performMcDropoutSampling(slab, rows, options));
  }
  const [whole, chunked, none] = found;
  whole!.forEach((metrics, agent) => {
    expect(metrics.epistemic).toBeGreaterThan(0);
    expect(metrics.epistemic).toBeLessThanOrEqual(metrics.total);
    expect(Math.abs(metrics.epistemic - chunked![agent]!.epistemic)).toBeLessThan(1e-6);
    metrics.mean.forEach((p, a) => expect(Math.abs(p - chunked![agent]!.mean[a]!)).toBeLessThan(1e-6));
    expect(none![agent]!.epistemic).toBeLessThan(1e-9);
    expect(none![agent]!.agreement).toBe(1);
  });
});
