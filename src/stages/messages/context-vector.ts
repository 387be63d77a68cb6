/**
 * @file The 28 numbers in [-1, 1] through which a tactical policy sees the strategic context, and the neutral vector that
 * stands for "nothing is known" (strategic-tactical.md section 9.4).
 */
import { isStale, staleAfterBars, stalenessWeight } from "./staleness.ts";
import { regimeStates, type StrategicContext } from "./strategic-context.ts";

export const contextFeatures = 28;
/** Five-minute bars after which a synergy's age is at its cap. */
const synergyAgeCap = 60;

const index = {
  bias: 0,
  confidence: 3,
  agreement: 4,
  epistemic: 5,
  regime: 6,
  volatility: 14,
  synergyType: 15,
  synergyDirection: 19,
  synergyConfidence: 20,
  synergyAge: 21,
  targetExposure: 22,
  riskBudget: 23,
  urgency: 24,
  stateEntropy: 25,
  age: 26,
  stale: 27,
} as const;

/** Writes the neutral vector: even bias and regimes, half the risk budget, full entropy and age, stale. */
export function writeNeutralContext(out: Float32Array, from = 0): void {
  out.fill(0, from, from + contextFeatures);
  out.fill(1 / 3, from + index.bias, from + index.bias + 3);
  out.fill(1 / regimeStates, from + index.regime, from + index.regime + regimeStates);
  out[from + index.riskBudget] = 0.5;
  out.fill(1, from + index.stateEntropy, from + contextFeatures);
}

/**
 * Writes the vector of a message.
 * @param ageBars open five-minute bars since the message's close; beyond 12 the neutral vector is written.
 * @param sigma standard deviation of five-minute log returns over the last 60 bars.
 */
export function writeContext(
  message: StrategicContext,
  ageBars: number,
  sigma: number,
  out: Float32Array,
  from = 0,
): void {
  writeNeutralContext(out, from);
  if (isStale(ageBars)) return;
  const weight = stalenessWeight(ageBars);
  out[from + index.bias] = message.bias.bull * weight;
  out[from + index.bias + 1] = message.bias.neutral * weight;
  out[from + index.bias + 2] = message.bias.bear * weight;
  out[from + index.confidence] = message.confidence * weight;
  out[from + index.agreement] = message.uncertainty.agreement;
  out[from + index.epistemic] = Math.min(1, message.uncertainty.epistemic / Math.log(5));
  for (let k = 0; k < regimeStates; k += 1) out[from + index.regime + k] = message.regime[k] ?? 0;
  out[from + index.volatility] = volatilitySurprise(message.volatilityForecast, sigma);
  writeSynergy(message, out, from);
  out[from + index.targetExposure] = message.targetExposure * weight;
  out[from + index.riskBudget] = message.riskBudget;
  out[from + index.urgency] = message.urgency;
  out[from + index.stateEntropy] = Math.min(1, message.stateEntropy / Math.log(regimeStates));
  out[from + index.age] = ageBars / staleAfterBars;
  out[from + index.stale] = 0;
}

function writeSynergy({ synergy }: StrategicContext, out: Float32Array, from: number): void {
  if (synergy === undefined) return;
  out[from + index.synergyType + synergy.type - 1] = 1;
  out[from + index.synergyDirection] = synergy.direction;
  out[from + index.synergyConfidence] = synergy.confidence;
  out[from + index.synergyAge] = Math.min(1, synergy.ageBars / synergyAgeCap);
}

/** ln(forecast / (sigma sqrt 6)) / 2, clipped to [-1, 1]; 0 while either is unknown. */
function volatilitySurprise(forecast: number, sigma: number): number {
  const ratio = Math.log(forecast / (sigma * Math.sqrt(6))) / 2;
  return Number.isFinite(ratio) ? Math.min(1, Math.max(-1, ratio)) : 0;
}
