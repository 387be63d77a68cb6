/**
 * @file The plan of stop and target, projected onto the tick grid: stop distance a multiple of the 5-minute ATR14 and at
 * least half the 30-minute one; a strong low-volume node may move it by a quarter; prices round away from entry, so that
 * rounding never lowers reward to risk below its limit. Arithmetic in whole ticks. Source: risk.md section 4.
 */
import { type Contract, exactTicks, roundToTicks, tickPrice } from "../../trading/contract.ts";
import type { StopPlan, TargetPlan } from "../messages/risk-proposal.ts";
import type { VolumeNode } from "../messages/trade-qualified.ts";
import type { RiskConfig } from "./config.ts";

/** Share of the 30-minute ATR below which no stop stands: it would sit inside one bar. */
const slowFloor = 0.5;
/** Strength from which a node moves a stop, how far it may, and how far beyond the node the stop goes, in ATR. */
const nodeStrength = 70;
const nodeReach = 0.25;
const nodeBuffer = 0.1;
/** Distance of each scale-out in target distances: none is nearer than the target, so the plan's R:R is a lower bound. */
const scaleOutReach = [1, 1.5, 2] as const;

/** What a plan is made from. Prices and ranges in points. */
export interface PlanInput {
  readonly contract: Contract;
  readonly side: 1 | -1;
  readonly entryPrice: number;
  readonly atr5: number;
  /** 0 switches the floor off. */
  readonly atr30: number;
  /** Multiples of `atr5`. */
  readonly stopMultiple: number;
  readonly targetMultiple: number;
  /** The node on the stop's side of the price. */
  readonly node: VolumeNode | null;
}

/** Stop and target of a trade. */
export interface TradePlan {
  readonly stop: StopPlan;
  readonly target: TargetPlan;
}

/** The plan, or undefined when the entry is off the grid, a number is not finite, or a price would not be positive. */
export function planStopTarget(
  input: PlanInput,
  config: Pick<RiskConfig, "minRR" | "scaleOutPct">,
): TradePlan | undefined {
  const { contract, side } = input;
  const entry = exactTicks(contract, input.entryPrice);
  const fixed = Math.max(input.stopMultiple * input.atr5, slowFloor * input.atr30);
  if (entry === undefined || !(fixed > 0) || !Number.isFinite(fixed)) return undefined;
  const moved = distanceBeyondNode(input, fixed);
  const stopTicks = Math.max(1, roundToTicks(contract, moved?.points ?? fixed, "up"));
  const reach = Math.max(input.targetMultiple * input.atr5, config.minRR * stopTicks * contract.tickSize);
  const targetTicks = roundToTicks(contract, reach, "up");
  if (!Number.isSafeInteger(entry + targetTicks) || !Number.isSafeInteger(stopTicks)) return undefined;
  const priceAt = (distance: number): number => tickPrice(contract, entry + side * distance);
  const scaleOuts = scaleOutsOf(config.scaleOutPct, targetTicks, priceAt);
  if (Math.min(priceAt(-stopTicks), ...scaleOuts.map(({ price }) => price)) <= 0) return undefined;
  return {
    stop: {
      price: priceAt(-stopTicks),
      points: tickPrice(contract, stopTicks),
      rule: moved === undefined ? "FIXED" : "LVN_ADJUSTED",
      bufferPts: moved?.buffer ?? 0,
    },
    target: { price: priceAt(targetTicks), rr: targetTicks / stopTicks, scaleOuts },
  };
}

function scaleOutsOf(
  percents: readonly number[],
  targetTicks: number,
  priceAt: (distance: number) => number,
): TargetPlan["scaleOuts"] {
  if (percents.length === 0) return [{ pct: 100, price: priceAt(targetTicks) }];
  return percents.map((pct, i) => ({
    pct,
    price: priceAt(Math.ceil((scaleOutReach[i] ?? 2) * targetTicks)),
  }));
}

/** The distance that puts the stop behind a strong node within reach; undefined where none asks for it. */
function distanceBeyondNode(
  { contract, side, entryPrice, atr5, atr30, node }: PlanInput,
  fixed: number,
): { readonly points: number; readonly buffer: number } | undefined {
  if (node === null || !(node.strength > nodeStrength)) return undefined;
  const buffer = tickPrice(contract, Math.max(1, roundToTicks(contract, nodeBuffer * atr5, "up")));
  const points = side * (entryPrice - node.price) + buffer;
  const within = Math.abs(points - fixed) <= nodeReach * fixed && points >= slowFloor * atr30;
  return within ? { points, buffer } : undefined;
}
