/**
 * @file The limits of the risk stage as configuration: types, defaults, strict schema. Values are read-only at run time.
 * The thresholds of the emergency ladder are no part of it: they are constants of `trading/limits/ladder.ts`, and a key
 * without effect would promise what nobody keeps. Percentages are of equity unless said.
 * Source: risk.md sections 4, 5 and "Configuration".
 */
import { z } from "zod";
import { mergeLayers, type SettingsTree, uniformLayer } from "../../runtime/config/layers.ts";
import { stageError } from "../messages/issues.ts";

/** Limits and settings of the risk stage. */
export interface RiskConfig {
  /** Fraction of the full Kelly bet, and the most of equity that it may risk. */
  readonly kellyFraction: number;
  readonly kellyMax: number;
  /** Quantile of the posterior win probability that sizing believes. */
  readonly credibleBound: number;
  readonly riskPerTradePct: { readonly default: number; readonly hard: number };
  /** Clip of target volatility over volatility now: calm markets never enlarge. */
  readonly volScale: { readonly min: number; readonly max: number };
  readonly ewmaLambda: number;
  /** Days. */
  readonly fhsWindow: number;
  /** 95 % over the bars left to the flat time. */
  readonly varAlertPct: number;
  readonly varHardPct: number;
  /** 99 %, one day, when positions may be held overnight. */
  readonly overnightVar99Pct: number;
  readonly heatPct: number;
  readonly maxContractsPerTrade: number;
  readonly maxNetContracts: number;
  readonly maxOpenTrades: number;
  readonly maxNotionalToEquity: number;
  /** Share of the heat budget that one sleeve may use. */
  readonly sleevePct: number;
  /** Loss since the session's start that halts. */
  readonly dailyHaltPct: number;
  readonly weeklyHaltPct: number;
  /** Half size, quarter size, stop. */
  readonly ddLadderPct: readonly [number, number, number];
  /** Trades are sized to stay under `softPct`; at `blockPct` none is made. */
  readonly margin: { readonly softPct: number; readonly blockPct: number };
  readonly maxTradesPerDay: number;
  readonly maxConsecLosses: number;
  readonly pauseMin: number;
  readonly minRR: number;
  /** Least mean probability of the side over the dropout passes. */
  readonly minConfidence: number;
  /** The lower 20 % quantile of that probability must lie above it. */
  readonly minLowerQuantile: number;
  readonly maxCorrelation: number;
  /** Bounds of what a learned plan may ask for, multiples of ATR. */
  readonly stopAtrMult: readonly [number, number];
  readonly targetAtrMult: readonly [number, number];
  /** Multiples of the rule baseline. */
  readonly baseline: { readonly stopAtr: number; readonly targetAtr: number };
  /** Five-minute bars. */
  readonly timeStopBars: number;
  /** Percent of the units that leave at each target; empty takes all at the one target. */
  readonly scaleOutPct: readonly number[];
  /** Swing mode holds positions overnight and then obeys the overnight VaR limit. */
  readonly holdOvernight: boolean;
  /** Positions are flat this long before the session's close. */
  readonly flatBeforeCloseMin: number;
}

/** The shipped limits of both account profiles. */
export const riskDefaults: RiskConfig = deepFreeze({
  kellyFraction: 0.25,
  kellyMax: 0.02,
  credibleBound: 0.3,
  riskPerTradePct: { default: 0.5, hard: 1 },
  volScale: { min: 0.25, max: 1 },
  ewmaLambda: 0.94,
  fhsWindow: 250,
  varAlertPct: 1,
  varHardPct: 2,
  overnightVar99Pct: 5,
  heatPct: 15,
  maxContractsPerTrade: 5,
  maxNetContracts: 10,
  maxOpenTrades: 3,
  maxNotionalToEquity: 5,
  sleevePct: 50,
  dailyHaltPct: 2,
  weeklyHaltPct: 5,
  ddLadderPct: [10, 15, 20],
  margin: { softPct: 50, blockPct: 80 },
  maxTradesPerDay: 10,
  maxConsecLosses: 3,
  pauseMin: 60,
  minRR: 1.5,
  minConfidence: 0.65,
  minLowerQuantile: 0.5,
  maxCorrelation: 0.7,
  stopAtrMult: [0.5, 3],
  targetAtrMult: [1, 5],
  baseline: { stopAtr: 2, targetAtr: 3 },
  timeStopBars: 100,
  scaleOutPct: [50, 30, 20],
  holdOvernight: false,
  flatBeforeCloseMin: 10,
});

const share = z.number().min(0).max(1);
const percent = z.number().min(0).max(100);
const count = z.int().min(1);
const positive = z.number().positive();
const range = z.tuple([positive, positive]).refine(([low, high]) => low <= high, "ascending");

const schema: z.ZodType<RiskConfig> = z.strictObject({
  kellyFraction: share,
  kellyMax: share,
  credibleBound: z.number().min(0.25).max(0.4),
  riskPerTradePct: z
    .strictObject({ default: percent, hard: percent })
    .refine((risk) => risk.default <= risk.hard, "default <= hard"),
  volScale: z.strictObject({ min: share, max: share }).refine(({ min, max }) => min <= max, "min <= max"),
  ewmaLambda: z.number().gt(0).lt(1),
  fhsWindow: z.int().min(50),
  varAlertPct: percent,
  varHardPct: percent,
  overnightVar99Pct: percent,
  heatPct: percent,
  maxContractsPerTrade: count,
  maxNetContracts: count,
  maxOpenTrades: count,
  maxNotionalToEquity: positive,
  sleevePct: percent,
  dailyHaltPct: percent,
  weeklyHaltPct: percent,
  ddLadderPct: z
    .tuple([percent, percent, percent])
    .refine(([half, quarter, stop]) => half <= quarter && quarter <= stop, "ascending"),
  margin: z
    .strictObject({ softPct: percent, blockPct: percent })
    .refine(({ softPct, blockPct }) => softPct <= blockPct, "softPct <= blockPct"),
  maxTradesPerDay: count,
  maxConsecLosses: count,
  pauseMin: z.number().min(0),
  minRR: z.number().min(1),
  minConfidence: share,
  minLowerQuantile: share,
  maxCorrelation: share,
  stopAtrMult: range,
  targetAtrMult: range,
  baseline: z.strictObject({ stopAtr: positive, targetAtr: positive }),
  timeStopBars: count,
  scaleOutPct: z
    .array(positive)
    .refine(
      (parts) => parts.length === 0 || Math.abs(parts.reduce((a, b) => a + b, 0) - 100) < 1e-9,
      "sum 100",
    ),
  holdOvernight: z.boolean(),
  flatBeforeCloseMin: z.number().min(0),
});

/**
 * Limits from settings laid over the defaults, frozen.
 * @throws GrandModelError `RISK_CONFIG` for unknown keys and values out of range.
 */
export function readRiskConfig(settings: SettingsTree): RiskConfig {
  const defaults = uniformLayer(
    { kind: "default" },
    structuredClone(riskDefaults) as unknown as SettingsTree,
  );
  const given = uniformLayer({ kind: "preset", name: "risk" }, settings);
  const parsed = schema.safeParse(mergeLayers([defaults, given]).values);
  if (parsed.success) return deepFreeze(parsed.data);
  const first = parsed.error.issues[0];
  throw stageError({
    code: "RISK_CONFIG",
    path: ["risk", ...(first?.path ?? [])].map(String).join("."),
    expected: first?.message ?? "the settings of docs/risk-and-execution.md",
    hint: "Every limit has a default: name only what you mean to change.",
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
