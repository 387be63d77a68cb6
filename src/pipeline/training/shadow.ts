/**
 * @file What a trained team says over a stretch of bars, close by close, as a shadow: the strategic team follows its own
 * targets and is flat between sessions, the tactical team holds nothing. Its decisions calibrate the stage; the strategic
 * messages are what the tactical team learns from. Exposures are of the shadow, never of a real account.
 */
import type { BarSeries } from "../../market/bars.ts";
import { type ContractSpec, tickValueUsd } from "../../market/instruments.ts";
import { sessionCalendar } from "../../market/session.ts";
import { contextFeatures } from "../../stages/messages/context-vector.ts";
import type { StrategicContext } from "../../stages/messages/strategic-context.ts";
import type {
  StrategicOpinion,
  StrategicPolicy,
  TacticalOpinion,
  TacticalPolicy,
} from "../../stages/policy.ts";
import { strategicContext } from "../../stages/strategic/context.ts";
import type { StrategicMarket } from "../../stages/strategic/market.ts";
import { observationSize } from "../../stages/strategic/observation.ts";
import { StrategicView } from "../../stages/strategic/observation.kernel.ts";
import { joinContexts } from "../../stages/tactical/contexts.ts";
import type { TacticalMarket } from "../../stages/tactical/market.ts";
import { TACTICAL_OBSERVATION } from "../../stages/tactical/networks/observation.ts";
import { writeTacticalObservation } from "../../stages/tactical/observation.ts";
import { adverseTicks, profileCosts } from "../../trading/costs/cost-model.ts";
import type { JudgedDecision } from "../calibration/decisions.ts";
import type { BarRange } from "./folds.ts";

/** Closes after which a forecast is judged: three hours of half hours, half an hour of five-minute bars. */
const horizon = 6;
const maxContracts = 4;
/** Closes between two tactical decisions of a calibration: neighbours say nearly the same. */
const tacticalStride = 3;

/** A decision with the trade date `yyyymmdd` of its close. */
export interface DatedDecision<
  Opinion extends StrategicOpinion | TacticalOpinion,
> extends JudgedDecision<Opinion> {
  readonly date: number;
}

/** What a stretch of closes gave. */
export interface StrategicShadow {
  readonly decisions: readonly DatedDecision<StrategicOpinion>[];
  readonly contexts: readonly StrategicContext[];
}

/** Asks the strategic team at every close of a range that has a whole window. */
export async function strategicShadow(
  market: StrategicMarket,
  policy: StrategicPolicy,
  range: BarRange,
): Promise<StrategicShadow> {
  const { bars, spec } = market;
  const view = new StrategicView(market, spec, { maxContracts });
  const rows = new Float32Array(4 * observationSize);
  const decisions: DatedDecision<StrategicOpinion>[] = [];
  const contexts: StrategicContext[] = [];
  let exposure = 0;
  let held = 0;
  for (let t = range.from; t < range.to; t += 1) {
    if (bars.session[t] !== bars.session[t - 1]) [exposure, held] = [0, 0];
    if (market.ready[t] !== 1 || !((market.atr[t] ?? 0) > 0)) continue;
    view.writeTeam(t, { exposure, unrealisedUsd: 0, barsHeld: held, drawdown: 0 }, rows, 0);
    const barOpen = bars.t[t] ?? 0;
    const barClose = barOpen + bars.intervalMs;
    const opinion = await policy.decide(rows, exposure, `${bars.symbol}/S/${barClose / 1000}`);
    decisions.push(judged(opinion, bars, t, exposure, spec));
    const message = strategicContext(opinion, market, t, {
      seq: contexts.length,
      systemVersion: "shadow",
      dataSource: bars.dataSource,
      barOpen,
      barClose,
      wantedExposure: exposure,
      executedExposure: exposure,
      drawdown: 0,
    });
    contexts.push(message);
    held = Math.sign(message.targetExposure) === Math.sign(exposure) && exposure !== 0 ? held + 1 : 0;
    exposure = message.targetExposure;
  }
  return { decisions, contexts };
}

/** Asks the tactical team, flat, at every third close of a range. */
export async function tacticalShadow(
  bars: BarSeries,
  market: TacticalMarket,
  contexts: readonly StrategicContext[],
  policy: TacticalPolicy,
  range: BarRange,
): Promise<readonly DatedDecision<TacticalOpinion>[]> {
  const { spec } = market;
  const told = joinContexts(bars, contexts, market.sigma, sessionCalendar(spec.sessionTemplate));
  const rows = new Float32Array(3 * TACTICAL_OBSERVATION);
  const flat = { exposure: 0, maxContracts, unrealisedUsd: 0, barsHeld: 0, drawdown: 0, tradable: true };
  const decisions: DatedDecision<TacticalOpinion>[] = [];
  for (let t = range.from; t < range.to; t += tacticalStride) {
    if (market.ready[t] !== 1) continue;
    writeTacticalObservation(market, t, flat, told.vectors, t * contextFeatures, rows);
    const barClose = (bars.t[t] ?? 0) + bars.intervalMs;
    const opinion = await policy.decide(rows, `${bars.symbol}/T/${barClose / 1000}`);
    decisions.push(judged(opinion, bars, t, 0, spec));
  }
  return decisions;
}

/** Log return of the closes after which a forecast of bar `t` is judged; it ends with the session. */
export function returnAfter(bars: BarSeries, t: number): number {
  let end = t;
  while (end < t + horizon && end + 1 < bars.length && bars.session[end + 1] === bars.session[t]) end += 1;
  const price = bars.c[t] ?? 1;
  return Math.log((bars.c[end] ?? price) / price);
}

/** A decision with what the market did afterwards. */
function judged<Opinion extends StrategicOpinion | TacticalOpinion>(
  opinion: Opinion,
  bars: BarSeries,
  t: number,
  exposure: number,
  spec: ContractSpec,
): DatedDecision<Opinion> {
  const price = bars.c[t] ?? 1;
  const forwardReturn = returnAfter(bars, t);
  const cost = roundTripUsd(spec) / (price * spec.pointValueUsd);
  return { opinion, exposure, forwardReturn, cost, date: bars.session[t] ?? 0 };
}

/** In and out at the market, one contract. */
function roundTripUsd(spec: ContractSpec): number {
  const costs = profileCosts(spec.costKey);
  const commission = costs.commission.kind === "perUnit" ? costs.commission.usd : 0;
  return 2 * (commission + adverseTicks(costs, "market", 1) * tickValueUsd(spec));
}
