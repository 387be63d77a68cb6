/**
 * @file `TradeQualified` v1, what the tactical stage hands to Risk: the qualified decision, the market it was made in and
 * an informative picture of the account. Risk reads the ledger itself and never sizes by raw confidence.
 * Plain immutable data: times UTC ms, prices in points on the tick grid. Source: risk.md section 1.
 */
import { z } from "zod";

/** The sleeves of the portfolio, in the order of the synergy types; `NONE` is a decision without a synergy. */
export const sleeves = ["TYPE_1", "TYPE_2", "TYPE_3", "TYPE_4", "NONE"] as const;

/** The sleeve that a trade belongs to: the type of the synergy behind it. */
export type Sleeve = (typeof sleeves)[number];

/** A share of what risk would allow, or whole units. */
export type SizeRequest =
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "units"; readonly units: number };

/** Dropout passes on the chosen action; one pass without dropout has `std` 0 and the mean as its quantile. */
export interface DropoutEvidence {
  /** Mean probability of the chosen side. */
  readonly mean: number;
  readonly std: number;
  /** Epistemic uncertainty, nats. */
  readonly mutualInfo: number;
  /** 0.20 quantile of the probability over the passes. */
  readonly lowerQuantile20: number;
  readonly samples: number;
}

/** What the tactical team wants. */
export interface QualifiedDecision {
  readonly action: "long" | "short" | "hold";
  readonly direction: 1 | 0 | -1;
  /** Calibrated, [0, 1]. */
  readonly confidence: number;
  /** Points, on the grid: the close that the decision was made at. */
  readonly entryPrice: number;
  readonly synergyType: Sleeve;
  /** Each in [0, 1]. */
  readonly signalStrengths: { readonly mlmi: number; readonly nwrqk: number; readonly fvg: number };
  readonly request: SizeRequest;
  /** Id of the strategic message that it was decided under; null for a neutral context. */
  readonly tacticalContext: string | null;
  readonly mc: DropoutEvidence;
  /** Votes of the tactical agents. */
  readonly votes: { readonly agreeing: number; readonly voting: number };
}

/** A low-volume node of the profile. */
export interface VolumeNode {
  readonly price: number;
  /** 0..100. */
  readonly strength: number;
  readonly distancePts: number;
}

/** The market at the decision. */
export interface MarketContext {
  readonly price: number;
  readonly spreadTicks: number;
  /** Bar volume over its trailing same-slot mean. */
  readonly volumeIntensity: number;
  /** Standard deviation of the bar's log return. */
  readonly volatility: number;
  /** ATR14, points, of the 5- and of the 30-minute frame. */
  readonly atr5: number;
  readonly atr30: number;
  /** Weights of the eight superposition states. */
  readonly regime: readonly number[];
  /** Nearest node below and above the price; null where there is none. */
  readonly lvnSupport: VolumeNode | null;
  readonly lvnResistance: VolumeNode | null;
}

/** Informative: Risk reads the ledger itself. */
export interface QualifiedPortfolio {
  /** Signed units by symbol. */
  readonly positions: Readonly<Record<string, number>>;
  readonly availableMargin: number;
  readonly unrealizedPnl: number;
  readonly dailyPnl: number;
  readonly openPositions: number;
}

/** The last 20 closed trades, net. */
export interface TradeStats {
  readonly trades: number;
  readonly winRate: number;
  /** Mean win and mean absolute loss, R. */
  readonly avgWin: number;
  readonly avgLoss: number;
  /** Gross win over gross loss; null while nothing has been lost. */
  readonly profitFactor: number | null;
}

/** Version 1 of the message, the payload of the `TRADE_QUALIFIED` event. */
export interface TradeQualified {
  readonly version: 1;
  readonly decisionId: string;
  readonly symbol: string;
  readonly barSeq: number;
  /** Close of the bar, UTC ms. */
  readonly eventTime: number;
  readonly decision: QualifiedDecision;
  readonly marketContext: MarketContext;
  readonly portfolioState: QualifiedPortfolio;
  readonly tradeStats: TradeStats;
}

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const node: z.ZodType<VolumeNode> = z.strictObject({
  price: z.number(),
  strength: z.number().min(0).max(100),
  distancePts: z.number().min(0),
});
const request: z.ZodType<SizeRequest> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fraction"), fraction: share.gt(0) }),
  z.strictObject({ kind: z.literal("units"), units: z.int().min(1) }),
]);

const decision: z.ZodType<QualifiedDecision> = z
  .strictObject({
    action: z.enum(["long", "short", "hold"]),
    direction: z.literal([1, 0, -1]),
    confidence: share,
    entryPrice: z.number(),
    synergyType: z.enum(sleeves),
    signalStrengths: z.strictObject({ mlmi: share, nwrqk: share, fvg: share }),
    request,
    tacticalContext: z.string().nullable(),
    mc: z.strictObject({
      mean: share,
      std: z.number().min(0),
      mutualInfo: z.number().min(0),
      lowerQuantile20: share,
      samples: z.int().min(1),
    }),
    votes: z.strictObject({ agreeing: z.int().min(0), voting: z.int().min(1) }),
  })
  .refine(
    ({ action, direction }) => direction === { long: 1, short: -1, hold: 0 }[action],
    "side of the action",
  )
  .refine(({ votes }) => votes.agreeing <= votes.voting, "no more agents agree than vote");

/** The rules, at both ends; unknown keys are refused, and so is every number that is not finite. */
export const tradeQualifiedSchema: z.ZodType<TradeQualified> = z.strictObject({
  version: z.literal(1),
  decisionId: z.string().min(1),
  symbol: z.string().min(1),
  barSeq: z.int().min(0),
  eventTime: z.int(),
  decision,
  marketContext: z.strictObject({
    price: z.number(),
    spreadTicks: z.number().min(0),
    volumeIntensity: z.number().min(0),
    volatility: z.number().min(0),
    atr5: positive,
    atr30: positive,
    regime: z.array(share).length(8),
    lvnSupport: node.nullable(),
    lvnResistance: node.nullable(),
  }),
  portfolioState: z.strictObject({
    positions: z.record(z.string(), z.int()),
    availableMargin: z.number(),
    unrealizedPnl: z.number(),
    dailyPnl: z.number(),
    openPositions: z.int().min(0),
  }),
  tradeStats: z.strictObject({
    trades: z.int().min(0),
    winRate: share,
    avgWin: z.number().min(0),
    avgLoss: z.number().min(0),
    profitFactor: z.number().min(0).nullable(),
  }),
});
