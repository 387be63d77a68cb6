/** @file A tactical decision: bar, features, observations of three agents, 200 dropout passes, aggregation, gate. */
import { Bar, readBar } from "../../src/features/indicator/bar.ts";
import { contractSpec } from "../../src/market/instruments.ts";
import { generateMarket } from "../../src/market/synthetic/generator.ts";
import { initialise } from "../../src/nn/layers/layer.ts";
import { keyFromSeed } from "../../src/runtime/random/key.ts";
import type { TacticalModel } from "../../src/stages/model.ts";
import { contextFeatures, writeNeutralContext } from "../../src/stages/messages/context-vector.ts";
import { TacticalFeed } from "../../src/stages/tactical/feed.ts";
import { tacticalActor } from "../../src/stages/tactical/networks/actor.ts";
import { TACTICAL_OBSERVATION } from "../../src/stages/tactical/networks/observation.ts";
import { tacticalPolicy } from "../../src/stages/tactical/network-policy.ts";
import { writeTacticalObservation } from "../../src/stages/tactical/observation.ts";
import {
  decideTactical,
  tacticalUncalibrated,
  type TacticalSituation,
} from "../../src/stages/tactical/team.ts";
import type { BenchContext, Figure } from "../figures.ts";
import { decisionCount, decisionFigures, market, origin } from "./timing.ts";

const warmUp = 1000;
const flat = { exposure: 0, maxContracts: 4, unrealisedUsd: 0, barsHeld: 0, drawdown: 0, tradable: true };

const model: TacticalModel = {
  kind: "tactical",
  preset: "default",
  schema: "tactical-7",
  parameters: initialise(tacticalActor().parameters, keyFromSeed(1)),
  calibration: tacticalUncalibrated,
  origin,
};

/** `decision.tactical.*`. */
export async function tacticalFigures(context: BenchContext): Promise<Figure[]> {
  context.step("decision.tactical");
  const last = warmUp + decisionCount(context);
  const { bars } = generateMarket({ ...market, intervalMs: 300_000, sessions: 15, sigma: 0.0005 });
  await using policy = await tacticalPolicy(model);
  const feed = new TacticalFeed(contractSpec("NQ"));
  const seen = new Float32Array(3 * TACTICAL_OBSERVATION);
  const neutral = new Float32Array(contextFeatures);
  writeNeutralContext(neutral);
  const bar = new Bar();
  const whole: number[] = [];
  const features: number[] = [];
  for (let i = 0; i < last; i += 1) {
    readBar(bars, i, bar);
    const start = context.elapsedMs();
    const t = feed.append(bar);
    const appended = context.elapsedMs();
    if (t < warmUp / 2) continue;
    writeTacticalObservation(feed.market, t, flat, neutral, 0, seen);
    const opinion = await policy.decide(seen, `bar-${i}`);
    decideTactical(opinion, situationAt(bar, feed.market.atr[t] ?? 0));
    if (i < warmUp) continue;
    whole.push(context.elapsedMs() - start);
    features.push(appended - start);
  }
  return decisionFigures(
    "tactical",
    { whole, features },
    {
      whole: "default network; features, three observations, 200 passes, aggregation, gate",
      features: "a closed bar into the columns",
    },
  );
}

/** A quiet account before any strategic message. */
function situationAt(bar: Bar, atr: number): TacticalSituation {
  const barClose = bar.t + bar.intervalMs;
  return {
    barClose,
    now: barClose,
    complete: true,
    tradable: true,
    price: bar.close,
    atr,
    tickSize: 0.25,
    units: 0,
    maxContracts: 4,
    consecutiveLosses: 0,
    dayLoss: 0,
    drawdown: 0,
    correlation: 0,
    tradesToday: 0,
    signal: { ageBars: Infinity, weight: 0, stale: true },
    standAlone: false,
  };
}
