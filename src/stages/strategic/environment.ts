/**
 * @file `createStrategicEnvironment`: the strategic environment over a prepared series. It is a kernel definition, so the
 * vector environment, the parallel view (`createEnv`), the turn-based view (`parallelToAec`) and the Python bridge all run
 * the same code. Features are computed once, here.
 */
import type { BarSeries } from "../../market/bars.ts";
import { contractSpec } from "../../market/instruments.ts";
import type { StrategicOptions } from "../../features/matrix/strategic13.ts";
import { discrete } from "../../marl/spaces/space.ts";
import type { KernelDefinition } from "../../marl/vector/contract.ts";
import {
  type EpisodeOptions,
  episodeMoney,
  episodeStarts,
  episodeTerms,
  requireShare,
} from "../episode-options.ts";
import { strategicActions } from "./actions.ts";
import { biasThreshold, initialAgentWeights } from "./aggregation.ts";
import { type StrategicMarket, strategicMarket } from "./market.ts";
import { StrategicView } from "./observation.kernel.ts";
import { observationSpace, type RoleMasking, stateSpace, strategicAgents } from "./observation.ts";
import { StrategicKernel, type StrategicSetup } from "./strategic.kernel.ts";

/** What may be chosen beside the terms of the episodes. */
export interface StrategicEnvironmentOptions extends EpisodeOptions {
  readonly features?: Partial<StrategicOptions>;
  /** Columns of an earlier call over the same bars: environments of many folds share them. */
  readonly market?: StrategicMarket;
  readonly roleMasking?: RoleMasking;
  /** Weights of the four votes, sum 1. */
  readonly agentWeights?: readonly number[];
  /** Least share of votes at which the team acts. */
  readonly threshold?: number;
}

const warmUpHint =
  "Load more history: the strategic warm-up is 3000 bars of 30 minutes by default (features.warmUp).";

/**
 * The four-agent environment `strategic-marl-v0`.
 * @throws GrandModelError `EPISODE_NO_START` when no bar of the range can start an episode, `ENVIRONMENT_OPTION` for a
 * setting out of range.
 * @example
 * const definition = createStrategicEnvironment(prepareBars(imported).bars, { mode: "train" });
 * const vector = createVectorEnv(definition, { copies: 16, horizon: 128 });
 */
export function createStrategicEnvironment(
  bars: BarSeries,
  options: StrategicEnvironmentOptions = {},
): KernelDefinition {
  const setup = strategicSetup(bars, options);
  return {
    kind: "kernel",
    spec: {
      name: "strategic-marl-v0",
      groups: [
        {
          name: "strategic",
          agents: strategicAgents,
          observationSpace,
          actionSpace: discrete(strategicActions.length),
          every: 1,
        },
      ],
      stateSpace,
      deterministic: setup.mode === "eval",
      maxCycles: setup.maxSteps,
      membership: "fixed",
      illegalActions: "no-op",
    },
    create: (buffers) => new StrategicKernel(buffers, setup),
  };
}

function strategicSetup(bars: BarSeries, options: StrategicEnvironmentOptions): StrategicSetup {
  const spec = options.spec ?? contractSpec(bars.symbol);
  const { roleMasking = "soft", threshold = biasThreshold } = options;
  const terms = episodeTerms(options);
  requireShare("threshold", threshold);
  const market = options.market ?? strategicMarket(bars, spec, options.features);
  const money = episodeMoney(bars, spec, options);
  const { drawdownLimit, maxContracts } = terms;
  return {
    ...terms,
    view: new StrategicView(market, spec, { roleMasking, maxContracts, drawdownLimit }),
    money,
    starts: episodeStarts(bars, market, money, options, warmUpHint),
    weights: options.agentWeights ?? initialAgentWeights,
    threshold,
  };
}
