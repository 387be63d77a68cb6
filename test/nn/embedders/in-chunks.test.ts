/** @file A batch through an embedder part by part: the numbers and the gradient of the whole, a short last part included. */
import { expect, test } from "vitest";
import { structureEmbedder } from "../../../src/stages/strategic/networks/structure-embedder.ts";
import { forward, gradientOf, type Network } from "../../stages/network-run.ts";
import { randomRows } from "../../stages/random-rows.ts";

const none = { start: 0, end: 0 };
const rows = randomRows({ width: 624, agents: 1, shared: [], role: none, legal: none }, 7, 3);

function network(chunk?: number): Network {
  const layer = structureEmbedder(chunk === undefined ? {} : { chunk });
  return { parameters: layer.parameters, apply: (p, x) => ({ mean: layer.apply(p, x).mean }) };
}

function farthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}

test("three and three and one sample give what seven give", async () => {
  const [whole, parts] = [await forward(network(), rows, 7), await forward(network(3), rows, 7)];
  expect(parts["mean"]!.length).toBe(7 * 64);
  expect(farthest(whole["mean"]!, parts["mean"]!)).toBeLessThan(1e-6);
  const [slope, ofParts] = [
    await gradientOf(network(), rows, 7, "f64"),
    await gradientOf(network(3), rows, 7, "f64"),
  ];
  expect(farthest(slope, ofParts)).toBeLessThan(1e-10);
  expect(farthest(slope, new Float64Array(slope.length))).toBeGreaterThan(0.1);
});
