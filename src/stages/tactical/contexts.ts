/**
 * @file The strategic side as the tactical side has it at each close: the as-of message joined to every bar once, as
 * columns, and what of it weighs on a decision (strategic-tactical.md sections 6.2 and 9).
 */
import { type BarSeries } from "../../market/bars.ts";
import type { SessionCalendar } from "../../market/session.ts";
import { ContextBuffer } from "../messages/context-buffer.ts";
import { contextFeatures } from "../messages/context-vector.ts";
import {
  integrateStrategicContext,
  receiveStrategicSignal,
  type StrategicSignal,
} from "../messages/integrate-context.ts";
import { stageError } from "../messages/issues.ts";
import type { StrategicContext } from "../messages/strategic-context.ts";
import type { Opposition } from "./aggregation.ts";

/** Risk budget while nothing is known: entry 23 of the neutral vector. */
const neutralRiskBudget = 0.5;
/** Least bias that speaks for or against a direction. */
const leastBias = 0.5;
/** Five-minute bars for which a synergy counts as fresh: its span of ten 30-minute bars. */
const freshSynergyBars = 60;

/** What a signal says to a decision. */
export interface StrategicStance extends Opposition {
  /** [0, 1]. */
  readonly riskBudget: number;
  readonly stale: boolean;
}

/** The stance behind a signal; without a usable message nothing opposes and half the budget is there. */
export function stanceOf({ context, ageBars }: StrategicSignal): StrategicStance {
  if (context === undefined) {
    return {
      synergyType: 0,
      synergyDirection: 0,
      biasDirection: 0,
      riskBudget: neutralRiskBudget,
      stale: true,
    };
  }
  const { bias, riskBudget, synergy } = context;
  const fresh = synergy !== undefined && synergy.ageBars + ageBars <= freshSynergyBars ? synergy : undefined;
  const most = Math.max(bias.bull, bias.neutral, bias.bear);
  const side = most < leastBias ? 0 : most === bias.bull ? 1 : most === bias.bear ? -1 : 0;
  return {
    synergyType: fresh?.type ?? 0,
    synergyDirection: fresh?.direction ?? 0,
    biasDirection: side,
    riskBudget,
    stale: false,
  };
}

/** The signals of all closes, n bars. */
export interface ContextColumns {
  /** [n, 28]. */
  readonly vectors: Float32Array;
  /** [n] place in `embeddings` of the message that counts at the close. */
  readonly message: Int32Array;
  /** Structure embeddings of the messages; the first is empty and stands for none. */
  readonly embeddings: readonly (readonly number[])[];
  /** [n] fields of the stance. */
  readonly synergyType: Uint8Array;
  readonly synergyDirection: Int8Array;
  readonly biasDirection: Int8Array;
  readonly riskBudget: Float64Array;
  readonly stale: Uint8Array;
}

/**
 * Joins messages to bars: at the close of bar t the newest one whose bar has closed, by its age in open bars.
 * @param sigma [n] standard deviation of five-minute log returns over the last 60 bars.
 * @throws GrandModelError `CONTEXT_ORDER` for a message that is older than the one before it, or a repeated one.
 */
export function joinContexts(
  bars: BarSeries,
  contexts: readonly StrategicContext[],
  sigma: Float64Array,
  calendar: SessionCalendar,
): ContextColumns {
  const n = bars.length;
  const columns: ContextColumns = {
    vectors: new Float32Array(n * contextFeatures),
    message: new Int32Array(n),
    embeddings: [[], ...contexts.map((context) => context.regimeEmbedding)],
    synergyType: new Uint8Array(n),
    synergyDirection: new Int8Array(n),
    biasDirection: new Int8Array(n),
    riskBudget: new Float64Array(n),
    stale: new Uint8Array(n),
  };
  const buffer = new ContextBuffer();
  let received = 0;
  for (let t = 0; t < n; t += 1) {
    const now = (bars.t[t] ?? 0) + bars.intervalMs;
    for (let next = contexts[received]; next !== undefined && next.validFrom <= now;) {
      take(buffer, next, received);
      received += 1;
      next = contexts[received];
    }
    const signal = receiveStrategicSignal(buffer, now, calendar);
    integrateStrategicContext(signal, sigma[t] ?? 0, columns.vectors, t * contextFeatures);
    // The newest message is always the as-of one here: all that is taken has closed.
    columns.message[t] = signal.context === undefined ? 0 : received;
    writeStance(columns, t, stanceOf(signal));
  }
  return columns;
}

function writeStance(columns: ContextColumns, t: number, stance: StrategicStance): void {
  columns.synergyType[t] = stance.synergyType;
  columns.synergyDirection[t] = stance.synergyDirection;
  columns.biasDirection[t] = stance.biasDirection;
  columns.riskBudget[t] = stance.riskBudget;
  columns.stale[t] = stance.stale ? 1 : 0;
}

function take(buffer: ContextBuffer, message: StrategicContext, index: number): void {
  if (buffer.receive(message) === "taken") return;
  throw stageError({
    code: "CONTEXT_ORDER",
    path: `contexts[${index}].seq`,
    value: message.seq,
    expected: "sequence numbers that ascend with validFrom",
    hint: "Number the messages of a run in one go: a consumer ignores what is older than the newest it has.",
  });
}
