/** @file The look-ahead guard for policies: small untrained networks pass, a leak planted in what they are shown is named. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkPolicyLookahead, type PolicyReport } from "../../src/app/trading/policy-lookahead.ts";
import { isPolicyFolder, loadPolicy, observationNames } from "../../src/app/trading/load-policy.ts";
import type { PolicyBars } from "../../src/app/trading/policy-run.ts";
import type { BarSeries } from "../../src/market/bars.ts";
import { exportModelTo } from "../../src/pipeline/models/store.adapter.ts";
import type { PipelineConfig } from "../../src/pipeline/run/config.ts";
import type { StrategicPolicy, TacticalPolicy } from "../../src/stages/policy.ts";
import { strategicPolicy } from "../../src/stages/strategic/decide.ts";
import { tacticalPolicy } from "../../src/stages/tactical/network-policy.ts";
import { diceConfig } from "../pipeline/support.ts";
import { strategicSample, tacticalSample } from "../stages/sample-models.ts";

const strategicModel = strategicSample({ sharpness: 3 });
const tacticalModel = tacticalSample({ sharpness: 3 });
let strategic: StrategicPolicy;
let tactical: TacticalPolicy;
beforeAll(async () => {
  strategic = await strategicPolicy(strategicModel, { mcPasses: 2 });
  tactical = await tacticalPolicy(tacticalModel, { mcPasses: 2 });
});
afterAll(async () => {
  await strategic[Symbol.asyncDispose]();
  await tactical[Symbol.asyncDispose]();
});

const dice = diceConfig(4, 3);

function check(configOf: (bars: PolicyBars) => PipelineConfig, cuts = 2): Promise<PolicyReport> {
  const { strategicBars, tacticalBars } = dice;
  return checkPolicyLookahead({
    bars: { strategicBars, ...(tacticalBars === undefined ? {} : { tacticalBars }) },
    configOf,
    names: observationNames({ folders: [], warmUp: 0 }),
    extent: { closes: 48, history: { strategic: 130, trading: 180 } },
    cuts,
    seed: 1,
  });
}

const networks = (bars: PolicyBars): PipelineConfig => ({ ...dice, strategic, tactical, ...bars });

/** What a careless preparation does: the volume of each bar says how the next one closes. */
function leaky(bars: BarSeries): BarSeries {
  return {
    ...bars,
    v: bars.v.map((volume, t) => volume + Math.abs((bars.c[t + 1] ?? 0) - (bars.c[t] ?? 0))),
  };
}

test("small networks that see closed bars only pass, in both stages", async () => {
  const report = await check(networks, 3);
  expect(report.findings).toEqual([]);
  expect(report.clean).toBe(true);
  expect(report.cuts).toBe(3);
  // 48 tactical closes and at least seven strategic ones a cut, under four probes.
  expect(report.featureValues).toBeGreaterThan(3 * 4 * (40 * 3 * 472 + 6 * 4 * 656));
  expect(report.decisions).toBeGreaterThan(3 * 46);
});

test("a leak in the features of the tactical team is found and named, and so is what it changes", async () => {
  const report = await check(({ strategicBars, tacticalBars }) =>
    networks({ strategicBars, ...(tacticalBars === undefined ? {} : { tacticalBars: leaky(tacticalBars) }) }),
  );
  expect(report.clean).toBe(false);
  const features = report.findings.filter(({ subject }) => subject === "feature");
  expect(new Set(features.map(({ probe }) => probe))).toEqual(
    new Set(["truncation", "random", "scaled", "permuted"]),
  );
  expect(features[0]?.name).toMatch(/volume.*of NQ\/T\//);
  expect(report.findings.map(({ subject }) => subject)).toContain("decision");
});

test("a leak in the features of the strategic team is found", async () => {
  const report = await check(({ strategicBars, ...rest }) =>
    networks({ ...rest, strategicBars: leaky(strategicBars) }),
  );
  const names = report.findings.filter(({ subject }) => subject === "feature").map(({ name }) => name);
  expect(names.some((name) => name.includes("NQ/S/"))).toBe(true);
});

test("a policy that peeks past what it is shown is found by its decisions and fills", async () => {
  const report = await check(
    (bars) => ({ ...dice, ...bars, tactical: peeking(bars.tacticalBars ?? bars.strategicBars) }),
    6,
  );
  const subjects = new Set(report.findings.map(({ subject }) => subject));
  expect(subjects).toContain("decision");
  expect(report.fills).toBeGreaterThan(0);
});

/** Dice thrown with the sign of a move that nobody knows yet. */
function peeking(bars: BarSeries): TacticalPolicy {
  const policy = dice.tactical;
  if (policy === undefined) throw new Error("internal: dice without a tactical side");
  return {
    ...policy,
    decide(observations, id) {
      const closeMs = Number(id.split("/").at(-1)) * 1000;
      const next = bars.t.indexOf(closeMs);
      return policy.decide(
        observations,
        `${id}/${next < 0 ? 0 : Math.sign((bars.c[next] ?? 0) - (bars.o[next] ?? 0))}`,
      );
    },
  };
}

test("models are found by folder: one version, exports/ with both, and nothing else", () => {
  const workspace = mkdtempSync(join(tmpdir(), "policy-"));
  const facts = {
    version: "v1",
    createdAt: Date.UTC(2026, 0, 5),
    codeVersion: "0",
    status: "candidate",
    seeds: [4],
    metrics: null,
    baselines: null,
    statistics: null,
    validation: null,
  } as const;
  try {
    const root = join(workspace, "exports");
    const folder = exportModelTo(join(root, "tactical_models"), tacticalModel, facts);
    exportModelTo(join(root, "strategic_models"), strategicModel, facts);
    expect([
      isPolicyFolder(folder),
      isPolicyFolder(join(folder, "manifest.json")),
      isPolicyFolder("sma-cross"),
    ]).toEqual([true, false, false]);
    expect(loadPolicy(folder)).toMatchObject({ tactical: { kind: "tactical" }, warmUp: 3000 });
    expect(loadPolicy(folder).strategic).toBeUndefined();
    expect(loadPolicy(root)).toMatchObject({
      strategic: { kind: "strategic" },
      tactical: { kind: "tactical" },
    });
    expect(() => loadPolicy(workspace)).toThrow(/run folder/);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
});
