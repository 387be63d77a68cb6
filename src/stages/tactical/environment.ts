/**
 * @file `createTacticalEnvironment`: the tactical environment over a prepared five-minute series. It is a kernel
 * definition, so the vector environment, the parallel view (`createEnv`), the turn-based view (`parallelToAec`) and the
 * Python bridge all run the same code. Features and strategic contexts are joined once, here.
 */
import { type BarSeries, barFlag } from "../../market/bars.ts";
import { contractSpec } from "../../market/instruments.ts";
import { sessionCalendar } from "../../market/session.ts";
import { discrete } from "../../marl/spaces/space.ts";
import type { KernelDefinition } from "../../marl/vector/contract.ts";
import type { BatchMarket } from "../../trading/batch/batch.ts";
import { gate } from "../../trading/fills/fill-law.kernel.ts";
import type { StrategicContext } from "../messages/strategic-context.ts";
import {
  type EpisodeOptions,
  episodeMoney,
  episodeStarts,
  episodeTerms,
  requireShare,
} from "../episode-options.ts";
import { tacticalActions } from "./actions.ts";
import { scoreThreshold } from "./aggregation.ts";
import { joinContexts } from "./contexts.ts";
import { type TacticalFeedOptions, tacticalMarket } from "./feed.ts";
import type { TacticalMarket } from "./market.ts";
import { lastRowSpace, observationSpace, stateSpace, tacticalAgents } from "./observation.ts";
import { sessionLimits } from "./session-limits.kernel.ts";
import { TacticalKernel, type TacticalSetup } from "./tactical.kernel.ts";

/** What may be chosen beside the terms of the episodes. */
export interface TacticalEnvironmentOptions extends EpisodeOptions {
  /** Schema and feature options of the columns. */
  readonly feed?: Omit<TacticalFeedOptions, "capacity">;
  /** Columns of an earlier call over the same bars: environments of many folds share them. */
  readonly market?: TacticalMarket;
  /** Strategic messages ascending by `validFrom`; without any, every context is neutral and stale. */
  readonly contexts?: readonly StrategicContext[];
  /** `full` (default) is the Dict of 472 numbers, `last-row` the compatibility view Box(-1, 1, (7,)). */
  readonly view?: "full" | "last-row";
  /** Least score at which the team acts. */
  readonly threshold?: number;
  /**
   * Ten trades, three losses in a row and 5 % of a session's equity end its entries; default: in `eval` only, because a
   * policy that explores would spend most of every session locked out, which it cannot see.
   */
  readonly sessionLimits?: boolean;
}

const warmUpHint =
  "Load more history: the tactical warm-up is 600 bars of five minutes by default (feed.features.warmUp).";

/**
 * The three-agent environment `tactical-marl-v0`.
 * @throws GrandModelError `EPISODE_NO_START` when no bar of the range can start an episode, `ENVIRONMENT_OPTION` for a
 * setting out of range, `CONTEXT_ORDER` for messages out of order.
 * @example
 * const definition = createTacticalEnvironment(prepareBars(imported).bars, { contexts, mode: "train" });
 * const vector = createVectorEnv(definition, { copies: 16, horizon: 128 });
 */
export function createTacticalEnvironment(
  bars: BarSeries,
  options: TacticalEnvironmentOptions = {},
): KernelDefinition {
  const setup = tacticalSetup(bars, options);
  return {
    kind: "kernel",
    spec: {
      name: "tactical-marl-v0",
      groups: [
        {
          name: "tactical",
          agents: tacticalAgents,
          observationSpace: setup.lastRowOnly ? lastRowSpace : observationSpace,
          actionSpace: discrete(tacticalActions.length),
          every: 1,
        },
      ],
      stateSpace,
      deterministic: setup.mode === "eval",
      maxCycles: setup.maxSteps,
      membership: "fixed",
      illegalActions: "no-op",
    },
    create: (buffers) => new TacticalKernel(buffers, setup),
  };
}

function tacticalSetup(bars: BarSeries, options: TacticalEnvironmentOptions): TacticalSetup {
  const spec = options.spec ?? contractSpec(bars.symbol);
  const { threshold = scoreThreshold } = options;
  const terms = episodeTerms(options);
  requireShare("threshold", threshold);
  const market = options.market ?? tacticalMarket(bars, spec, options.feed);
  const money = episodeMoney(bars, spec, options);
  const calendar = sessionCalendar(spec.sessionTemplate);
  return {
    ...terms,
    market,
    money,
    contexts: joinContexts(bars, options.contexts ?? [], market.sigma, calendar),
    dates: bars.session,
    tradable: tradableCloses(bars, money),
    starts: episodeStarts(bars, market, money, options, warmUpHint),
    lastRowOnly: options.view === "last-row",
    threshold,
    limits: (options.sessionLimits ?? terms.mode === "eval") ? sessionLimits : undefined,
  };
}

/**
 * [n] 1 where an order of this close could open a position, as far as it can be known then: the bar is neither thin nor
 * masked nor filled, and neither a roll nor the session's flat time, which the calendar knows, comes next.
 */
function tradableCloses(bars: BarSeries, money: BatchMarket): Uint8Array {
  const unfit = barFlag.thin | barFlag.masked | barFlag.filled;
  return Uint8Array.from(bars.flags, (flags, t) => {
    const ahead = (money.gates[t + 1] ?? gate.flatten) & (gate.roll | gate.flatten);
    return (flags & unfit) === 0 && ahead === 0 ? 1 : 0;
  });
}
