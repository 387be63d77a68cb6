/** @file A strategic decision: bar, features, observations of four agents, 1000 dropout passes, pool, threshold, consensus. */
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { initialise } from "../../src/nn/layers/layer.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import type { StrategicModel } from "../../src/stages/model.ts";
import { strategicPolicy } from "../../src/stages/strategic/decide.ts";
import { StrategicFeed } from "../../src/stages/strategic/feed.ts";
import { strategicActor } from "../../src/stages/strategic/networks/actor.ts";
import { StrategicView } from "../../src/stages/strategic/observation.kernel.ts";
import { observationSize } from "../../src/stages/strategic/observation.ts";
import { strategicUncalibrated } from "../../src/stages/strategic/team-opinion.ts";
import type { BenchContext, Figure } from "../figures.ts";
import { decisionCount, type DecisionTimes, decisionFigures, denseFigure, market, origin } from "./timing.ts";

const warmUp = 400;
const flat = { exposure: 0, unrealisedUsd: 0, barsHeld: 0, drawdown: 0 } as const;

const model: StrategicModel = {
  kind: "strategic",
  preset: "default",
  states: 8,
  interference: { kind: "householder", reflections: 3 },
  parameters: initialise(strategicActor().parameters, keyFromSeed(1)),
  calibration: strategicUncalibrated,
  origin,
};

/** `decision.strategic.*`, on one thread and on two. */
export async function strategicFigures(context: BenchContext): Promise<Figure[]> {
  context.step("decision.strategic");
  const notes = {
    whole: "default network; features, four observations, 1000 passes, pool, threshold, consensus",
    features: "a closed bar into the columns and four observations",
  };
  const figures = decisionFigures("strategic", await decisionTimes(context, 1), notes);
  const [two] = decisionFigures("strategic", await decisionTimes(context, 2), notes);
  // Four agents a pass; the layer between the masks, then amplitudes and components.
  const passes = {
    rows: 4000,
    products: [
      [128, 128],
      [128, 16],
      [128, 40],
    ],
  } as const;
  return [
    ...figures,
    ...(two === undefined ? [] : [{ ...two, name: "decision.strategic.two_threads.p99_ms" }]),
    await denseFigure(context, "strategic", passes),
  ];
}

async function decisionTimes(context: BenchContext, threads: number): Promise<DecisionTimes> {
  const last = warmUp + decisionCount(context);
  const { bars } = generateMarket({ ...market, intervalMs: 1_800_000, sessions: 60, sigma: 0.0012 });
  await using policy = await strategicPolicy(model, { threads });
  const feed = new StrategicFeed(contractSpec("NQ"), { warmUp: 100 });
  const view = new StrategicView(feed.columns, feed.spec);
  const seen = new Float32Array(4 * observationSize);
  const bar = new Bar();
  const whole: number[] = [];
  const features: number[] = [];
  for (let i = 0; i < last; i += 1) {
    readBar(bars, i, bar);
    const start = context.elapsedMs();
    const t = feed.append(bar);
    if (t < warmUp / 2) continue;
    view.writeTeam(t, flat, seen, 0);
    const seenAt = context.elapsedMs();
    await policy.decide(seen, 0, `bar-${i}`);
    if (i < warmUp) continue;
    whole.push(context.elapsedMs() - start);
    features.push(seenAt - start);
  }
  return { whole, features };
}
