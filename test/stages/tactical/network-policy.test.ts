/** @file The tactical decision of a network: reproducible passes, chunks, one plain pass, the window's fused recurrence. */
import { expect, test } from "vitest";
import { compile } from "../../../src/graph/compile.ts";
import { exp } from "../../../src/graph/ops/elementwise.ts";
import { spec } from "../../../src/graph/spec.ts";
import { parameterLayout } from "../../../src/nn/layers/layer.ts";
import { tacticalActor } from "../../../src/stages/tactical/networks/actor.ts";
import { tacticalColumns } from "../../../src/stages/tactical/networks/observation.ts";
import { tacticalPolicy, type TacticalPolicyOptions } from "../../../src/stages/tactical/network-policy.ts";
import { randomRows } from "../random-rows.ts";
import { tacticalSample } from "../sample-models.ts";

const form = {
  width: 472,
  agents: 3,
  shared: [tacticalColumns.matrix, tacticalColumns.context],
  role: tacticalColumns.role,
  legal: tacticalColumns.legal,
};
const observations = randomRows(form, 1, 5);
const model = tacticalSample({ sharpness: 3 });

async function decided(id: string, options: TacticalPolicyOptions = {}, of = model): Promise<number[]> {
  await using policy = await tacticalPolicy(of, { mcPasses: 60, ...options });
  const { agents } = await policy.decide(observations, id);
  expect(agents.map(({ agent }) => agent)).toEqual(["tactical_agent", "risk_agent", "execution_agent"]);
  return agents.flatMap(({ probabilities, uncertainty }) => [...probabilities, uncertainty.epistemic]);
}

test("one id, one answer, whatever the chunk; another id draws other masks", async () => {
  const first = await decided("bar-1");
  expect(await decided("bar-1")).toEqual(first);
  const chunked = await decided("bar-1", { mcChunk: 25 });
  chunked.forEach((value, i) => expect(Math.abs(value - first[i]!)).toBeLessThan(1e-6));
  expect(await decided("bar-2")).not.toEqual(first);
});

test("no passes: the plain forward of the training graph, in which the recurrence is unrolled", async () => {
  const whole = tacticalSample({ preset: "default" });
  const found = await decided("bar-1", { mcPasses: 0 }, whole);
  const actor = tacticalActor();
  const layout = parameterLayout(actor.parameters);
  await using plain = await compile(
    ({ flat, x }) => {
      const parameters = layout.unpack(flat);
      return { p: exp(actor.logProbs(parameters, actor.encode(parameters, x), [])) };
    },
    { flat: spec("f32", [layout.size]), x: spec("f32", [3, 472]) },
  );
  const { p } = await plain.call({ flat: whole.parameters, x: observations });
  p.forEach((value, i) => expect(Math.abs(value - found[i + Math.floor(i / 5)]!)).toBeLessThan(1e-5));
});
