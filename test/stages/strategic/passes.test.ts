/** @file Dropout passes of whole strategic actors: the fast layer and the mixture by products against the graph with masks. */
import { expect, test } from "vitest";
import { initialise } from "../../../src/nn/layers/layer.ts";
import { createMcDropout } from "../../../src/nn/uncertainty/mc-dropout.ts";
import { Generator } from "../../../src/runtime/random/generator.ts";
import { foldIn, keyFromSeed } from "../../../src/runtime/random/key.ts";
import { strategicActor } from "../../../src/stages/strategic/networks/actor.ts";
import {
  strategicColumns,
  STRATEGIC_OBSERVATION,
} from "../../../src/stages/strategic/networks/observation.ts";

const [AGENTS, ACTIONS, PASSES] = [4, 5, 60];

test.each([
  ["three reflections", {}],
  ["Cayley", { interference: { kind: "cayley" } }],
  ["U = I", { interference: { kind: "identity" } }],
  ["a plain policy", { states: 1 }],
  ["compact", { preset: "compact" }],
  ["a trunk that no vector fits", { trunk: 130 }],
] as const)("%s", async (_, options) => {
  const module = strategicActor(options);
  const random = Generator.fromKey(keyFromSeed(9));
  const slab = initialise(module.parameters, keyFromSeed(2)).map((x) => 1.5 * x + 0.1 * random.normal());
  const rows = Float32Array.from({ length: AGENTS * STRATEGIC_OBSERVATION }, () => random.normal());
  for (let agent = 0; agent < AGENTS; agent += 1) {
    const at = agent * STRATEGIC_OBSERVATION;
    rows.fill(0, at + strategicColumns.role.start, at + strategicColumns.role.end);
    rows[at + strategicColumns.role.start + agent] = 1;
    rows.fill(1, at + strategicColumns.legal.start, at + strategicColumns.legal.end);
    if (agent % 2 === 1) rows.fill(0, at + strategicColumns.legal.start + 3, at + strategicColumns.legal.end);
  }
  const { between, ...masked } = module;
  expect(between).toBeDefined();
  const found = [];
  for (const one of [masked, module]) {
    await using network = await createMcDropout({
      module: one,
      rows: AGENTS,
      features: STRATEGIC_OBSERVATION,
      actions: ACTIONS,
      chunk: PASSES,
      weights: slab,
    });
    await network.performMcDropoutSampling(slab, rows, {
      numSamples: PASSES,
      decision: foldIn(keyFromSeed(1), "bar-7"),
    });
    found.push(network.passes.probabilities.slice());
  }
  const [slow, fast] = found as [Float32Array, Float32Array];
  expect(Math.max(...fast.map((p, i) => Math.abs(p - slow[i]!)))).toBeLessThan(2e-6);
  for (let row = 0; row < PASSES * AGENTS; row += 1) {
    const pi = [...fast.subarray(row * ACTIONS, (row + 1) * ACTIONS)];
    expect(pi.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    if (row % 2 === 1) expect(pi.slice(3)).toEqual([0, 0]);
  }
});
