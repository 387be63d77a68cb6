/**
 * @file The tactical networks: widths, sizes, gradients, independence of samples, the soft prior and the temperature, start, what
 * the critic sees, and the exported file with its fused GRU against the unrolled training graph.
 */
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { compile } from "../../../src/graph/compile.ts";
import { reshape } from "../../../src/graph/ops/shaping.ts";
import { spec } from "../../../src/graph/spec.ts";
import { initialise, type Layer, parameterLayout } from "../../../src/nn/layers/layer.ts";
import { createMcDropout } from "../../../src/nn/uncertainty/mc-dropout.ts";
import { exportPolicy } from "../../../src/nn/weights/policy-file.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";
import { tacticalActor, type TacticalActorOptions } from "../../../src/stages/tactical/networks/actor.ts";
import {
  TACTICAL_CRITIC_INPUT,
  tacticalCritic,
  UNIFIED_STATE,
} from "../../../src/stages/tactical/networks/critic.ts";
import {
  LVN_FEATURES,
  LVN_LEVELS,
  LVN_WIDTH,
  lvnEmbedder,
  wideLvnEmbedder,
} from "../../../src/stages/tactical/networks/lvn-embedder.ts";
import {
  TACTICAL_OBSERVATION,
  TACTICAL_STATE,
  tacticalColumns,
  tacticalStateColumns,
} from "../../../src/stages/tactical/networks/observation.ts";
import {
  REGIME_HISTORY,
  REGIME_WIDTH,
  REGIMES,
  regimeEmbedder,
  wideRegimeEmbedder,
} from "../../../src/stages/tactical/networks/regime-embedder.ts";
import { strategicLean } from "../../../src/stages/tactical/networks/soft-prior.ts";
import {
  type EmbedderOptions,
  TACTICAL_WIDTH,
  tacticalEmbedder,
} from "../../../src/stages/tactical/networks/tactical-embedder.ts";
import { wideTacticalBody } from "../../../src/stages/tactical/networks/wide-tactical-body.ts";
import { evaluate } from "../../nn/evaluate.ts";
import {
  companionEffect,
  directionalError,
  floatError,
  forward,
  gradientOf,
  type Network,
  operatorsOf,
  sizeOf,
} from "../network-run.ts";
import { randomRows } from "../random-rows.ts";

const AGENTS = 3;
const form = {
  width: TACTICAL_OBSERVATION,
  agents: AGENTS,
  shared: [tacticalColumns.matrix, tacticalColumns.context],
  role: tacticalColumns.role,
  legal: tacticalColumns.legal,
};
const none = { start: 0, end: 0 };
const plainForm = (width: number) => ({ width, agents: 1, shared: [], role: none, legal: none });

function embedderNetwork(options: EmbedderOptions): Network {
  const layer = tacticalEmbedder(options);
  return { parameters: layer.parameters, apply: (p, x) => ({ ...layer.apply(p, x) }) };
}

function plain(layer: Layer): Network {
  return { parameters: layer.parameters, apply: (p, x) => ({ y: layer.apply(p, x) }) };
}

function actorNetwork(options: TacticalActorOptions = {}): Network {
  const actor = tacticalActor(options);
  return {
    parameters: actor.parameters,
    apply: (p, rows) => ({ logProbs: actor.logProbs(p, actor.encode(p, rows), []) }),
  };
}

function criticNetwork(preset: "default" | "compact" = "default"): Network {
  const layer = tacticalCritic({ preset });
  return { parameters: layer.parameters, apply: (p, x) => ({ ...layer.apply(p, x) }) };
}

/** All actions legal: illegal log-probabilities of -1e8 drown any sum of squares. */
function legalRows(samples: number, seed: number): Float32Array {
  const rows = randomRows(form, samples, seed);
  const { start, end } = tacticalColumns.legal;
  for (let row = 0; row < samples * AGENTS; row += 1)
    rows.fill(1, row * TACTICAL_OBSERVATION + start, row * TACTICAL_OBSERVATION + end);
  return rows;
}

describe("embedders", () => {
  test.each(["default", "compact"] as const)(
    "TacticalEmbedder %s: 48 means and 48 deviations, finite gradients",
    async (preset) => {
      const network = embedderNetwork({ preset, deviations: true });
      const rows = randomRows(plainForm(420), 3, 2);
      const { mean, deviation } = await forward(network, rows, 3);
      expect([mean!.length, deviation!.length]).toEqual([3 * TACTICAL_WIDTH, 3 * TACTICAL_WIDTH]);
      expect(Math.min(...deviation!)).toBeGreaterThan(0);
      const slope = await gradientOf(network, rows, 3);
      expect(slope.every(Number.isFinite)).toBe(true);
      expect(slope.some((x) => x !== 0)).toBe(true);
    },
  );

  test("TacticalEmbedder wide: 48 means; its body of three rows has finite gradients", async () => {
    const wide = await forward(embedderNetwork({ preset: "wide" }), randomRows(plainForm(420), 1, 2), 1);
    expect(wide["mean"]!.length).toBe(TACTICAL_WIDTH);
    const body = plain(wideTacticalBody([3, 7]));
    const [rows, others] = [3, 4].map((seed) => randomRows(plainForm(21), 2, seed));
    const slope = await gradientOf(body, rows!, 2);
    expect(slope.every(Number.isFinite)).toBe(true);
    expect(slope.some((x) => x !== 0)).toBe(true);
    expect(await companionEffect(body, rows!, others!, { agents: 1, samples: 2 })).toBeLessThanOrEqual(1e-6);
  });

  test.each([
    ["RegimeEmbedder", regimeEmbedder(), REGIMES, REGIME_WIDTH],
    ["wide RegimeEmbedder", wideRegimeEmbedder(), REGIME_HISTORY * REGIMES, REGIME_WIDTH],
    ["LVNEmbedder", lvnEmbedder(), LVN_FEATURES, LVN_WIDTH],
    ["wide LVNEmbedder", wideLvnEmbedder(), LVN_LEVELS * LVN_FEATURES, LVN_WIDTH],
  ] as const)(
    "%s: width, finite gradients of the right size, samples apart",
    async (_, layer, width, out) => {
      const network = plain(layer);
      const [rows, others] = [3, 4].map((seed) => randomRows(plainForm(width), 4, seed));
      expect((await forward(network, rows!, 4))["y"]!.length).toBe(4 * out);
      expect((await gradientOf(network, rows!, 4)).every(Number.isFinite)).toBe(true);
      expect(await directionalError(network, rows!, 4)).toBeLessThan(1e-5);
      expect(await companionEffect(network, rows!, others!, { agents: 1, samples: 4 })).toBeLessThanOrEqual(
        1e-6,
      );
    },
  );

  test("the wide LVN embedder ignores rows that are no nodes", async () => {
    const network = plain(wideLvnEmbedder());
    const levels = randomRows(plainForm(LVN_LEVELS * LVN_FEATURES), 1, 5);
    levels.fill(0, 2 * LVN_FEATURES);
    const moved = levels.slice();
    // The same two nodes at other places.
    moved.copyWithin(5 * LVN_FEATURES, 0, 2 * LVN_FEATURES);
    moved.fill(0, 0, 2 * LVN_FEATURES);
    const [first, second] = [await forward(network, levels, 1), await forward(network, moved, 1)];
    first["y"]!.forEach((x, i) => expect(x).toBeCloseTo(second["y"]![i]!, 6));
  });

  test("the fused GRU gives the numbers of the unrolled one", async () => {
    const rows = randomRows(plainForm(420), 6, 6);
    const unrolled = await forward(embedderNetwork({}), rows, 6);
    const fused = await forward(embedderNetwork({ recurrence: "fused" }), rows, 6);
    unrolled["mean"]!.forEach((x, i) => expect(Math.abs(x - fused["mean"]![i]!)).toBeLessThan(2e-6));
  });
});

/** In float64 an unrolled window of 60 steps takes a minute to compile; its parts are checked so under `test/nn`. */
describe("gradients against central differences", () => {
  test.each([
    ["compact actor", actorNetwork({ preset: "compact" }), legalRows(1, 4), AGENTS],
    ["compact critic", criticNetwork("compact"), randomRows(plainForm(TACTICAL_STATE), 1, 5), 1],
  ] as const)("%s, in float64, and float32 against float64", async (_, network, rows, count) => {
    expect(await directionalError(network, rows, count)).toBeLessThan(1e-5);
    expect(await floatError(network, rows, count)).toBeLessThan(1e-2);
  });

  test("default embedder with its unrolled GRU, in float32", async () => {
    const network = embedderNetwork({});
    expect(await directionalError(network, randomRows(plainForm(420), 2, 3), 2, "f32")).toBeLessThan(1e-2);
  });
});

describe("samples do not see each other", () => {
  const samples = 4;
  test.each([
    ["actor", actorNetwork({ recurrence: "fused" }), form, AGENTS],
    ["compact actor", actorNetwork({ preset: "compact" }), form, AGENTS],
    ["critic", criticNetwork("compact"), plainForm(TACTICAL_STATE), 1],
  ] as const)("%s", async (_, network, rowForm, agents) => {
    const [rows, others] = [6, 7].map((seed) => randomRows(rowForm, samples, seed));
    expect(await companionEffect(network, rows!, others!, { agents, samples })).toBeLessThanOrEqual(1e-6);
    const names = operatorsOf(network, rowForm.width, samples * agents);
    expect([...names].filter((name) => /batch/i.test(name))).toEqual([]);
  });
});

/** A context of the given bias, all else 0. */
function contextOf(values: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 28 }, (_, i) => values[i] ?? 0);
}

describe("the strategic bias as a prior", () => {
  test("is w confidence (bull - bear), from a context that carries w bull, w bear and w confidence", async () => {
    for (const age of [0, 3, 12]) {
      const w = Math.exp(-0.05 * age);
      const context = contextOf({ 0: 0.7 * w, 1: 0.2 * w, 2: 0.1 * w, 3: 0.8 * w, 26: age / 12 });
      const [lean] = await evaluate(({ x }) => strategicLean(x!), { x: [context] });
      expect(lean).toBeCloseTo(w * 0.8 * 0.6, 12);
    }
  });

  test("moves long logits up by half of it at the start and short ones down; a neutral context moves nothing", async () => {
    const rows = legalRows(3, 12);
    const contexts = [
      contextOf({ 0: 1 / 3, 1: 1 / 3, 2: 1 / 3, 23: 0.5, 25: 1, 26: 1, 27: 1 }),
      contextOf({ 0: 0.8, 1: 0.1, 2: 0.1, 3: 1 }),
      contextOf({ 0: 0.1, 1: 0.1, 2: 0.8, 3: 1 }),
    ];
    contexts.forEach((context, sample) => {
      for (let agent = 0; agent < AGENTS; agent += 1)
        rows.set(context, (sample * AGENTS + agent) * TACTICAL_OBSERVATION + tacticalColumns.context.start);
    });
    const { logProbs } = await forward(actorNetwork(), rows, 9);
    const leanOf = (row: number): number => {
      const [, buySmall, buyLarge, sellSmall, sellLarge] = logProbs!.subarray(row * 5, row * 5 + 5);
      expect(Math.abs(buySmall! - buyLarge!)).toBeLessThan(0.1);
      return (buySmall! + buyLarge! - sellSmall! - sellLarge!) / 4;
    };
    for (let agent = 0; agent < AGENTS; agent += 1) {
      expect(Math.abs(leanOf(agent))).toBeLessThan(0.05);
      expect(leanOf(3 + agent)).toBeCloseTo(0.35, 1);
      expect(leanOf(6 + agent)).toBeCloseTo(-0.35, 1);
    }
  });

  test("its weight stays at least 0 and the temperature in [0.5, 2], whatever the parameters", async () => {
    const actor = tacticalActor({ preset: "compact" });
    const layout = parameterLayout(actor.parameters);
    const rows = legalRows(1, 13);
    await using compiled = await compile(
      ({ flat, x }) => {
        const p = layout.unpack(flat);
        return { logProbs: actor.logProbs(p, actor.encode(p, x), []) };
      },
      { flat: spec("f32", [layout.size]), x: spec("f32", [AGENTS, TACTICAL_OBSERVATION]) },
    );
    const spread = async (temperature: number, prior: number): Promise<number> => {
      const slab = initialise(actor.parameters, keyFromSeed(1));
      const views = layout.views(slab) as unknown as Record<string, Float32Array>;
      views["temperature"]![0] = temperature;
      views["prior"]![0] = prior;
      const { logProbs } = await compiled.call({ flat: slab, x: rows });
      return Math.max(...logProbs.subarray(0, 5)) - Math.min(...logProbs.subarray(0, 5));
    };
    const [cold, one, hot] = [
      await spread(-50, -50),
      await spread(Math.log(Math.expm1(0.5)), -50),
      await spread(50, -50),
    ];
    expect(cold / one).toBeCloseTo(2, 3);
    expect(hot / one).toBeCloseTo(0.5, 3);
  });
});

describe("the actor at its start", () => {
  test("is nearly uniform over legal actions under a neutral context", async () => {
    const samples = 40;
    const rows = randomRows(form, samples, 8);
    const neutral = contextOf({ 0: 1 / 3, 1: 1 / 3, 2: 1 / 3, 23: 0.5, 25: 1, 26: 1, 27: 1 });
    for (let row = 0; row < samples * AGENTS; row += 1)
      rows.set(neutral, row * TACTICAL_OBSERVATION + tacticalColumns.context.start);
    const { logProbs } = await forward(actorNetwork({ recurrence: "fused" }), rows, samples * AGENTS);
    for (let row = 0; row < samples * AGENTS; row += 1) {
      const at = row * TACTICAL_OBSERVATION + tacticalColumns.legal.start;
      let entropy = 0;
      let legal = 0;
      for (let a = 0; a < 5; a += 1) {
        const p = Math.exp(logProbs![row * 5 + a]!);
        if (rows[at + a] === 0) expect(p).toBe(0);
        else legal += 1;
        if (p > 0) entropy -= p * Math.log(p);
      }
      expect(entropy).toBeGreaterThan(0.99 * Math.log(legal));
    }
  });

  test("has far below 300 k parameters", () => {
    expect(sizeOf(tacticalActor())).toBe(39_912);
    expect(sizeOf(tacticalActor({ preset: "compact" }))).toBe(39_095);
  });
});

test("the critic reads the unified state of 136 and 65 numbers more", async () => {
  expect([UNIFIED_STATE, TACTICAL_CRITIC_INPUT]).toEqual([136, 201]);
  const widths = Object.entries(tacticalStateColumns).map(([name, { start, end }]) => [name, end - start]);
  expect(widths).toEqual([
    ["structure", 64],
    ["matrix", 420],
    ["lvn", 5],
    ["context", 28],
    ["local", 16],
    ["legal", 5],
    ["account", 4],
    ["monteCarlo", 12],
  ]);
  const { values, members } = await forward(criticNetwork(), randomRows(plainForm(TACTICAL_STATE), 2, 9), 2);
  expect([values!.length, members!.length]).toEqual([6, 30]);
});

test("the exported file, GRU fused, gives the unrolled graph's numbers on 10,000 observations: 1e-5, and the same action", async () => {
  const bars = 3334;
  const rows = randomRows(form, bars, 10);
  const [trained, deployed] = [tacticalActor(), tacticalActor({ recurrence: "fused" })];
  const layout = parameterLayout(trained.parameters);
  const slab = initialise(trained.parameters, keyFromSeed(1));
  const file = exportPolicy({
    inputs: { observations: spec("f32", [-1, AGENTS, TACTICAL_OBSERVATION]) },
    layout: layout,
    slab,
    apply(parameters, { observations }) {
      const p = parameters as never;
      return {
        logProbs: deployed.logProbs(
          p,
          deployed.encode(p, reshape(observations, [-1, TACTICAL_OBSERVATION])),
          [],
        ),
      };
    },
    card: { features: {}, schemaVersion: "1", hashes: {} },
  });
  const session = await ort.InferenceSession.create(file, { intraOpNumThreads: 1 });
  const count = bars * AGENTS;
  await using reference = await compile(
    ({ flat, x }) => {
      const p = layout.unpack(flat);
      return { logProbs: trained.logProbs(p, trained.encode(p, x), []) };
    },
    { flat: spec("f32", [layout.size]), x: spec("f32", [count, TACTICAL_OBSERVATION]) },
    { optimise: false },
  );
  const expected = (await reference.call({ flat: slab, x: rows })).logProbs as Float32Array;
  const input = new ort.Tensor("float32", rows, [bars, AGENTS, TACTICAL_OBSERVATION]);
  const found = (await session.run({ observations: input }))["logProbs"]!.data as Float32Array;
  await session.release();
  let worst = 0;
  let otherAction = 0;
  for (let row = 0; row < count; row += 1) {
    const [mine, theirs] = [found, expected].map((all) => all.subarray(row * 5, row * 5 + 5));
    mine!.forEach((x, a) => {
      if (x > -1e7 || theirs![a]! > -1e7) worst = Math.max(worst, Math.abs(x - theirs![a]!));
    });
    const sorted = theirs!.toSorted();
    const tie = sorted[4]! - sorted[3]! < 1e-5;
    if (!tie && mine!.indexOf(Math.max(...mine!)) !== theirs!.indexOf(sorted[4]!)) otherAction += 1;
  }
  expect(worst).toBeLessThanOrEqual(1e-5);
  expect(otherAction).toBe(0);
});

test("dropout passes of the three agents", async () => {
  const actor = tacticalActor({ recurrence: "fused" });
  const slab = initialise(actor.parameters, keyFromSeed(1));
  await using network = await createMcDropout({
    module: actor,
    rows: AGENTS,
    features: TACTICAL_OBSERVATION,
    actions: 5,
    chunk: 200,
  });
  const decision = foldIn(keyFromSeed(3), "bar-9");
  const metrics = await network.performMcDropoutSampling(slab, randomRows(form, 1, 11), {
    numSamples: 200,
    decision,
  });
  expect(metrics.map(({ passes }) => passes)).toEqual([200, 200, 200]);
  for (const { epistemic, total } of metrics) {
    expect(epistemic).toBeGreaterThan(0);
    expect(epistemic).toBeLessThanOrEqual(total);
  }
});
