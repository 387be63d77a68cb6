/**
 * @file The market of the positive control: the drift of the next bar is `edge` standard deviations in the direction of a
 * momentum that the stage sees in its matrix, and nothing else can be forecast. Synthetic, and labelled so for ever.
 */
import type { BarSeries } from "../../../market/bars.ts";
import { type ContractSpec, contractSpec } from "../../../market/instruments.ts";
import { prepareBars } from "../../../market/quality/prepare.ts";
import { generateMarket } from "../../../market/synthetic/generator.ts";
import { plantedPositions } from "../../../market/synthetic/planted-edge.ts";
import { strategicMarket } from "../../../stages/strategic/market.ts";
import { tacticalMarket } from "../../../stages/tactical/feed.ts";
import type { ModelPreset } from "../../../stages/model.ts";
import { type StrategicStage, strategicStage, type TacticalStage, tacticalStage } from "../stage.ts";

export interface ControlMarketOptions {
  readonly seed: number;
  readonly sessions: number;
  /** Standard deviations of a bar; 0 for a driftless martingale. */
  readonly edge: number;
}

/** Bars, and the side that the oracle holds after each of them. */
export interface ControlMarket {
  readonly bars: BarSeries;
  readonly spec: ContractSpec;
  /** [n] +1, -1, 0. */
  readonly side: Int8Array;
}

/** Bars that the momentum of the matrix looks back: column `momentum_20`, and of the tactical matrix. */
const strategicLookback = 20;
const tacticalLookback = 5;
/** Closes before the first window that is used: indicators have settled, no more history is needed here. */
const warmUp = 500;

function controlMarket(
  { edge, seed, sessions }: ControlMarketOptions,
  bar: { readonly intervalMs: number; readonly sigma: number; readonly lookback: number },
): ControlMarket {
  const { intervalMs, lookback, sigma } = bar;
  const spec = contractSpec("NQ");
  const { bars } = generateMarket({
    seed,
    sessions,
    sigma,
    intervalMs,
    symbol: "NQ",
    from: firstDay,
    startPrice: 15_000,
    ...(edge === 0 ? { martingale: true } : { plantedEdge: edge, plantedLookback: lookback }),
  });
  return { bars: prepareBars(bars).bars, spec, side: plantedPositions(bars, lookback) };
}

const firstDay = 20_200_106 as Parameters<typeof generateMarket>[0]["from"];

/** The 30-minute control market and its stage, as the ordinary one but for a shorter warm-up. */
export function strategicControl(
  options: ControlMarketOptions,
  preset: ModelPreset = "compact",
): ControlMarket & { readonly stage: StrategicStage } {
  const market = controlMarket(options, {
    intervalMs: 1_800_000,
    sigma: 0.0006,
    lookback: strategicLookback,
  });
  const { bars, spec } = market;
  const columns = strategicMarket(bars, spec, { warmUp });
  const stage = strategicStage({
    bars,
    spec,
    market: columns,
    preset,
    states: 8,
    interference: { kind: "householder", reflections: 3 },
  });
  return { ...market, stage };
}

/** The five-minute control market and its stage, without a strategic one above it: all contexts are neutral. */
export function tacticalControl(
  options: ControlMarketOptions,
  preset: ModelPreset = "compact",
): ControlMarket & { readonly stage: TacticalStage } {
  const market = controlMarket(options, { intervalMs: 300_000, sigma: 0.0003, lookback: tacticalLookback });
  const { bars, spec } = market;
  const stage = tacticalStage({ bars, spec, market: tacticalMarket(bars, spec), preset, contexts: [] });
  return { ...market, stage };
}
